"""The lines that CloudWatch makes metrics of, held to the specification of its embedded metric format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from spanvas import metrics
from spanvas.metrics import METRICS, WorkflowNames, dimension_value, line, of_end
from spanvas.model.execution import Counters, Execution
from spanvas.model.ids import as_name
from tests.support.builders import SECOND, T0, make_execution

FIXTURES = Path(__file__).parents[1] / "fixtures" / "cloudwatch"
SCHEMA = Draft202012Validator(
    json.loads((FIXTURES / "embedded-metric-format.schema.json").read_text("utf-8"))
)


def ended(**changes: Any) -> Execution:
    return make_execution(
        **{"status": "succeeded", "ended_at_unix_nano": T0 + 5 * SECOND, **changes}
    )


def told(execution: Execution, counters: Counters, *, is_first: bool) -> dict[str, float]:
    values = of_end(execution, counters, is_first=is_first)
    return {metric.name: value for metric, value in values.items()}


def test_a_line_is_a_document_of_the_format_and_says_what_it_counts() -> None:
    values = {metrics.EXECUTIONS: 1, metrics.DURATION: 12.5}
    assert json.loads(line(values, "triage", "brief", 1_700_000_000_123_456_789)) == {
        "_aws": {
            "Timestamp": 1_700_000_000_123,
            "CloudWatchMetrics": [
                {
                    "Namespace": "Spanvas",
                    "Dimensions": [[], ["service"], ["service", "workflow_id"]],
                    "Metrics": [
                        {"Name": "Executions", "Unit": "Count"},
                        {"Name": "ExecutionDuration", "Unit": "Milliseconds"},
                    ],
                }
            ],
        },
        "service": "triage",
        "workflow_id": "brief",
        "Executions": 1,
        "ExecutionDuration": 12.5,
    }


@given(st.text(), st.text(max_size=300), st.lists(st.sampled_from(METRICS), min_size=1))
def test_whatever_a_function_and_a_workflow_are_called_the_line_is_valid(
    service: str, workflow_id: str, named: list[metrics.Metric]
) -> None:
    shown = WorkflowNames().shown(workflow_id)
    text = line(dict.fromkeys(named, 1.5), service, shown, T0)
    assert len(text.splitlines()) == 1
    document = json.loads(text)
    assert list(SCHEMA.iter_errors(document)) == []
    for name in ("service", "workflow_id"):
        assert not document[name].startswith(":")
    for metric in document["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
        assert document[metric["Name"]] == 1.5


def test_an_end_tells_status_duration_tokens_and_cost() -> None:
    counters = Counters(
        spans=3, input_tokens=10, output_tokens=5, cache_read_tokens=4, cost_nano_usd=1_500
    )
    assert told(ended(status="failed"), counters, is_first=True) == {
        "Executions": 1,
        "FailedExecutions": 1,
        "ExecutionDuration": 5_000.0,
        "InputTokens": 10,
        "OutputTokens": 5,
        "CacheReadTokens": 4,
        "Cost": 0.0000015,
    }


def test_its_time_in_a_queue_is_not_its_duration() -> None:
    waited = ended(queued_until_unix_nano=T0 + 4 * SECOND)
    assert told(waited, Counters(), is_first=True)["ExecutionDuration"] == 1_000.0


def test_a_further_end_tells_what_was_used_since_and_no_execution() -> None:
    assert told(ended(), Counters(input_tokens=3), is_first=False) == {"InputTokens": 3}
    assert told(ended(), Counters(), is_first=False) == {}


@pytest.mark.parametrize(
    ("status", "failed"), [("succeeded", 0), ("cancelled", 0), ("failed", 1), ("lost", 0)]
)
def test_only_a_failed_execution_is_a_failed_one(status: str, failed: int) -> None:
    said = told(ended(status=status), Counters(), is_first=True)
    assert (said["Executions"], said["FailedExecutions"]) == (1, failed)
    assert ("ExecutionDuration" in said) == (status != "lost")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("brief", "brief"),
        ("a b", "a b"),
        (" :brief ", "brief"),
        ("prüfen\n", "pr_fen_"),
        ("", "unknown"),
        (": :", "unknown"),
        ("x" * 300, "x" * 250),
    ],
)
def test_a_dimension_is_printable_ascii(text: str, value: str) -> None:
    assert dimension_value(text) == value


def test_a_process_names_so_many_workflows_and_goes_on_to_name_those() -> None:
    names = WorkflowNames(2)
    assert [names.shown(each) for each in ("a", "b", "c", "a", "d")] == [
        "a",
        "b",
        "other",
        "a",
        "other",
    ]


def test_a_workflow_that_is_called_by_a_sentence_is_named_by_its_digest() -> None:
    made = as_name("What is the capital of France?")
    assert made.startswith("What-is-the-capital-of-France-")
    assert WorkflowNames().shown(made) == f"x-{made.rpartition('-')[2]}"
