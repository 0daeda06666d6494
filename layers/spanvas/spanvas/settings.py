"""The `SPANVAS_*` variables as one frozen object. Variables of others are read by `environment`.

Read by executors under the layer and by the functions alike. The table `SETTINGS` is the single source of every
name, default and description: `docs/reference/settings.md` is generated from it and the template is tested
against it. Nothing here imports more than `os` and the parsers of `setting_values`, so that asking whether tracing is
on costs nothing.
"""

from __future__ import annotations

import os

from spanvas.setting_values import (
    TRUE_WORDS,
    parse_base_url,
    parse_bool,
    parse_buckets,
    parse_choice,
    parse_content_mode,
    parse_int,
    parse_json_object,
    parse_names,
    parse_pairs,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Final

PREFIX: Final = "SPANVAS_"
ALWAYS: Final = "always"
NEVER: Final = "never"
ENDS: Final = ("auto", ALWAYS, NEVER)
OTEL_EXPORTER: Final = "otel"
SPAN_SOURCES: Final = ("tempo", "jaeger")
BOTO3: Final = "boto3"
MAY_HOLD_SECRETS: Final = (parse_pairs, parse_base_url)
"""Readers of settings whose values are in no message: headers, and addresses that may have a user in them."""


class InvalidSettingError(ValueError):
    """A `SPANVAS_*` variable has a value that its setting cannot take; the message names both, and of headers and
    addresses, which may hold secrets, the variable alone."""


class Setting:
    """One variable: `SPANVAS_` + name in capitals. `used_by` names the functions that read it."""

    __slots__ = ("default", "help", "name", "parse", "used_by")

    def __init__(
        self,
        name: str,
        default: str,
        parse: Callable[[str], Any],
        used_by: tuple[str, ...],
        help: str,
    ) -> None:
        self.name = name
        self.default = default
        self.parse = parse
        self.used_by = used_by
        self.help = help

    @property
    def variable(self) -> str:
        """The variable's name."""
        return PREFIX + self.name.upper()


EXECUTOR = ("executor",)
SWEEP = ("executor", "sweep")
API = ("api",)
INGEST = ("ingest",)
STORE = ("executor", "api", "ingest", "sweep", "deletion")
REDACTING = ("executor", "api", "ingest")
SPLIT = ("executor", "api", "ingest")

SETTINGS: Final = (
    Setting("enabled", "false", parse_bool, ("executor", "api"),
            "Whether executions are traced. When it is not true, the layer imports nothing and does nothing."),
    Setting("table", "", str, STORE, "Name of the DynamoDB table that keeps executions and spans."),
    Setting("bucket", "", str, STORE, "Name of the S3 bucket that keeps large payloads and artifacts."),
    Setting("retention_days", "30", parse_int(1), STORE,
            "Days until executions, spans and artifacts expire."),
    Setting("content_retention_days", "0", parse_int(0), STORE,
            "Days until prompts, answers, attributes and files expire; 0: as their execution."),
    Setting("audit_table", "", str, ("api", "deletion"),
            "Name of the DynamoDB table that keeps who has read what; without it no read is answered."),
    Setting("audit_retention_days", "400", parse_int(1), ("api", "deletion"), "Days until such a record expires."),
    Setting("tenant", "default", str, SWEEP,
            "Tenant of the executions of this function, where the event does not name one."),
    Setting("tenant_path", "tenant", str, SWEEP,
            "JMESPath of the tenant in the event. The event must come from a trusted caller."),
    Setting("execution_id_path", "execution_id", str, SWEEP, "JMESPath of the execution id in the event."),
    Setting("ends_execution", "auto", parse_choice(ENDS), EXECUTOR,
            "Whether an execution ends with an invocation of this function: `auto` (unless a state machine or a caller "
            "has passed it on to the function), `always` or `never`."),
    Setting("idle_seconds", "86400", parse_int(1), EXECUTOR,
            "Seconds without a sign after which an execution that goes on in other functions counts as lost."),
    Setting("instrumentations", "all", parse_names, EXECUTOR,
            "OpenTelemetry instrumentations of the function's own package that are switched on: `all` (none, where it "
            "has a tracer provider of its own), `none`, or their names, separated by commas."),
    Setting("content", "redacted", parse_content_mode, REDACTING,
            "What is kept of prompts, answers, tool arguments and results, and of every other text: `none` (also "
            "written `structure+metrics`), `redacted` or `full`."),
    Setting("structure_attributes", "", parse_names, SPLIT,
            "Names of attributes, separated by commas, whose values are structure whatever they are: kept with "
            "`none`, and shown without `trace:content`. `*` stands for any characters. Empty: none."),
    Setting("content_attributes", "", parse_names, SPLIT,
            "Names of attributes, separated by commas, whose values are content whatever they are, numbers too. `*` "
            "stands for any characters; counts before `SPANVAS_STRUCTURE_ATTRIBUTES`. Empty: none."),
    Setting("restricted_attributes", "", parse_names, (*SPLIT, "deletion"),
            "Names of fields, separated by commas, that only callers with `trace:content:restricted` are shown: of "
            "attributes, and of keys in their values (`customer.email`). `*` stands for any characters, `customer.*` "
            "for `customer`, too. They are content, whatever they are. Empty: none."),
    Setting("redaction_budget_ms", "20", parse_int(1), EXECUTOR,
            "Milliseconds of CPU that redaction of one span may take; over it the content is dropped, not the span."),
    Setting("redaction_rules", "", parse_names, REDACTING,
            "Rules of redaction that are off by default and shall be on; with a `-` before them, rules that shall be "
            "off: `plain_phone,-ipv4`."),
    Setting("redaction_patterns", "{}", parse_json_object, REDACTING,
            "Your own rules of redaction: a JSON object of names and patterns in RE2's syntax. What is replaced is the "
            "pattern's first group, or all of it."),
    Setting("max_artifact_bytes", "50000000", parse_int(1), EXECUTOR,
            "Largest artifact that is stored, in bytes; a larger one is marked on its span."),
    Setting("artifact_buckets", "", parse_buckets, ("executor", "api"),
            "Names or ARNs of buckets, separated by commas, whose objects may be attached as artifacts where they "
            "are."),
    Setting("flush_interval_ms", "1000", parse_int(1), EXECUTOR,
            "Milliseconds between two writes of a running execution."),
    Setting("flush_budget_ms", "100", parse_int(1), EXECUTOR,
            "Milliseconds that an invocation waits at most for the OTLP endpoint."),
    Setting("start_budget_ms", "15", parse_int(0), EXECUTOR,
            "Milliseconds that an invocation waits at most until its execution's first write has been sent, not "
            "answered: it leaves an execution of a function that crashes at once. 0 saves that write."),
    Setting("store_budget_ms", "2000", parse_int(1), EXECUTOR,
            "Milliseconds that an invocation waits at most for its last write to the store; what is not written by "
            "then is carried over to the next one."),
    Setting("otlp_endpoint", "", str, SWEEP,
            "Base URL of an OTLP endpoint that gets every span too: `v1/traces` is added, but for gRPC; empty: what "
            "OpenTelemetry's variables say."),
    Setting("otlp_headers", "", parse_pairs, SWEEP,
            "Headers for the OTLP endpoint: `name=value` pairs, separated by commas; `%20` is a space in a value."),
    Setting("otlp_certificate", "", str, SWEEP,
            "File with the certificate authorities that the OTLP endpoint's certificate has to be of; empty: the "
            "usual ones, or those of `SSL_CERT_FILE`."),
    Setting("otlp_trace_bytes", "4500000", parse_int(0), EXECUTOR,
            "Most bytes of one execution that a process sends to the OTLP endpoint. Previews of content are left out "
            "first, then spans of other kinds than workflow, invocation and node. Below Tempo's `max_bytes_per_trace`, "
            "which discards what is over; 0: no limit."),
    Setting("otlp_exporter", "spanvas", parse_choice(("spanvas", OTEL_EXPORTER)), EXECUTOR,
            "What sends spans: `spanvas`, the layer's own client, or `otel`, OpenTelemetry's exporter "
            "(`opentelemetry-exporter-otlp`) of the function's package or of the layer `OtlpExporterLayerArn`, within "
            "the same budget."),
    Setting("aws_client", "auto", parse_choice(("auto", BOTO3)), STORE,
            "What talks to DynamoDB and S3: `auto`, our own clients in a Lambda function's ordinary case, or `boto3`."),
    Setting("service_name", "", str, EXECUTOR,
            "`service.name` of the spans; empty: `OTEL_SERVICE_NAME`, else the name of the function."),
    Setting("metrics", "true", parse_bool, EXECUTOR,
            "Whether a Lambda function writes metrics of its executions to its log, as lines of CloudWatch's embedded "
            "metric format."),
    Setting("handler", "", str, EXECUTOR,
            "The function's own handler; set by `otel-instrument`, not by people."),
    Setting("connections", "{}", parse_json_object, EXECUTOR,
            "JSON object of name to base URL: the services that `http` nodes of the reference executor may call."),
    Setting("executor_function", "", str, API, "Name of the function that runs workflows."),
    Setting("tenant_claim", "tenant", str, ("api", "ingest", "deletion"), "Claim of the token that names the tenant."),
    Setting("workflows_claim", "workflows", str, ("api", "ingest", "deletion"),
            "Claim of the token that restricts its holder to workflows, by globs of their ids, with blanks between or "
            "in a list. Without the claim all workflows of the tenant are seen. Empty: no claim restricts."),
    Setting("name_claims", "name,preferred_username,username", parse_names, ("api", "deletion"),
            "Claims of the token that name its holder for people, in the record of who has read what; the first that "
            "the token has counts. Empty: the record has the subject alone."),
    Setting("jwt_issuer", "", str, ("api", "ingest", "deletion"),
            "Issuer that a token has to be of; the gateway has checked it before. Empty: any."),
    Setting("jwt_audience", "", str, ("api", "ingest", "deletion"),
            "Audience that a token has to be for, in `aud` or `client_id`; empty: any."),
    Setting("link_expiry_seconds", "120", parse_int(1), API, "Seconds that a presigned artifact link works."),
    Setting("trace_url_template", "", str, ("api", "deletion"),
            "URL of a trace in another tool, with `{trace_id}`; shown in the tab's header. With `{span_id}` in it, "
            "each span leads to itself there, too. Empty: none."),
    Setting("span_source", "", parse_choice(("", *SPAN_SOURCES)), API,
            "Backend that the spans of an execution are read from where the store has none of them: `tempo` or "
            "`jaeger`; empty: none."),
    Setting("span_source_url", "", parse_base_url, API,
            "Base URL of that backend's API, as `http://tempo:3200` or `https://jaeger.example.com/jaeger`; the path "
            "of a trace is added."),
    Setting("span_source_headers", "", parse_pairs, API,
            "Headers for that backend, as `SPANVAS_OTLP_HEADERS`: `Authorization=Bearer%20…`."),
    Setting("span_source_tenant_header", "", parse_pairs, API,
            "Header that names the tenant to a backend that keeps tenants apart, with `{tenant}` for ours: "
            "`X-Scope-OrgID={tenant}`. Empty: the backend keeps none apart, and spans without `spanvas.tenant` are "
            "shown only of traces whose id Spanvas has made."),
    Setting("span_source_certificate", "", str, API,
            "File with the certificate authorities that the backend's certificate has to be of; empty: the usual "
            "ones."),
    Setting("span_source_timeout_ms", "3000", parse_int(1), API,
            "Milliseconds that a call waits for that backend."),
    Setting("execution_attributes", "", parse_names, INGEST,
            "Attributes that name the execution of a trace that comes over OTLP, beside `spanvas.execution.id`, "
            "separated by commas; the first one that a span or its resource has counts. Traces that name the same "
            "execution are joined to one. A name that ends in `.*` stands for all below it. Empty: none."),
    Setting("ingest_deadline_seconds", "900", parse_int(1), INGEST,
            "Seconds after the last span at which an execution that came over OTLP counts as lost, if no root span "
            "has ended."),
    Setting("ingest_compressed_bytes", "4194304", parse_int(1), INGEST,
            "Largest body of an OTLP request, as it is sent."),
    Setting("ingest_inflated_bytes", "16777216", parse_int(1), INGEST,
            "Largest body of an OTLP request, inflated."),
    Setting("ingest_spans", "10000", parse_int(1), INGEST, "Most spans of an OTLP request."),
    Setting("ingest_attributes", "128", parse_int(1), INGEST,
            "Most attributes of a span that comes over OTLP; a flattened list counts as one. The rest is cut off."),
    Setting("ingest_depth", "20", parse_int(1), INGEST,
            "Deepest nesting of an attribute's value that comes over OTLP; what is below is cut off."),
    Setting("ingest_bytes_per_second", "10000000", parse_int(1), INGEST,
            "Bytes, inflated, that one sandbox takes from one tenant in a second, in the long run."),
    Setting("ingest_burst_bytes", "30000000", parse_int(1), INGEST,
            "Bytes, inflated, that one sandbox takes from one tenant at once."),
    Setting("ingest_store_calls_per_second", "1500", parse_int(1), INGEST,
            "Calls of the store that one sandbox makes for a tenant's spans in a second, in the long run. A trace that "
            "is new costs five, one more request for it three."),
    Setting("ingest_burst_store_calls", "5000", parse_int(1), INGEST,
            "Calls of the store that one sandbox makes for one tenant's spans at once."),
)  # fmt: skip


class Settings:
    """All settings, parsed. Frozen: made by `from_env`, never changed."""

    enabled: bool
    table: str
    bucket: str
    retention_days: int
    content_retention_days: int
    audit_table: str
    audit_retention_days: int
    tenant: str
    tenant_path: str
    execution_id_path: str
    ends_execution: str
    idle_seconds: int
    instrumentations: tuple[str, ...]
    content: str
    structure_attributes: tuple[str, ...]
    content_attributes: tuple[str, ...]
    restricted_attributes: tuple[str, ...]
    redaction_budget_ms: int
    redaction_rules: tuple[str, ...]
    redaction_patterns: dict[str, str]
    max_artifact_bytes: int
    artifact_buckets: tuple[str, ...]
    flush_interval_ms: int
    flush_budget_ms: int
    start_budget_ms: int
    store_budget_ms: int
    otlp_endpoint: str
    otlp_headers: dict[str, str]
    otlp_certificate: str
    otlp_trace_bytes: int
    otlp_exporter: str
    aws_client: str
    service_name: str
    metrics: bool
    handler: str
    connections: dict[str, str]
    executor_function: str
    tenant_claim: str
    workflows_claim: str
    name_claims: tuple[str, ...]
    jwt_issuer: str
    jwt_audience: str
    link_expiry_seconds: int
    trace_url_template: str
    span_source: str
    span_source_url: str
    span_source_headers: dict[str, str]
    span_source_tenant_header: dict[str, str]
    span_source_certificate: str
    span_source_timeout_ms: int
    execution_attributes: tuple[str, ...]
    ingest_deadline_seconds: int
    ingest_compressed_bytes: int
    ingest_inflated_bytes: int
    ingest_spans: int
    ingest_attributes: int
    ingest_depth: int
    ingest_bytes_per_second: int
    ingest_burst_bytes: int
    ingest_store_calls_per_second: int
    ingest_burst_store_calls: int

    __slots__ = tuple(setting.name for setting in SETTINGS)

    def __init__(self, **values: object) -> None:
        for setting in SETTINGS:
            value = values.pop(setting.name, setting)
            if value is setting:
                value = setting.parse(setting.default)
            object.__setattr__(self, setting.name, value)
        if values:
            raise TypeError(f"unknown settings: {', '.join(sorted(values))}")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"settings are frozen: {name}")

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Returns the settings of an environment. Raises InvalidSettingError for the first unreadable variable."""
        values = {}
        for setting in SETTINGS:
            text = env.get(setting.variable)
            if text is None:
                continue
            try:
                values[setting.name] = setting.parse(text)
            except ValueError as error:
                shown = "..." if setting.parse in MAY_HOLD_SECRETS else repr(text)
                raise InvalidSettingError(f"{setting.variable}={shown}: {error}") from error
        return cls(**values)


def is_enabled(env: Mapping[str, str] = os.environ) -> bool:
    """Returns whether tracing is switched on: one look-up, no parsing of anything else."""
    return env.get("SPANVAS_ENABLED", "").strip().lower() in TRUE_WORDS


def wants_boto3(env: Mapping[str, str]) -> bool:
    """Returns whether the clients of boto3 are asked for: one look-up, before settings are read."""
    return env.get("SPANVAS_AWS_CLIENT", "").strip() == BOTO3


def read() -> Settings:
    """Returns the settings of this process, read anew. Raises InvalidSettingError."""
    return Settings.from_env(os.environ)


_loaded: Settings | None = None


def load() -> Settings:
    """Returns the settings of this process, read once. Raises InvalidSettingError."""
    global _loaded  # noqa: PLW0603 - one process has one environment
    if _loaded is None:
        _loaded = read()
    return _loaded
