"""OpenTelemetry's own variables of the environment, as far as they count here.

A variable of ours counts first where both are set. One that cannot be read is told by name, and its default counts.
Source: OpenTelemetry specification, "Environment Variables" and "OTLP Exporter". Imports nothing that is not needed.
"""

from __future__ import annotations

from spanvas.attributes import SERVICE_NAME
from spanvas.setting_values import (
    parse_bool,
    parse_header,
    parse_limit,
    parse_names,
    parse_pair,
    parse_readable_file,
    parse_request_seconds,
    problem_of_url,
    shown_url,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Final, TypeVar

    T = TypeVar("T")

OTLP: Final = "OTEL_EXPORTER_OTLP_"
TRACES: Final = "OTEL_EXPORTER_OTLP_TRACES_"
HTTP, GRPC, JSON = "http/protobuf", "grpc", "http/json"
GZIP, DEFLATE, UNCOMPRESSED = "gzip", "deflate", "none"
DISABLED: Final = "OTEL_SDK_DISABLED"
LIMIT: Final = "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT"
LOCAL: Final = {HTTP: "http://localhost:4318", GRPC: "http://localhost:4317"}
"""Where a collector is expected that `OTEL_TRACES_EXPORTER=otlp` alone asks for."""
TRACES_PATH: Final = "/v1/traces"
W3C: Final = ("tracecontext", "baggage")

VARIABLES: Final = {
    "OTEL_SERVICE_NAME": "`service.name`, where `SPANVAS_SERVICE_NAME` is not set; before the function's name.",
    "OTEL_RESOURCE_ATTRIBUTES": "Attributes of the resource, `name=value` with commas between, percent-encoded, as "
    "`deployment.environment.name=staging`. What the runtime says of the function counts before them.",
    "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS": "Detectors of the function's own packages, with commas between. Only what "
    "is named here is run.",
    "OTEL_TRACES_EXPORTER": "`none`: the endpoints of this table get nothing. `otlp` without an endpoint: a collector "
    "at `localhost:4318` (4317 with `grpc`). Others are told and get nothing.",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "Base URL of the endpoint, where `SPANVAS_OTLP_ENDPOINT` is empty; `v1/traces` is "
    "added.",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "The URL as it is: nothing is added. Before the one above.",
    "OTEL_EXPORTER_OTLP_HEADERS": "Headers, `name=value` with commas between, percent-encoded, where "
    "`SPANVAS_OTLP_HEADERS` is empty. Never sent to `SPANVAS_OTLP_ENDPOINT` where OpenTelemetry's variables name "
    "another endpoint. This holds for certificates too.",
    "OTEL_EXPORTER_OTLP_CERTIFICATE": "File with the authorities to trust, where `SPANVAS_OTLP_CERTIFICATE` is empty.",
    "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": "File with the client's certificate, for TLS on both sides.",
    "OTEL_EXPORTER_OTLP_CLIENT_KEY": "File with its private key.",
    "OTEL_EXPORTER_OTLP_COMPRESSION": "`gzip` (also where it is not set), `deflate` or `none`.",
    "OTEL_EXPORTER_OTLP_TIMEOUT": "Longest time of one request; not of an invocation, which waits for "
    "`SPANVAS_FLUSH_BUDGET_MS` at most. Below 100 it is seconds, as OpenTelemetry's SDK for Python has it, otherwise "
    "milliseconds, as its specification has it. Default: 5 s; never more than 60 s.",
    "OTEL_EXPORTER_OTLP_PROTOCOL": "`http/protobuf`, or `grpc`, which is sent by OpenTelemetry's exporter (see "
    "`SPANVAS_OTLP_EXPORTER`). `http/json` is told and sent as protobuf.",
    "OTEL_EXPORTER_OTLP_INSECURE": "`true`: an address of gRPC without `http://` or `https://` is reached without TLS.",
    "OTEL_PROPAGATORS": "What `spanvas.inject` writes beside the W3C's headers, as `xray` or `b3`, where the "
    "function's packages have it. What comes in is read from the W3C's headers.",
    "OTEL_SDK_DISABLED": "`true`: the SDK records nothing, so nothing is traced.",
}
"""What each variable does. Those of OTEL_EXPORTER_OTLP_ are read with OTEL_EXPORTER_OTLP_TRACES_ first."""


class OtlpTarget:
    """Where spans are sent by OTLP, and how.

    `url` is the whole URL. Files are paths, empty where there is none. `compression` is `gzip`, `deflate` or `none`;
    `protocol` is `http/protobuf` or `grpc`. `is_ours`: a `SPANVAS_*` variable names the endpoint.
    """

    __slots__ = (
        "certificate",
        "client_certificate",
        "client_key",
        "compression",
        "headers",
        "is_ours",
        "protocol",
        "timeout_seconds",
        "url",
    )

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        certificate: str = "",
        *,
        client_certificate: str = "",
        client_key: str = "",
        compression: str = GZIP,
        timeout_seconds: float = 5.0,
        protocol: str = HTTP,
        is_ours: bool = True,
    ) -> None:
        self.url = url
        self.headers = dict(headers or {})
        self.certificate = certificate
        self.client_certificate = client_certificate
        self.client_key = client_key
        self.compression = compression
        self.timeout_seconds = timeout_seconds
        self.protocol = protocol
        self.is_ours = is_ours


