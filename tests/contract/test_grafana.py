"""The dashboards ask for what is really emitted, and are those that the tool writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from spanvas import attributes, metrics
from tools.grafana_dashboards import dashboards

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "grafana"
SEND_SPANS = (ROOT / "docs" / "how-to" / "send-spans-to-your-tools.md").read_text("utf-8")
OF_THE_LAYER = {metric.name for metric in metrics.METRICS}
FUNCTIONS = "".join(path.read_text("utf-8") for path in (ROOT / "functions").rglob("*.py"))
OUTBOUND = (ROOT / "layers" / "spanvas" / "spanvas" / "tracing" / "outbound.py").read_text("utf-8")
INTRINSICS = {"status", "duration", "error", "nil"}
NAMES = {value for value in vars(attributes).values() if isinstance(value, str)} | {
    name for value in vars(attributes).values() if isinstance(value, tuple) for name in value
}
LABELS_OF_SPANMETRICS = {"le", "span_name", "status_code", "service_name", "span_kind"}
SCHEMAS = {
    ("service",),
    ("service", "workflow_id"),
    ("cause", "service"),
    ("route", "service"),
}
"""Sets of dimensions that the functions write with their metrics."""


def queries(value: Any, key: str) -> Iterator[str]:
    """Yields what is under a key, at any depth."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name == key and isinstance(item, str):
                yield item
            yield from queries(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from queries(item, key)


def loaded(name: str) -> Any:
    return json.loads((FOLDER / name).read_text("utf-8"))


@pytest.mark.parametrize("name", ["tempo.json", "prometheus.json", "cloudwatch.json"])
def test_the_files_are_those_of_the_tool(name: str) -> None:
    """After a change: `python -m tools.grafana_dashboards`."""
    assert (FOLDER / name).read_text("utf-8") == dashboards()[name]


def test_traceql_names_attributes_that_are_written() -> None:
    found = list(queries(loaded("tempo.json")["panels"], "query"))
    assert len(found) == 14
    for query in found:
        bare = re.sub(r'"[^"]*"', '""', query)
        asked = set(re.findall(r"\b(?:span|resource)\.([a-z_.]+[a-z_])", bare))
        assert asked, query
        assert asked <= NAMES, query


def test_a_sum_of_tokens_leaves_out_spans_without_them() -> None:
    for query in queries(loaded("tempo.json"), "query"):
        for name in re.findall(r"(?:sum|max)_over_time\(span\.([a-z_.]+)\)", query):
            assert f"{{span.{name} != nil}}" in query


def test_promql_names_labels_that_the_collector_of_the_how_to_makes() -> None:
    dimensions = re.findall(r"^ +- name: ([a-z_.]+)$", SEND_SPANS, re.M)
    known = {name.replace(".", "_") for name in dimensions} | LABELS_OF_SPANMETRICS
    found = list(queries(loaded("prometheus.json")["panels"], "expr"))
    assert len(found) == 6
    for query in found:
        asked = set(re.findall(r"([a-z_]+)(?:=~?)\"", query))
        asked |= {
            label.strip()
            for group in re.findall(r"by \(([^)]+)\)", query)
            for label in group.split(",")
        }
        assert asked <= known, query
        assert set(re.findall(r"traces_[a-z_]+", query)) <= {
            "traces_span_metrics_calls_total",
            "traces_span_metrics_duration_milliseconds_bucket",
        }


def test_cloudwatch_names_metrics_and_dimensions_that_are_written() -> None:
    found = list(queries(loaded("cloudwatch.json")["panels"], "sqlExpression"))
    assert len(found) == 12
    for query in found:
        metric = re.match(r"SELECT (?:SUM|AVG)\((\w+)\)", query)
        schema = re.search(r"SCHEMA\(Spanvas, ([a-z_, ]+)\)", query)
        assert metric, query
        assert schema, query
        assert is_written(metric[1]), query
        assert tuple(schema[1].split(", ")) in SCHEMAS, query


def test_searches_of_cloudwatch_name_metrics_and_dimensions_that_are_written() -> None:
    found = [target for target in targets("cloudwatch.json") if target["metricQueryType"] == 0]
    assert [target["metricName"] for target in found] == [
        "ExecutionDuration",
        "ReadLatency",
        "ApiLatency",
    ]
    for target in found:
        assert is_written(target["metricName"])
        assert tuple(sorted(target["dimensions"])) in SCHEMAS
        assert target["matchExact"] is True
        assert target["statistic"] == "p95"


def is_written(metric: str) -> bool:
    return f'"{metric}"' in FUNCTIONS or metric in OF_THE_LAYER


def targets(name: str) -> list[dict[str, Any]]:
    return [target for panel in loaded(name)["panels"] for target in panel["targets"]]


@pytest.mark.parametrize("name", ["tempo.json", "prometheus.json", "cloudwatch.json"])
def test_nothing_in_a_dashboard_is_unknown_to_grafana_s_schema(name: str) -> None:
    register_default_plugins()
    read = json.loads(json.dumps(Dashboard.from_json(loaded(name)), cls=JSONEncoder))
    tables_have = {"tableType"} if name == "tempo.json" else set()
    assert set(lost(loaded(name), read)) == tables_have


def lost(written: Any, read: Any) -> Iterator[str]:
    """Names and values that a dashboard has and a reader of Grafana's schema has not found in it."""
    if isinstance(written, dict) and isinstance(read, dict):
        for name, item in written.items():
            if name not in read:
                yield name
            else:
                yield from lost(item, read[name])
    elif isinstance(written, list) and isinstance(read, list) and len(written) == len(read):
        for item, again in zip(written, read, strict=True):
            yield from lost(item, again)
    elif written != read:
        yield f"{written!r} is read as {read!r}"


def tables() -> dict[str, dict[str, Any]]:
    panels = loaded("tempo.json")["panels"]
    return {panel["title"]: panel for panel in panels if panel["type"] == "table"}


def test_a_table_has_a_row_for_each_span_with_what_its_links_need() -> None:
    assert list(tables()) == [
        "Failed executions",
        "Failed spans",
        "Invocations of failed executions",
    ]
    for panel in tables().values():
        (target,) = panel["targets"]
        assert target["tableType"] == "spans"
        columns = set(re.findall(r"\bspan\.([a-z_.]+[a-z_])", target["query"])) | {"spanID"}
        asked = {
            quoted or bare
            for url in queries(panel, "url")
            for quoted, bare in re.findall(r'__data\.fields(?:\["([^"]+)"\]|\.(\w+))', url)
        }
        assert asked <= columns
        overridden = {rule["matcher"]["options"] for rule in panel["fieldConfig"]["overrides"]}
        assert overridden <= columns


def test_rows_lead_to_the_tab() -> None:
    execution = '${spanvas}/?execution=${__data.fields["spanvas.execution.id"]:percentencode}'
    span = execution + "&span=${__data.fields.spanID}"
    first = {title: next(queries(panel, "url")) for title, panel in tables().items()}
    assert first == {
        "Failed executions": execution,
        "Failed spans": span,
        "Invocations of failed executions": span,
    }


def test_an_invocation_leads_to_its_log_and_to_step_functions() -> None:
    rules = tables()["Invocations of failed executions"]["fieldConfig"]["overrides"]
    found = {rule["matcher"]["options"]: list(queries(rule, "url")) for rule in rules}
    assert found == {
        "spanvas.log.url": ["${__value.raw}"],
        "spanvas.state_machine.execution.arn": [
            'https://${__data.fields["cloud.region"]}.${console}/states/home'
            '?region=${__data.fields["cloud.region"]}#/v2/executions/details/${__value.raw}'
        ],
    }


def provisioned(name: str = "datasources.yaml") -> Any:
    return yaml.safe_load((FOLDER / "provisioning" / name).read_text("utf-8"))


@pytest.mark.parametrize("name", ["datasources.yaml", "spanvas.yaml"])
def test_a_span_in_grafana_leads_to_the_tab(name: str) -> None:
    (correlation,) = provisioned(name)["datasources"][0]["correlations"]
    (transformation,) = correlation["config"]["transformations"]
    tags = json.dumps(
        [
            {"key": "spanvas.kind", "value": "model"},
            {"key": attributes.EXECUTION_ID, "value": "order-17"},
        ],
        separators=(",", ":"),
    )
    match = re.search(transformation["expression"], tags)
    assert match
    assert (transformation["mapValue"], match[1]) == ("executionId", "order-17")
    assert correlation["config"]["target"]["url"].endswith(
        "/?execution=$${executionId}&span=$${spanID}"
    )


def test_a_span_in_grafana_leads_to_lines_by_a_field_that_they_have() -> None:
    query = provisioned()["datasources"][0]["jsonData"]["tracesToLogsV2"]["query"]
    assert 'filter trace_id = "$${__trace.traceId}"' in query
    assert '"trace_id": f"' in OUTBOUND


def test_provisioning_names_what_there_is() -> None:
    found = provisioned()
    assert [source["uid"] for source in found["datasources"]] == [
        "tempo",
        "prometheus",
        "cloudwatch",
    ]
    tags = found["datasources"][0]["jsonData"]["tracesToMetrics"]["tags"]
    assert {tag["key"] for tag in tags} <= NAMES
