"""Nothing that a person may set, call or watch is undocumented."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from spanvas.metrics import METRICS
from spanvas.settings import SETTINGS
from spanvas_api.routes import ALL_ROUTES
from tests.support.aws_from_template import ROOT, deployed_stack, translated_template
from tools import settings_reference

REFERENCE = ROOT / "docs" / "reference"
HOW_TO = ROOT / "docs" / "how-to"
SETTINGS_PAGE = (REFERENCE / "settings.md").read_text("utf-8")
OUR_SOURCES = sorted([*(ROOT / "layers").rglob("*.py"), *(ROOT / "functions").rglob("*.py")])


def variables_of_the_template() -> set[str]:
    stack = deployed_stack()
    return {
        name
        for function in stack.logical_ids("AWS::Lambda::Function")
        for name in stack.properties(function)["Environment"]["Variables"]
    }


@pytest.mark.parametrize("variable", [setting.variable for setting in SETTINGS])
def test_every_setting_is_on_the_settings_page(variable: str) -> None:
    assert f"| `{variable}` |" in SETTINGS_PAGE


def test_every_variable_of_a_function_is_ours_or_explained() -> None:
    ours = {setting.variable for setting in SETTINGS}
    others = variables_of_the_template() - ours
    assert others == set(settings_reference.OTHER_VARIABLES)


def test_the_environment_is_read_by_two_modules() -> None:
    readers = {
        path.name: read_by_name(path)
        for path in OUR_SOURCES
        if path.name not in {"settings.py", "environment.py"} and uses_environment(path)
    }
    # The wrapper has to find the handler even where a setting cannot be read.
    assert readers == {"spanvas_entry.py": ["SPANVAS_HANDLER"]}


def uses_environment(path: Path) -> bool:
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    names = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return bool(names & {"environ", "environb", "getenv"})


def read_by_name(path: Path) -> list[str]:
    return re.findall(r"os\.environ(?:\.get\(|\[)\"(\w+)\"", path.read_text("utf-8"))


def test_the_wrapper_reads_documented_variables_alone() -> None:
    wrapper = (ROOT / "layers" / "spanvas" / "otel-instrument").read_text("utf-8")
    used = set(re.findall(r"\bSPANVAS_[A-Z_]+\b", wrapper))
    assert used == {"SPANVAS_ENABLED", "SPANVAS_HANDLER"}


@pytest.mark.parametrize("route", ALL_ROUTES, ids=lambda route: route.operation)
def test_every_call_is_in_the_reference(route: Any) -> None:
    described = json.loads((REFERENCE / "openapi.json").read_text("utf-8"))
    assert route.method.lower() in described["paths"][route.path]
    assert f"`{route.method} {route.path}`" in (REFERENCE / "api.md").read_text("utf-8")


def test_the_reference_describes_no_call_that_does_not_exist() -> None:
    described = json.loads((REFERENCE / "openapi.json").read_text("utf-8"))
    calls = {(m.upper(), path) for path, methods in described["paths"].items() for m in methods}
    assert calls == {(route.method, route.path) for route in ALL_ROUTES}


def test_every_scope_and_every_output_is_in_the_deployment_s_how_to() -> None:
    page = (HOW_TO / "deploy.md").read_text("utf-8")
    expected = {route.scope for route in ALL_ROUTES} | {"trace:content"}
    expected |= set(translated_template().document["Outputs"])
    assert sorted(name for name in expected if f"`{name}`" not in page) == []


def test_every_alarm_is_explained() -> None:
    page = (HOW_TO / "watch-it.md").read_text("utf-8")
    alarms = deployed_stack().logical_ids("AWS::CloudWatch::Alarm")
    assert [
        alarm
        for alarm in alarms
        if f"| [`{alarm}`](answer-an-alarm.md#{alarm.lower()}) |" not in page
    ] == []


def metrics_that_are_written() -> set[str]:
    """The layer's own, and names given to Powertools' `add_metric`."""
    written = {metric.name for metric in METRICS}
    for path in OUR_SOURCES:
        text = path.read_text("utf-8")
        written |= set(re.findall(r"add_metric\(\s*(?:name=)?\"(\w+)\"", text))
    return written


def metrics_that_are_watched() -> set[str]:
    stack = deployed_stack()
    (dashboard,) = stack.logical_ids("AWS::CloudWatch::Dashboard")
    body = json.loads(stack.properties(dashboard)["DashboardBody"])
    rows = [row for widget in body["widgets"] for row in widget["properties"]["metrics"]]
    watched = {row[1] for row in rows if row[0] == "Spanvas"}
    for alarm in stack.logical_ids("AWS::CloudWatch::Alarm"):
        properties = stack.properties(alarm)
        queries = [
            q["MetricStat"]["Metric"] for q in properties.get("Metrics", []) if "MetricStat" in q
        ]
        for metric in [properties, *queries]:
            if metric.get("Namespace") == "Spanvas":
                watched.add(metric["MetricName"])
    return watched


def test_what_is_watched_is_written() -> None:
    assert metrics_that_are_watched() - metrics_that_are_written() == set()


def test_every_metric_is_explained() -> None:
    page = (HOW_TO / "watch-it.md").read_text("utf-8")
    known = metrics_that_are_written() | metrics_that_are_watched()
    assert sorted(metric for metric in known if f"`{metric}`" not in page) == []