class OtelVariables:
    """OpenTelemetry's variables of an environment. `problems`: what cannot be read, one sentence a variable."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.problems: list[str] = []

    @property
    def service_name(self) -> str:
        """The name of the service; empty where none is set."""
        return self._text("OTEL_SERVICE_NAME") or self.resource_attributes().get(SERVICE_NAME, "")

    def resource_attributes(self) -> dict[str, str]:
        """Returns the attributes of the resource that the environment names."""
        return self._pairs(("OTEL_RESOURCE_ATTRIBUTES",), parse_pair)

    def detectors(self) -> tuple[str, ...]:
        """Returns the names of the resource detectors that shall run."""
        return self._names("OTEL_EXPERIMENTAL_RESOURCE_DETECTORS")

    @property
    def is_disabled(self) -> bool:
        """Whether the SDK is switched off. Any other word than `true` is `false`, as the specification has it."""
        return self._text(DISABLED).lower() == "true"

    def check(self) -> None:
        """Tells what cannot be read of the variables that only the SDK reads."""
        self._parsed((DISABLED,), parse_bool, False)
        self._parsed((LIMIT,), parse_limit, 0)

    def propagators(self) -> tuple[str, ...]:
        """Returns the propagators that are wanted beside the W3C's two."""
        return tuple(name for name in self._names("OTEL_PROPAGATORS") if name not in (*W3C, "none"))

    def target(
        self,
        endpoint: str = "",
        headers: Mapping[str, str] | None = None,
        certificate: str = "",
    ) -> OtlpTarget | None:
        """Returns where spans are sent; None for nowhere. Arguments are the `SPANVAS_OTLP_*` settings.

        Headers and certificates that are meant for OpenTelemetry's endpoint are not sent to another one of ours.
        """
        protocol = self._protocol()
        theirs = self._endpoint(protocol)
        is_meant = not theirs or not endpoint or _host(endpoint) == _host(theirs)
        if not is_meant:
            protocol = HTTP
        url = self._own_endpoint(endpoint, protocol) if endpoint else theirs
        if not url:
            return None
        text = self._of_exporter if is_meant else _nothing
        found = self._pairs(_both("HEADERS"), parse_header) if is_meant else {}
        return OtlpTarget(
            url,
            headers or found,
            certificate or text("CERTIFICATE"),
            client_certificate=text("CLIENT_CERTIFICATE"),
            client_key=text("CLIENT_KEY"),
            compression=self._choice("COMPRESSION", (GZIP, DEFLATE, UNCOMPRESSED), GZIP),
            timeout_seconds=self._parsed(_both("TIMEOUT"), parse_request_seconds, 5.0),
            protocol=protocol,
            is_ours=bool(endpoint),
        )

    def _own_endpoint(self, endpoint: str, protocol: str) -> str:
        """Returns the URL for traces of our own setting; gRPC has no path. What is wrong with it is told."""
        whole = self._with_scheme(endpoint) if protocol == GRPC else endpoint
        if problem := problem_of_url(whole):
            self._tell(f"SPANVAS_OTLP_ENDPOINT={shown_url(endpoint)!r}: {problem}")
        return whole if protocol == GRPC else traces_url(whole)

    def _endpoint(self, protocol: str) -> str:
        exporters = self._names("OTEL_TRACES_EXPORTER")
        for name in exporters:
            if name not in ("otlp", "none"):
                self._tell(f"OTEL_TRACES_EXPORTER={name!r}: only otlp and none are supported")
        if exporters and "otlp" not in exporters:
            return ""
        exact, base = self._text(f"{TRACES}ENDPOINT"), self._text(f"{OTLP}ENDPOINT")
        if not (exact or base) and exporters:
            base = LOCAL[protocol]
        for name, url in ((f"{TRACES}ENDPOINT", exact), (f"{OTLP}ENDPOINT", base)):
            if not url:
                continue
            whole = self._with_scheme(url) if protocol == GRPC else url
            if problem := problem_of_url(whole):
                self._tell(f"{name}={shown_url(url)!r}: {problem}")
            elif protocol == GRPC:
                return whole
            elif url is exact:
                return url
            else:
                return _with_traces_path(url)
        return ""

    def _with_scheme(self, address: str) -> str:
        """Returns the URL of an address of gRPC: without a scheme it is reached by TLS, unless that is switched off."""
        if "://" in address:
            return address
        is_plain = self._choice("INSECURE", ("true", "false"), "false") == "true"
        return f"{'http' if is_plain else 'https'}://{address}"

    def _protocol(self) -> str:
        protocol = self._choice("PROTOCOL", (HTTP, GRPC, JSON), HTTP)
        if protocol == JSON:
            self._tell(f"{OTLP}PROTOCOL={JSON!r}: sent as {HTTP}")
            return HTTP
        return protocol

    def _choice(self, name: str, words: tuple[str, ...], default: str) -> str:
        def parse(text: str) -> str:
            if text.lower() not in words:
                raise ValueError("expected one of " + ", ".join(words))
            return text.lower()

        return self._parsed(_both(name), parse, default)

    def _of_exporter(self, name: str) -> str:
        return self._parsed(_both(name), parse_readable_file, "")

    def _names(self, name: str) -> tuple[str, ...]:
        return tuple(filter(None, (part.strip().lower() for part in self._text(name).split(","))))

    def _text(self, name: str) -> str:
        return self._environment.get(name, "").strip()

    def _pairs(
        self, variables: tuple[str, ...], parse: Callable[[str], tuple[str, str]]
    ) -> dict[str, str]:
        """Returns the pairs of the first of the variables that has any. One that cannot be read is told and left out,
        as OpenTelemetry's SDK does it: the others are no worse for it."""
        for name in variables:
            found = {}
            for item in parse_names(self._text(name)):
                try:
                    key, value = parse(item)
                    found[key] = value
                except ValueError as error:
                    shown = "" if name.endswith("HEADERS") else f"={item!r}"
                    self._tell(f"{name}{shown}: {error}")
            if found:
                return found
        return {}

    def _parsed(self, variables: tuple[str, ...], parse: Callable[[str], T], default: T) -> T:
        """Returns the value of the first of the variables that is set and can be read."""
        for name in variables:
            text = self._text(name)
            if not text:  # as the specification has it: an empty variable is one that is not set
                continue
            try:
                return parse(text)
            except ValueError as error:
                self._tell(f"{name}={text!r}: {error}")
        return default

    def _tell(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def traces_url(endpoint: str) -> str:
    """Returns the URL for traces of our own setting, a base URL: `v1/traces` is added, unless it ends so already."""
    base = endpoint.partition("?")[0].rstrip("/")
    return endpoint if base.endswith(TRACES_PATH) else _with_traces_path(endpoint)


def _with_traces_path(endpoint: str) -> str:
    """Returns the URL for traces of a base URL. Whatever its path is, `v1/traces` comes behind it."""
    base, mark, query = endpoint.partition("?")
    return base.rstrip("/") + TRACES_PATH + mark + query


def _both(name: str) -> tuple[str, str]:
    return TRACES + name, OTLP + name


def _nothing(_: Any) -> str:
    return ""


def _host(url: str) -> str:
    """Returns host and port of a URL, or of an address of gRPC without a scheme."""
    address = url.partition("?")[0].split("://", 1)[-1]
    return address.partition("/")[0].rpartition("@")[2].lower()
