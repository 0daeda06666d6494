"""Which execution an event is part of, and who ends it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from spanvas.model.execution import BY_CALLER, BY_FUNCTION, BY_STATE_MACHINE
from spanvas.propagation.carriers import Parent
from spanvas.propagation.inbound import (
    InboundContext,
    InboundContexts,
    inbound_contexts,
    inbound_of,
)
from spanvas.propagation.messages import message_of
from spanvas.propagation.paths import text_at
from tests.support.sqs_records import sqs_record

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = Parent(TRACE, "00f067aa0ba902b7")
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
CARRIED = {
    "traceparent": TRACEPARENT,
    "baggage": "spanvas.execution.id=e1,spanvas.tenant=acme,spanvas.workflow.id=orders",
}
ARN = "arn:aws:states:eu-central-1:123456789012:execution:triage:run-1"
MACHINE = {"Execution": {"Id": ARN}}


def contexts(event: Any, context: Any = None) -> InboundContexts:
    return inbound_contexts(
        event,
        context,
        lambda value: text_at("execution_id", value),
        lambda value: text_at("tenant", value),
    )


def whole(event: Any, context: Any = None) -> InboundContext:
    found = contexts(event, context)
    assert found.messages == []
    return found.whole


def test_nothing_is_known_of_an_event_of_its_own() -> None:
    assert whole({"order": 17}) == InboundContext()
    assert whole([1]) == whole(None) == InboundContext()


def test_the_path_goes_before_everything() -> None:
    event = {"execution_id": "e2", "tenant": "globex", **MACHINE, **CARRIED}
    found = whole(event)
    assert (found.execution_id, found.tenant) == ("e2", "globex")
    assert (found.ended_by, found.is_continued) == (BY_STATE_MACHINE, False)
    assert found.workflow_id == "triage"


def test_the_path_alone_begins_an_execution_that_ends_with_the_function() -> None:
    found = whole({"execution_id": "e2"})
    assert (found.execution_id, found.ended_by, found.parent) == ("e2", BY_FUNCTION, None)


def test_another_execution_than_the_callers_joins_its_trace_alone() -> None:
    found = whole({"execution_id": "e2", **CARRIED})
    assert (found.execution_id, found.ended_by, found.is_continued) == ("e2", BY_FUNCTION, False)
    assert (found.parent, found.workflow_id) == (PARENT, None)


def test_a_state_machine_ends_its_execution() -> None:
    found = whole({**MACHINE, "tenant": "acme"})
    assert (found.execution_id, found.workflow_id) == (ARN, "triage")
    assert (found.ended_by, found.is_continued, found.tenant) == (BY_STATE_MACHINE, False, "acme")


def test_a_state_machines_execution_joins_the_trace_that_started_it() -> None:
    event = {"StepFunctions": {"Execution": {"Id": ARN, "Input": {"order": 17, **CARRIED}}}}
    found = whole(event)
    assert (found.execution_id, found.parent, found.tenant) == (ARN, PARENT, "acme")
    assert (found.workflow_id, found.is_continued) == ("triage", False)


def test_a_state_machine_may_be_a_part_of_the_callers_execution() -> None:
    found = whole({"execution_id": "e1", **MACHINE, **CARRIED})
    assert (found.execution_id, found.workflow_id) == ("e1", "orders")
    assert (found.ended_by, found.is_continued) == (BY_STATE_MACHINE, True)


@pytest.mark.parametrize(
    ("event", "context"),
    [
        (CARRIED, None),
        ({"order": 17, **CARRIED}, None),
        ({}, SimpleNamespace(client_context=SimpleNamespace(custom=CARRIED))),
        ({}, SimpleNamespace(w3c=lambda: CARRIED)),
    ],
)
def test_what_a_caller_has_passed_on_is_the_callers_to_end(event: Any, context: Any) -> None:
    assert whole(event, context) == InboundContext(
        "e1", "acme", "orders", BY_CALLER, PARENT, is_continued=True
    )


def test_the_same_id_at_the_path_is_the_callers_execution() -> None:
    found = whole({"execution_id": "e1", **CARRIED})
    assert (found.ended_by, found.is_continued) == (BY_CALLER, True)


def test_ids_that_do_not_fit_are_compared_as_they_are_kept() -> None:
    # "order 17" is kept as this: a blank is no part of an id.
    baggage = "spanvas.execution.id=order-17-7897a6913dd7"
    found = whole({"execution_id": "order 17", **CARRIED, "baggage": baggage})
    assert found.is_continued


def test_a_traceparent_alone_names_an_execution_after_its_trace() -> None:
    found = whole({"traceparent": TRACEPARENT})
    assert (found.execution_id, found.parent, found.ended_by) == (TRACE, PARENT, BY_FUNCTION)


def test_of_http_headers_the_traceparent_alone_is_taken() -> None:
    found = whole({"headers": {"Traceparent": TRACEPARENT, "Baggage": CARRIED["baggage"]}})
    assert found == InboundContext(TRACE, None, None, BY_FUNCTION, PARENT)


def test_the_messages_of_one_execution_are_its_part() -> None:
    records = [sqs_record("m1"), sqs_record("m2")]
    found = contexts({"Records": records})
    assert (found.whole.execution_id, found.whole.is_continued) == ("e1", True)
    assert found.whole.message is not None
    assert found.whole.message.id == "m1"


def test_the_messages_of_several_executions_have_a_part_each() -> None:
    records = [
        sqs_record("m1"),
        sqs_record("m2", body='{"execution_id": "e2", "tenant": "globex"}'),
        sqs_record("m3", messageAttributes={}, body="plain"),
        sqs_record("m4", messageAttributes={}, body=json.dumps(MACHINE)),
    ]
    found = contexts({"Records": records, "tenant": "initech"})
    assert found.whole == InboundContext(tenant="initech")
    assert [
        (item.execution_id, item.tenant, item.ended_by, item.message and item.message.id)
        for item in found.messages
    ] == [
        ("e1", "acme", BY_CALLER, "m1"),
        ("e2", "globex", BY_FUNCTION, "m2"),
        (None, "initech", BY_FUNCTION, "m3"),
        (ARN, "initech", BY_STATE_MACHINE, "m4"),
    ]


def test_a_message_may_carry_its_execution_in_its_body() -> None:
    record = sqs_record(messageAttributes={}, body=json.dumps({"traceparent": TRACEPARENT}))
    message = message_of(record)
    assert message is not None
    found = inbound_of(message, lambda value: None, lambda value: None)
    assert (found.execution_id, found.parent) == (TRACE, PARENT)


def test_the_path_goes_before_messages() -> None:
    found = contexts({"execution_id": "e3", "Records": [sqs_record()]})
    assert (found.whole.execution_id, found.messages) == ("e3", [])
