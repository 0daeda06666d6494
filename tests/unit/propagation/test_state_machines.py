"""Step Functions' context object, as states pass it on."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.model.units import unix_nano_of
from spanvas.propagation.state_machines import State, StateMachineRun, machine_name, run_in

ARN = "arn:aws:states:eu-central-1:123456789012:execution:triage:run-1"
CONTEXT = {
    "Execution": {
        "Id": ARN,
        "Input": {"order": 17},
        "Name": "run-1",
        "RoleArn": "arn:aws:iam::123456789012:role/triage",
        "StartTime": "2026-11-22T19:00:00.250Z",
        "RedriveCount": 0,
    },
    "State": {"EnteredTime": "2026-11-22T19:00:01.500Z", "Name": "Read the order", "RetryCount": 2},
    "StateMachine": {"Id": "arn:aws:states:…:stateMachine:triage", "Name": "triage"},
    "Task": {"Token": "t"},
}
RUN = StateMachineRun(
    ARN,
    1_795_374_000_250_000_000,
    {"order": 17},
    State("Read the order", "2026-11-22T19:00:01.500Z", 2),
)


@pytest.mark.parametrize(
    "event",
    [
        CONTEXT,
        {"StepFunctions": CONTEXT, "order": 17},
        {"context": CONTEXT},
        {"Payload": {"StepFunctions": CONTEXT}},
        {"Input": CONTEXT},
    ],
)
def test_the_context_is_found_where_states_put_it(event: Any) -> None:
    assert run_in(event) == RUN


@pytest.mark.parametrize(
    "event", [{"Execution": {"Id": ARN}}, {"StepFunctions": {"Id": ARN}}, {"_context": {"Id": ARN}}]
)
def test_the_execution_alone_will_do(event: Any) -> None:
    assert run_in(event) == StateMachineRun(ARN)


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        {},
        {"Execution": {"Id": "17"}},
        {"Execution": {"Execution": "x"}},
        {"Execution": "x"},
        {"Execution": {"Id": 17}},
        {"Payload": {"Execution": {}}},
    ],
)
def test_events_of_others_have_none(event: Any) -> None:
    assert run_in(event) is None


def test_the_attempt_counts_from_one() -> None:
    assert RUN.state is not None
    assert RUN.state.attempt == 3
    assert RUN.state.entered_at_unix_nano == 1_795_374_001_500_000_000


def test_the_item_of_a_map_state() -> None:
    event = {**CONTEXT, "Map": {"Item": {"Index": 3, "Value": "c"}}}
    found = run_in(event)
    assert found is not None
    assert found.state is not None
    assert found.state.map_index == 3


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"Name": "S", "RetryCount": "1"}, State("S", "", 1)),
        ({"Name": "S", "RetryCount": True, "EnteredTime": 5}, State("S")),
        ({"Name": "S", "RetryCount": -1}, State("S")),
        ({"Name": 3}, None),
        ("S", None),
    ],
)
def test_states_are_taken_as_they_come(state: Any, expected: State | None) -> None:
    found = run_in({"Execution": {"Id": ARN}, "State": state, "Map": "x"})
    assert found is not None
    assert found.state == expected


def test_the_machines_name_is_in_the_executions_arn() -> None:
    assert machine_name(RUN.arn) == "triage"
    assert machine_name("arn:aws:states:eu-central-1:1") == ""


@pytest.mark.parametrize("text", [None, 5, "", "yesterday"])
def test_what_is_no_time(text: Any) -> None:
    assert unix_nano_of(text) is None


def test_times_without_a_zone_are_utc() -> None:
    assert unix_nano_of("1970-01-01T00:00:01.5") == 1_500_000_000
