"""Messages of SQS, SNS and EventBridge."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spanvas.propagation.carriers import NOTHING, Parent, RemoteContext
from spanvas.propagation.messages import message_of, messages_in
from tests.support.sqs_records import CARRIED, TRACE, sqs_record

PASSED = RemoteContext(Parent(TRACE, "00f067aa0ba902b7"), "e1", "acme")

SNS = {
    "Type": "Notification",
    "MessageId": "n1",
    "TopicArn": "arn:aws:sns:us-east-2:123456789012:orders",
    "Message": '{"order": 17}',
    "MessageAttributes": {
        name: {"Type": "String", "Value": value} for name, value in CARRIED.items()
    },
}
EVENT = {
    "version": "0",
    "id": "v1",
    "detail-type": "Order placed",
    "source": "shop",
    "detail": {"order": 17, **CARRIED},
}


def test_records_of_sqs() -> None:
    (message,) = messages_in({"Records": [sqs_record(body='{"a": 1}')]})
    assert message == ("m1", "aws_sqs", "orders", 2, PASSED, {"a": 1})


def test_messages_as_receive_message_returns_them() -> None:
    message = message_of(
        {
            "MessageId": "m1",
            "ReceiptHandle": "r",
            "Body": "hello",
            "Attributes": {"ApproximateReceiveCount": "1"},
            "MessageAttributes": {
                name: {"StringValue": value, "DataType": "String"}
                for name, value in CARRIED.items()
            },
        }
    )
    assert message == ("m1", "aws_sqs", "", 1, PASSED, None)


def test_records_of_sns() -> None:
    event = {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": SNS}]}
    assert messages_in(event) == [("n1", "aws.sns", "orders", None, PASSED, {"order": 17})]


def test_an_event_of_eventbridge_is_a_message() -> None:
    assert messages_in(EVENT) == [("v1", "aws.eventbridge", "shop", None, PASSED, EVENT)]


@pytest.mark.parametrize(("wrapped", "body"), [(SNS, {"order": 17}), (EVENT, EVENT)])
def test_what_a_topic_or_a_bus_puts_into_a_queue_is_unwrapped(
    wrapped: dict[str, Any], body: dict[str, Any]
) -> None:
    message = message_of(sqs_record(body=json.dumps(wrapped), messageAttributes={}))
    assert message == ("m1", "aws_sqs", "orders", 2, PASSED, body)


@pytest.mark.parametrize(
    "body", ["", "[1]", "{", '{"a": 1}x', "[" * 100_000, '{"a":' * 100_000, "x" * 400_000]
)
def test_bodies_that_are_no_objects(body: str) -> None:
    message = message_of(sqs_record(body=body))
    assert message is not None
    assert message.body is None


@pytest.mark.parametrize(
    "changes",
    [
        {"messageAttributes": None, "attributes": None},
        {"messageAttributes": {"traceparent": "x"}, "attributes": {}},
        {
            "messageAttributes": {"traceparent": {"binaryValue": "eA=="}},
            "attributes": {"ApproximateReceiveCount": "many"},
        },
    ],
)
def test_records_that_carry_nothing(changes: dict[str, Any]) -> None:
    message = message_of(sqs_record(**changes))
    assert message is not None
    assert (message.remote, message.attempt) == (NOTHING, None)


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        {},
        {"Records": []},
        {"Records": ["x"]},
        {"Records": [{"eventSource": "aws:s3"}]},
        {"Records": [{"EventSource": "aws:sns", "Sns": "x"}]},
        {"detail-type": "x", "detail": "y"},
        {"order": 17},
    ],
)
def test_other_events_have_no_messages(event: Any) -> None:
    assert messages_in(event) == []
