"""What the queue of failed events holds: which execution an event was for, and nothing that it was given."""

from __future__ import annotations

import json

import pytest

from local.failed_events import FailureTarget, failure_target
from local.translate import TemplateError
from tests.support.aws_from_template import deployed_stack
from tests.support.failed_events import RECORD, target_of_the_executor


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
