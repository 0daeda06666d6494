"""What the functions write for CloudWatch, held to the specification of its embedded metric format, and what the
template's alarms and dashboard look at.

Source: CloudWatch's user guide, "Specification: Embedded metric format": members, lengths, numbers of entries, units.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from spanvas import metrics
from spanvas.storage import items
from tests.functional.otlp.client import OtlpClient
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.aws_from_template import ROOT, deployed_stack
from tests.support.builders import T0, Clock, make_execution
from tests.support.deletion_runs import go_on
from tests.support.otlp_requests import make_proto_span, make_request
from tests.support.sweep import run_sweep

TEMPLATE = (ROOT / "template.yaml").read_text("utf-8")
UNITS = {"Count", "Milliseconds", "None"}
MAX_DIMENSIONS = 30
MAX_METRICS = 100
MAX_NAME = 1_024
MAX_VALUE = 1_024
MAX_LINE_BYTES = 256 * 1_024


@pytest.fixture
def lines(
    otlp: OtlpClient,
    api: Client,
    store: AuditedStore,
    clock: Clock,
    capsys: pytest.CaptureFixture[str],
) -> list[str]:
    """One call of everything that measures, in its good and its bad ends."""
    print(metrics.line(dict.fromkeys(metrics.METRICS, 1.5), "spanvas-executor", "brief", T0))
    otlp.send(make_request(make_proto_span("a")))
    otlp.post(b"\xff")
    api.get("/v1/executions")
    api.get("/nothing")
    store.start_execution(make_execution("exec_2"))
    spoiled = items.partition("acme", "exec_2"), items.META
    store.overlays[spoiled] = {"status": items.n(1)}
    api.get("/v1/executions")
    del store.overlays[spoiled]
    run_sweep(store)
    store.start_execution(make_execution("exec_1"))
    clock.advance(61)
    run_sweep(store)
    go_on(store)
    return [line for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]


def test_every_line_is_what_cloudwatch_makes_metrics_of(lines: list[str]) -> None:
    assert {json.loads(line)["service"] for line in lines} == {
        "spanvas-executor",
        "otlp-ingest",
        "trace-api",
        "sweep",
        "deletion",
    }
    for line in lines:
        assert len(line.encode()) <= MAX_LINE_BYTES
        check_document(json.loads(line))


def check_document(document: dict[str, Any]) -> None:
    assert set(document["_aws"]) == {"Timestamp", "CloudWatchMetrics"}
    assert type(document["_aws"]["Timestamp"]) is int
    for directive in document["_aws"]["CloudWatchMetrics"]:
        assert set(directive) == {"Namespace", "Dimensions", "Metrics"}
        assert directive["Namespace"] == "Spanvas"
        assert len(directive["Metrics"]) <= MAX_METRICS
        for dimensions in directive["Dimensions"]:
            assert len(set(dimensions)) == len(dimensions) <= MAX_DIMENSIONS
            assert all(is_dimension(document[name]) for name in dimensions)
        for metric in directive["Metrics"]:
            assert set(metric) == {"Name", "Unit"}
            assert 1 <= len(metric["Name"]) <= MAX_NAME
            assert metric["Unit"] in UNITS
            value = document[metric["Name"]]
            values = value if isinstance(value, list) else [value]
            assert 1 <= len(values) <= MAX_METRICS
            assert all(type(value) in {int, float} for value in values)


def is_dimension(value: object) -> bool:
    """A text that is not blank, in ASCII without control characters, and not too long."""
    return (
        isinstance(value, str)
        and 1 <= len(value) <= MAX_VALUE
        and value.isascii()
        and value.isprintable()
        and bool(value.strip())
    )


def test_alarms_and_dashboard_look_at_metrics_that_there_are(lines: list[str]) -> None:
    looked_at = {*alarmed(), *drawn()}
    assert len(looked_at) > 12
    assert looked_at <= {written for line in lines for written in metrics_of(json.loads(line))}


def metrics_of(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Metrics that are counted by service alone, and the service; "" where they are counted for all functions."""
    for directive in document["_aws"]["CloudWatchMetrics"]:
        for dimensions, service in (["service"], document["service"]), ([], ""):
            if dimensions in directive["Dimensions"]:
                for metric in directive["Metrics"]:
                    yield metric["Name"], service


def alarmed() -> list[tuple[str, str]]:
    return re.findall(
        r"Namespace: Spanvas\s+MetricName: (\w+)(?:\s+Dimensions: \[\{Name: service, Value: ([\w-]+)\}\])?",
        TEMPLATE,
    )


def drawn() -> list[tuple[str, str]]:
    return re.findall(r'\["Spanvas", "(\w+)", (?:"service", "([\w-]+)"|\{)', TEMPLATE)


def test_searches_of_the_dashboard_name_dimensions_that_there_are(lines: list[str]) -> None:
    searched = {
        (metric, *sorted(dimensions.split(",")))
        for dimensions, metric in re.findall(
            r"SEARCH\('\{Spanvas,([a-z_,]+)\} MetricName=\\\"(\w+)\\\"'", TEMPLATE
        )
    }
    assert len(searched) == TEMPLATE.count("SEARCH('{Spanvas,") == 6
    assert searched <= {
        (metric["Name"], *sorted(dimensions))
        for line in lines
        for directive in json.loads(line)["_aws"]["CloudWatchMetrics"]
        for dimensions in directive["Dimensions"]
        for metric in directive["Metrics"]
    }


def test_the_dashboard_s_widgets_do_not_lie_on_each_other() -> None:
    stack = deployed_stack()
    (name,) = stack.logical_ids("AWS::CloudWatch::Dashboard")
    widgets = json.loads(stack.properties(name)["DashboardBody"])["widgets"]
    places = {(widget["x"], widget["y"]) for widget in widgets}
    assert len(places) == len(widgets)
    assert all(x % 8 == 0 and x + 8 <= 24 and y % 6 == 0 for x, y in places)
    assert all((widget["width"], widget["height"]) == (8, 6) for widget in widgets)


def test_every_alarm_and_every_line_of_the_dashboard_is_looked_at() -> None:
    assert TEMPLATE.count("Namespace: Spanvas\n") == len(alarmed())
    assert TEMPLATE.count('["Spanvas", ') == len(drawn())
