"""Which durable execution an event is of, by AWS's own form of the event, whole, cut, or something else."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.model.execution import BY_CALLER
from spanvas.propagation.durable_functions import DurableRun, durable_run_in
from spanvas.propagation.inbound import inbound_contexts

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:parcels:7/durable-execution/order-7/ab-12"
EXECUTION = {
    "Id": "ab-12",
    "Type": "EXECUTION",
    "Status": "STARTED",
    "StartTimestamp": 1_795_965_599_145,
    "ExecutionDetails": {"InputPayload": '{"order": 7}'},
}
STEP = {"Id": "1c", "Type": "STEP", "Status": "SUCCEEDED", "Name": "load"}


def event(*operations: Any, **more: Any) -> dict[str, Any]:
    return {
        "DurableExecutionArn": ARN,
        "CheckpointToken": "token",
        "InitialExecutionState": {"Operations": list(operations), "NextMarker": "", **more},
    }


def test_the_first_invocation_knows_the_start_and_the_input() -> None:
    assert durable_run_in(event(EXECUTION)) == DurableRun(
        ARN, "parcels", 1_795_965_599_145_000_000, True, {"order": 7}
    )


@pytest.mark.parametrize(
    "later", [event(EXECUTION, STEP), event(EXECUTION, NextMarker="more"), event(STEP, STEP)]
)
def test_an_invocation_with_operations_is_not_the_first(later: dict[str, Any]) -> None:
    run = durable_run_in(later)

    assert run is not None
    assert not run.is_first


@pytest.mark.parametrize(
    "other",
    [
        None,
        [],
        "text",
        {},
        {"DurableExecutionArn": ARN},
        {"DurableExecutionArn": "", "CheckpointToken": "token"},
        {"DurableExecutionArn": 7, "CheckpointToken": "token"},
        {"CheckpointToken": "token"},
    ],
)
def test_other_events_are_of_no_durable_execution(other: Any) -> None:
    assert durable_run_in(other) is None


@pytest.mark.parametrize(
    "state",
    [
        None,
        [],
        {"Operations": None},
        {"Operations": [None, 7]},
        {"Operations": [{"Type": "EXECUTION", "StartTimestamp": "soon", "ExecutionDetails": []}]},
        {"Operations": [{"Type": "EXECUTION", "ExecutionDetails": {"InputPayload": "{"}}]},
        {"Operations": [{"Type": "EXECUTION", "StartTimestamp": True}]},
    ],
)
def test_a_state_that_cannot_be_read_leaves_the_arn(state: Any) -> None:
    given = {"DurableExecutionArn": ARN, "CheckpointToken": "t", "InitialExecutionState": state}

    assert durable_run_in(given) == DurableRun(ARN, "parcels")


def test_it_has_its_own_id_and_its_caller_s_trace() -> None:
    trace_id, span_id = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    payload = f'{{"traceparent": "00-{trace_id}-{span_id}-01"}}'
    own = {**EXECUTION, "ExecutionDetails": {"InputPayload": payload}}

    whole, parts = inbound_contexts(event(own), None, lambda _: None, lambda _: None)

    assert parts == []
    assert (whole.execution_id, whole.workflow_id) == (ARN, "parcels")
    assert (whole.ended_by, whole.is_continued) == (BY_CALLER, False)
    assert whole.parent is not None
    assert (whole.parent.trace_id, whole.parent.span_id) == (trace_id, span_id)


def test_the_path_that_the_deployment_has_set_names_the_execution_all_the_same() -> None:
    whole, _ = inbound_contexts(
        event(EXECUTION, STEP), None, lambda given: "run-7" if given else None, lambda _: None
    )

    assert (whole.execution_id, whole.is_continued) == ("run-7", True)
