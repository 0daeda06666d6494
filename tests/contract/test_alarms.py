"""The alarms of the template: what they hear of, and that each has a runbook that it names."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.support.aws_from_template import ROOT, deployed_stack

RUNBOOKS = (ROOT / "docs" / "how-to" / "answer-an-alarm.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", RUNBOOKS, re.M | re.S))
ALARMS = deployed_stack().logical_ids("AWS::CloudWatch::Alarm")
PARTS = ["**What it means.**", "**What to look at.**", "**What to do.**"]
MAX_METRICS = 10
"""Of one alarm with metric math. Source: CloudWatch's user guide, "Using metric math"."""


def properties(alarm: str, **parameters: str) -> dict[str, Any]:
    return deployed_stack(**parameters).properties(alarm)


def metrics_of(alarm: str) -> list[dict[str, Any]]:
    """The metrics that an alarm is told, with `Stat`."""
    found = properties(alarm)
    if "Metrics" not in found:
        return [{**found, "Stat": found.get("Statistic", found.get("ExtendedStatistic"))}]
    told = [entry["MetricStat"] for entry in found["Metrics"] if "MetricStat" in entry]
    return [{**entry["Metric"], **entry} for entry in told]


def dimensions(metric: dict[str, Any]) -> dict[str, str]:
    return {entry["Name"]: entry["Value"] for entry in metric.get("Dimensions", [])}


def test_there_is_a_runbook_for_each_alarm_and_for_no_other() -> None:
    assert sorted(SECTIONS) == sorted(ALARMS)


@pytest.mark.parametrize("alarm", ALARMS)
def test_a_runbook_says_what_it_means_what_to_look_at_and_what_to_do(alarm: str) -> None:
    paragraphs = SECTIONS[alarm].strip().split("\n\n")
    assert re.findall(r"^\*\*.*?\*\*", SECTIONS[alarm], re.M) == PARTS
    assert len(paragraphs) == len(PARTS)
    assert all(len(text.split()) > 12 for text in paragraphs)


@pytest.mark.parametrize("alarm", ALARMS)
def test_an_alarm_names_its_runbook(alarm: str) -> None:
    said = properties(alarm)["AlarmDescription"]
    assert said.endswith(f" Runbook: docs/how-to/answer-an-alarm.md#{alarm.lower()}")
    elsewhere = properties(alarm, RunbookUrl="https://wiki.example.com/alarms")
    assert elsewhere["AlarmDescription"].endswith(
        f" https://wiki.example.com/alarms#{alarm.lower()}"
    )


@pytest.mark.parametrize("alarm", ALARMS)
def test_an_alarm_has_no_more_metrics_than_cloudwatch_takes_and_each_is_in_its_sum(
    alarm: str,
) -> None:
    found = properties(alarm).get("Metrics", [])
    assert len(found) <= MAX_METRICS + 1
    for entry in found:
        if "MetricStat" in entry:
            (result,) = [other for other in found if "Expression" in other]
            assert re.search(rf"\b{entry['Id']}\b", result["Expression"])
            assert entry["ReturnData"] is False


def test_one_burst_of_dropped_spans_sets_an_alarm_off() -> None:
    found = properties("ExporterDropsAlarm")
    assert (found["EvaluationPeriods"], found["Threshold"], found["Statistic"]) == (1, 0, "Sum")


def test_the_alarm_of_latency_is_about_300_ms_of_what_the_tab_reads() -> None:
    found = properties("ApiLatencyAlarm")
    assert (found["Threshold"], found["ComparisonOperator"]) == (300, "GreaterThanThreshold")
    assert [(m["MetricName"], m["Stat"]) for m in metrics_of("ApiLatencyAlarm")] == [
        ("ReadLatency", "p95"),
        ("ReadLatency", "SampleCount"),
    ]


@pytest.mark.parametrize(
    ("alarm", "metric"),
    [
        ("StoreWriteThrottlesAlarm", "WriteThrottleEvents"),
        ("StoreReadThrottlesAlarm", "ReadThrottleEvents"),
    ],
)
def test_throttles_are_heard_of_from_both_tables_and_every_index(alarm: str, metric: str) -> None:
    stack = deployed_stack()
    expected = []
    for table in stack.logical_ids("AWS::DynamoDB::Table"):
        name = {"TableName": stack.ref(table)}
        indexes = stack.properties(table).get("GlobalSecondaryIndexes", [])
        expected += [name]
        expected += [{**name, "GlobalSecondaryIndexName": index["IndexName"]} for index in indexes]
    found = metrics_of(alarm)
    assert {m["MetricName"] for m in found} == {metric}
    assert by_text(map(dimensions, found)) == by_text(expected)


@pytest.mark.parametrize(
    ("alarm", "metric"),
    [("FunctionErrorsAlarm", "Errors"), ("FunctionThrottlesAlarm", "Throttles")],
)
def test_errors_and_throttles_are_heard_of_from_every_function(alarm: str, metric: str) -> None:
    stack = deployed_stack(ExampleStateMachine="false")
    found = metrics_of(alarm)
    assert {m["MetricName"] for m in found} == {metric}
    assert by_text(map(dimensions, found)) == by_text(
        {"FunctionName": stack.ref(function)}
        for function in stack.logical_ids("AWS::Lambda::Function")
    )


def by_text(values: Any) -> list[str]:
    return sorted(json.dumps(value, sort_keys=True) for value in values)
