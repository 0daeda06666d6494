"""What the queue of failed events holds: which execution an event was for, and nothing that it was given."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.failed_events import FailureTarget, failure_target
from local.translate import TemplateError
from tests.support.aws_from_template import deployed_stack

RECORD: dict[str, Any] = {
    "version": "1.0",
    "requestContext": {
        "requestId": "7f1c",
        "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:executor:$LATEST",
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 1,
    },
    "requestPayload": {
        "execution_id": "exec_1",
        "event_id": "exec_1",
        "tenant": "acme",
        "workflow_id": "support-triage",
        "input": {"question": "Why was Ada's claim refused?"},
        "started_by": "ada@example.org",
    },
    "responsePayload": {"errorType": "Runtime.ExitError", "errorMessage": "of Ada's claim"},
}


def target_of_the_executor() -> FailureTarget:
    """Returns where the project's template sends events of the executor that failed."""
    stack = deployed_stack()
    (config,) = stack.logical_ids("AWS::Lambda::EventInvokeConfig")
    destination = stack.properties(config)["DestinationConfig"]["OnFailure"]["Destination"]
    return failure_target(stack, destination)


def test_the_queue_of_failed_events_holds_ids_and_no_input() -> None:
    target = target_of_the_executor()

    assert target.queue == "spanvas-FailedExecutionsQueue"
    assert json.loads(target.message(RECORD)) == {
        "tenant": "acme",
        "execution_id": "exec_1",
        "workflow_id": "support-triage",
        "condition": "RetriesExhausted",
        "request_id": "7f1c",
        "error_type": "Runtime.ExitError",
        "trace": "/v1/executions/exec_1/trace",
    }
    assert "Ada" not in target.message(RECORD)


def test_an_event_that_was_never_run_has_no_error() -> None:
    record = {**RECORD, "responsePayload": None}
    assert json.loads(target_of_the_executor().message(record))["error_type"] == ""


def test_without_a_bus_the_queue_holds_the_record() -> None:
    target = failure_target(deployed_stack(), "arn:aws:sqs:us-east-1:123456789012:dead-letters")
    assert target == FailureTarget("dead-letters")
    assert json.loads(target.message(RECORD)) == RECORD
    assert failure_target(deployed_stack(), "") == FailureTarget()


def test_a_bus_whose_rules_take_no_such_events_stops_the_stack() -> None:
    with pytest.raises(TemplateError, match="no rule of the event bus other"):
        failure_target(deployed_stack(), "arn:aws:events:us-east-1:123456789012:event-bus/other")
