"""What the dashboards of `docs/grafana` show: their panels, each with its queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

WORKFLOWS: Final = 'span.spanvas.kind = "workflow"'
MODELS: Final = 'span.spanvas.kind = "model"'


class Search(NamedTuple):
    """A statistic that CloudWatch's SQL has not, of each metric with these dimensions; `*` stands for any value."""

    metric: str
    statistic: str
    dimensions: Mapping[str, str]


class Chart(NamedTuple):
    """One panel: its title, Grafana's unit, and its queries with the name of each series."""

    title: str
    unit: str
    queries: Sequence[tuple[str | Search, str]]
    description: str = ""


class Link(NamedTuple):
    """Where a cell of a table leads to; without a column, every cell."""

    title: str
    url: str
    column: str = ""


class Table(NamedTuple):
    """One table of spans: its title, its query, and where its cells lead to."""

    title: str
    query: str
    links: Sequence[Link]
    description: str = ""


TEMPO: Final = (
    Chart(
        "Executions by workflow and status",
        "short",
        [(f"{{{WORKFLOWS}}} | count_over_time() by (span.spanvas.workflow.id, status)", "")],
        "Executions that ended, by the status of their workflow span.",
    ),
    Chart(
        "Duration of executions",
        "s",
        [
            (
                f"{{{WORKFLOWS}}} | quantile_over_time(duration, .5, .9, .99) by (span.spanvas.workflow.id)",
                "",
            )
        ],
        "Tempo's buckets are powers of two: read it as an order of magnitude.",
    ),
    Chart(
        "Input tokens by model",
        "short",
        [
            (
                "{span.gen_ai.usage.input_tokens != nil} | sum_over_time(span.gen_ai.usage.input_tokens) "
                "by (span.gen_ai.request.model)",
                "",
            )
        ],
        "Failed calls report no tokens; without the filter a sum begins anew at each of them.",
    ),
    Chart(
        "Output tokens by model",
        "short",
        [
            (
                "{span.gen_ai.usage.output_tokens != nil} | sum_over_time(span.gen_ai.usage.output_tokens) "
                "by (span.gen_ai.request.model)",
                "",
            )
        ],
    ),
    Chart(
        "Input tokens by node",
        "short",
        [
            (
                "{span.gen_ai.usage.input_tokens != nil} | sum_over_time(span.gen_ai.usage.input_tokens) "
                "by (span.spanvas.node.id)",
                "",
            )
        ],
    ),
    Chart(
        "Latency of models, p95",
        "s",
        [(f"{{{MODELS}}} | quantile_over_time(duration, .95) by (span.gen_ai.request.model)", "")],
    ),
    Chart(
        "Errors by type",
        "short",
        [("{status = error} | count_over_time() by (span.error.type)", "")],
    ),
    Chart(
        "Failed calls of services",
        "short",
        [
            (
                "{span.http.response.status_code >= 500} | count_over_time() by (span.spanvas.connection)",
                "",
            )
        ],
    ),
    Chart(
        "Retries by node",
        "short",
        [
            (
                '{span.spanvas.kind = "attempt" && span.spanvas.attempt.number > 1} '
                "| count_over_time() by (span.spanvas.node.id)",
                "",
            )
        ],
    ),
    Chart(
        "Cold starts by function",
        "short",
        [("{span.faas.coldstart = true} | count_over_time() by (resource.faas.name)", "")],
    ),
    Chart(
        "Most memory by function",
        "bytes",
        [
            (
                "{span.spanvas.memory.peak_bytes != nil} | max_over_time(span.spanvas.memory.peak_bytes) "
                "by (resource.faas.name)",
                "",
            )
        ],
    ),
)
FAILED: Final = f"{{{WORKFLOWS} && status = error}}"
EXECUTION: Final = '${spanvas}/?execution=${__data.fields["spanvas.execution.id"]:percentencode}'
SPAN: Final = EXECUTION + "&span=${__data.fields.spanID}"
"""Addresses of the tab. `spanID` is a column of Grafana's table of spans."""
TABLES: Final = (
    Table(
        "Failed executions",
        f"{FAILED} | select(span.spanvas.execution.id, span.spanvas.workflow.id, span.error.type)",
        [Link("Open in Spanvas", EXECUTION)],
    ),
    Table(
        "Failed spans",
        '{status = error && span.spanvas.kind != "workflow"} | select(span.spanvas.execution.id, '
        "span.spanvas.kind, span.spanvas.node.id, span.error.type)",
        [Link("Open in Spanvas, at this span", SPAN)],
    ),
    Table(
        "Invocations of failed executions",
        f'{FAILED} >> {{span.spanvas.kind = "invocation"}} | select(span.spanvas.execution.id, span.faas.name, '
        "span.cloud.region, span.spanvas.log.url, span.spanvas.state_machine.execution.arn)",
        [
            Link("Open in Spanvas, at this span", SPAN),
            Link("Its log in CloudWatch", "${__value.raw}", "spanvas.log.url"),
            Link(
                "The execution in Step Functions",
                'https://${__data.fields["cloud.region"]}.${console}/states/home'
                '?region=${__data.fields["cloud.region"]}#/v2/executions/details/${__value.raw}',
                "spanvas.state_machine.execution.arn",
            ),
        ],
        "The variable Console is console.amazonaws-us-gov.com in GovCloud and console.amazonaws.cn in China.",
    ),
)
CALLS: Final = "traces_span_metrics_calls_total"
BUCKETS: Final = "traces_span_metrics_duration_milliseconds_bucket"
PROMETHEUS: Final = (
    Chart(
        "Executions",
        "short",
        [
            (
                f'sum by (spanvas_workflow_id) (increase({CALLS}{{spanvas_kind="workflow"}}[$__rate_interval]))',
                "{{spanvas_workflow_id}}",
            )
        ],
    ),
    Chart(
        "Failed executions",
        "short",
        [
            (
                f'sum by (spanvas_workflow_id) (increase({CALLS}{{spanvas_kind="workflow", '
                'status_code="STATUS_CODE_ERROR"}[$__rate_interval]))',
                "{{spanvas_workflow_id}}",
            )
        ],
    ),
    Chart(
        "Duration of executions, p95",
        "ms",
        [
            (
                f'histogram_quantile(0.95, sum by (le, spanvas_workflow_id) (rate({BUCKETS}{{spanvas_kind="workflow"}}'
                "[$__rate_interval])))",
                "{{spanvas_workflow_id}}",
            )
        ],
    ),
    Chart(
        "Latency of models, p95",
        "ms",
        [
            (
                f'histogram_quantile(0.95, sum by (le, gen_ai_request_model) (rate({BUCKETS}{{spanvas_kind="model"}}'
                "[$__rate_interval])))",
                "{{gen_ai_request_model}}",
            )
        ],
    ),
    Chart(
        "Failed model calls",
        "short",
        [
            (
                f'sum by (gen_ai_request_model) (increase({CALLS}{{spanvas_kind="model", '
                'status_code="STATUS_CODE_ERROR"}[$__rate_interval]))',
                "{{gen_ai_request_model}}",
            )
        ],
    ),
    Chart(
        "Failed tools and services",
        "short",
        [
            (
                f'sum by (spanvas_kind, span_name) (increase({CALLS}{{spanvas_kind=~"tool|http", '
                'status_code="STATUS_CODE_ERROR"}[$__rate_interval]))',
                "{{spanvas_kind}} {{span_name}}",
            )
        ],
    ),
)
BY_CAUSE: Final = "FROM SCHEMA(Spanvas, cause, service) GROUP BY cause"
BY_ROUTE: Final = "FROM SCHEMA(Spanvas, route, service) GROUP BY route"
BY_SERVICE: Final = "FROM SCHEMA(Spanvas, service) GROUP BY service"
BY_WORKFLOW: Final = "FROM SCHEMA(Spanvas, service, workflow_id) GROUP BY workflow_id"
ANY_WORKFLOW: Final = {"service": "*", "workflow_id": "*"}
ANY_ROUTE: Final = {"service": "trace-api", "route": "*"}
CLOUDWATCH: Final = (
    Chart("Executions", "short", [(f"SELECT SUM(Executions) {BY_WORKFLOW}", "")]),
    Chart("Failed executions", "short", [(f"SELECT SUM(FailedExecutions) {BY_WORKFLOW}", "")]),
    Chart("Lost executions by cause", "short", [(f"SELECT SUM(ExecutionsLost) {BY_CAUSE}", "")]),
    Chart(
        "Duration of executions, p95",
        "ms",
        [(Search("ExecutionDuration", "p95", ANY_WORKFLOW), "")],
    ),
    Chart("Cost", "currencyUSD", [(f"SELECT SUM(Cost) {BY_WORKFLOW}", "")]),
    Chart(
        "Tokens",
        "short",
        [
            (f"SELECT SUM(InputTokens) {BY_WORKFLOW}", "in"),
            (f"SELECT SUM(OutputTokens) {BY_WORKFLOW}", "out"),
            (f"SELECT SUM(CacheReadTokens) {BY_WORKFLOW}", "read from the cache"),
        ],
    ),
    Chart("Cold starts by function", "short", [(f"SELECT SUM(ColdStarts) {BY_SERVICE}", "")]),
    Chart("Spans that did not arrive", "short", [(f"SELECT SUM(ExporterDrops) {BY_SERVICE}", "")]),
    Chart(
        "What the tab waits for, p95",
        "ms",
        [(Search("ReadLatency", "p95", {"service": "trace-api"}), "")],
        "Time in the function of every read that succeeded, but exports. Above 300 ms an alarm goes off.",
    ),
    Chart("Latency of the API by route, p95", "ms", [(Search("ApiLatency", "p95", ANY_ROUTE), "")]),
    Chart("Errors of the API by route", "short", [(f"SELECT SUM(ApiErrors) {BY_ROUTE}", "")]),
    Chart(
        "Spans over OTLP",
        "short",
        [
            (f"SELECT SUM(IngestedSpans) {BY_SERVICE}", "kept"),
            (f"SELECT SUM(RejectedSpans) {BY_SERVICE}", "rejected"),
        ],
    ),
)
