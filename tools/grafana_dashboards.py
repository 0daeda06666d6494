"""Writes `docs/grafana/*.json`: dashboards for the spans in Tempo, for metrics in Prometheus, and for CloudWatch.

Made with Grafana's own Foundation SDK, so that they have Grafana's schema. `python -m tools.grafana_dashboards`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from grafana_foundation_sdk.builders import (
    cloudwatch,
    dashboard,
    prometheus,
    table,
    tempo,
    timeseries,
)
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.cloudwatch import (
    CloudWatchQueryMode,
    MetricEditorMode,
    MetricQueryType,
)

FOLDER: Final = Path(__file__).parents[1] / "docs" / "grafana"
WORKFLOWS: Final = 'span.spanvas.kind = "workflow"'
MODELS: Final = 'span.spanvas.kind = "model"'


class Chart(NamedTuple):
    """One panel: its title, Grafana's unit, and its queries with the name of each series."""

    title: str
    unit: str
    queries: Sequence[tuple[str, str]]
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
CLOUDWATCH: Final = (
    Chart("Executions", "short", [(f"SELECT SUM(Executions) {BY_WORKFLOW}", "")]),
    Chart("Failed executions", "short", [(f"SELECT SUM(FailedExecutions) {BY_WORKFLOW}", "")]),
    Chart(
        "Lost executions by cause",
        "short",
        [(f"SELECT SUM(ExecutionsLost) {BY_CAUSE}", "")],
    ),
    Chart(
        "Duration of executions, mean", "ms", [(f"SELECT AVG(ExecutionDuration) {BY_WORKFLOW}", "")]
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
    Chart(
        "Spans that did not arrive",
        "short",
        [(f"SELECT SUM(ExporterDrops) {BY_SERVICE}", "")],
    ),
    Chart(
        "Latency of the API by route, mean",
        "ms",
        [(f"SELECT AVG(ApiLatency) {BY_ROUTE}", "")],
    ),
    Chart(
        "Errors of the API by route",
        "short",
        [(f"SELECT SUM(ApiErrors) {BY_ROUTE}", "")],
    ),
)


def source(kind: str) -> models.DataSourceRef:
    """The data source that the person chooses at the top of the dashboard."""
    return models.DataSourceRef(type_val=kind, uid="${source}")


def target(kind: str, query: str, name: str, ref_id: str) -> Any:
    """One query, in the form of its data source."""
    if kind == "tempo":
        return tempo.TempoQuery().query_type("traceql").query(query).ref_id(ref_id)
    if kind == "prometheus":
        return prometheus.Dataquery().expr(query).legend_format(name).ref_id(ref_id)
    found = (
        cloudwatch.CloudWatchMetricsQuery()
        .query_mode(CloudWatchQueryMode.METRICS)
        .metric_query_type(MetricQueryType.QUERY)
        .metric_editor_mode(MetricEditorMode.CODE)
        .namespace("Spanvas")
        .region("default")
        .sql_expression(query)
        .period("300")
        .ref_id(ref_id)
    )
    return found.label(f"{name} ${{LABEL}}") if name else found


def panel(kind: str, chart: Chart) -> timeseries.Panel:
    """A panel of a chart."""
    made = (
        timeseries.Panel()
        .title(chart.title)
        .description(chart.description)
        .datasource(source(kind))
        .unit(chart.unit)
        .height(8)
        .span(12)
    )
    for number, (query, name) in enumerate(chart.queries):
        made = made.with_target(target(kind, query, name, chr(ord("A") + number)))
    return made


def failed_executions() -> table.Panel:
    """The last executions that failed, each with a link to its trace in the tab."""
    link = (
        dashboard.DashboardLink("Open in Spanvas")
        .type(models.DashboardLinkType.LINK)
        .url('${spanvas}/?execution=${__data.fields["spanvas.execution.id"]}')
        .target_blank(True)
    )
    query = (
        f"{FAILED} | select(span.spanvas.execution.id, span.spanvas.workflow.id, span.error.type)"
    )
    return (
        table.Panel()
        .title("Failed executions")
        .datasource(source("tempo"))
        .data_links([link])
        .height(10)
        .span(24)
        .with_target(tempo.TempoQuery().query_type("traceql").query(query).limit(50).ref_id("A"))
    )


def built(title: str, kind: str, charts: Sequence[Chart]) -> str:
    """One dashboard as JSON text."""
    made = (
        dashboard.Dashboard(title)
        .uid(f"spanvas-{kind}")
        .tags(["spanvas"])
        .time("now-24h" if kind == "tempo" else "now-7d", "now")
        .refresh("1m")
        .with_variable(dashboard.DatasourceVariable("source").label("Data source").type(kind))
    )
    if kind == "tempo":
        made = made.with_variable(
            dashboard.TextBoxVariable("spanvas")
            .label("Address of Spanvas")
            .default_value("https://spanvas.example.com")
        )
    for chart in charts:
        made = made.with_panel(panel(kind, chart))
    if kind == "tempo":
        made = made.with_panel(failed_executions())
    return json.dumps(made.build(), cls=JSONEncoder, indent=1, sort_keys=True) + "\n"


def dashboards() -> dict[str, str]:
    """All files by their name."""
    return {
        "tempo.json": built("Spanvas: executions in Tempo", "tempo", TEMPO),
        "prometheus.json": built("Spanvas: metrics of spans", "prometheus", PROMETHEUS),
        "cloudwatch.json": built("Spanvas: CloudWatch", "cloudwatch", CLOUDWATCH),
    }


def main() -> None:
    """Writes the files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in dashboards().items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
