"""Writes `docs/grafana/*.json`: dashboards for the spans in Tempo, for metrics in Prometheus, and for CloudWatch.

Made with Grafana's own Foundation SDK, so that they have Grafana's schema. `python -m tools.grafana_dashboards`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

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

from tools.grafana_queries import CLOUDWATCH, PROMETHEUS, TABLES, TEMPO, Chart, Link, Search, Table

FOLDER: Final = Path(__file__).parents[1] / "docs" / "grafana"


def source(kind: str) -> models.DataSourceRef:
    """The data source that the person chooses at the top of the dashboard."""
    return models.DataSourceRef(type_val=kind, uid="${source}")


def target(kind: str, query: str | Search, name: str, ref_id: str) -> Any:
    """One query, in the form of its data source."""
    if isinstance(query, Search):
        return search(query).ref_id(ref_id)
    if kind == "tempo":
        return tempo.TempoQuery().query_type("traceql").query(query).ref_id(ref_id)
    if kind == "prometheus":
        return prometheus.Dataquery().expr(query).legend_format(name).ref_id(ref_id)
    found = (
        metrics_query()
        .metric_query_type(MetricQueryType.QUERY)
        .metric_editor_mode(MetricEditorMode.CODE)
        .sql_expression(query)
        .ref_id(ref_id)
    )
    return found.label(f"{name} ${{LABEL}}") if name else found


def search(query: Search) -> cloudwatch.CloudWatchMetricsQuery:
    """A search of CloudWatch, as Grafana's builder of queries makes it."""
    last = list(query.dimensions)[-1]
    return (
        metrics_query()
        .metric_query_type(MetricQueryType.SEARCH)
        .metric_editor_mode(MetricEditorMode.BUILDER)
        .metric_name(query.metric)
        .statistic(query.statistic)
        .dimensions({name: [value] for name, value in query.dimensions.items()})
        .match_exact(True)
        .label(f"${{PROP('Dim.{last}')}}")
    )


def metrics_query() -> cloudwatch.CloudWatchMetricsQuery:
    """What all queries of CloudWatch have in common."""
    return (
        cloudwatch.CloudWatchMetricsQuery()
        .query_mode(CloudWatchQueryMode.METRICS)
        .namespace("Spanvas")
        .region("default")
        .period("300")
    )


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


def table_of_spans(shown: Table) -> table.Panel:
    """A table of spans, whose cells lead on."""
    made = (
        table.Panel()
        .title(shown.title)
        .description(shown.description)
        .datasource(source("tempo"))
        .data_links([data_link(link) for link in shown.links if not link.column])
        .height(10)
        .span(24)
        .with_target(
            tempo.TempoQuery().query_type("traceql").query(shown.query).limit(50).ref_id("A")
        )
    )
    for link in shown.links:
        if link.column:
            value = [data_link(link).build()]
            made = made.override_by_name(
                link.column, [models.DynamicConfigValue(id_val="links", value=value)]
            )
    return made


def data_link(link: Link) -> dashboard.DashboardLink:
    """A link of a cell, which opens beside the dashboard."""
    return (
        dashboard.DashboardLink(link.title)
        .type(models.DashboardLinkType.LINK)
        .url(link.url)
        .target_blank(True)
    )


def finished(made: Any) -> Any:
    """Returns a dashboard without empty members, and with what the SDK has no name for: a table's `tableType`.

    With it a row is a span. Otherwise it is a trace, and the attributes that a link needs are in a table inside of it.
    """
    if isinstance(made, list):
        return [finished(item) for item in made]
    if not isinstance(made, dict):
        return made
    kept = {name: finished(item) for name, item in made.items() if item is not None}
    if kept.get("type") == "table":
        kept["targets"] = [{**query, "tableType": "spans"} for query in kept["targets"]]
    return kept


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
        made = made.with_variable(
            dashboard.TextBoxVariable("console")
            .label("Console")
            .default_value("console.aws.amazon.com")
        )
    for chart in charts:
        made = made.with_panel(panel(kind, chart))
    for shown in TABLES if kind == "tempo" else ():
        made = made.with_panel(table_of_spans(shown))
    text = json.dumps(made.build(), cls=JSONEncoder)
    return json.dumps(finished(json.loads(text)), indent=1, sort_keys=True) + "\n"


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
