"""The dashboards ask for what is really emitted, and are those that the tool writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from spanvas import attributes, metrics
from tools.grafana_dashboards import dashboards

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "grafana"
SEND_SPANS = (ROOT / "docs" / "how-to" / "send-spans-to-your-tools.md").read_text("utf-8")
OF_THE_LAYER = {metric.name for metric in metrics.METRICS}
FUNCTIONS = "".join(path.read_text("utf-8") for path in (ROOT / "functions").rglob("*.py"))
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
    assert len(found) == 11
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
    assert len(found) == 11
    for query in found:
        metric = re.match(r"SELECT (?:SUM|AVG)\((\w+)\)", query)
        schema = re.search(r"SCHEMA\(Spanvas, ([a-z_, ]+)\)", query)
        assert metric, query
        assert schema, query
        assert f'"{metric[1]}"' in FUNCTIONS or metric[1] in OF_THE_LAYER, query
        assert tuple(schema[1].split(", ")) in SCHEMAS, query


def test_a_failed_execution_leads_to_the_tab() -> None:
    (url,) = set(queries(loaded("tempo.json"), "url"))
    assert url == '${spanvas}/?execution=${__data.fields["spanvas.execution.id"]}'


def test_provisioning_names_what_there_is() -> None:
    found = yaml.safe_load((FOLDER / "provisioning" / "datasources.yaml").read_text("utf-8"))
    assert [source["uid"] for source in found["datasources"]] == [
        "tempo",
        "prometheus",
        "cloudwatch",
    ]
    tags = found["datasources"][0]["jsonData"]["tracesToMetrics"]["tags"]
    assert {tag["key"] for tag in tags} <= NAMES
    assert "faas.invocation_id" in NAMES
