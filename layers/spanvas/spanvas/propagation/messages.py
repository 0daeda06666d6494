"""Messages in the events of SQS, SNS and EventBridge: what each carries, and which try of it this is.

Sources: AWS Lambda developer guide, "Using Lambda with Amazon SQS", "… Amazon SNS"; Amazon EventBridge user guide,
"Events"; Amazon SNS developer guide, "Raw message delivery".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from spanvas.propagation.carriers import NOTHING, RemoteContext, remote_context_in

SQS: Final = "aws_sqs"
SNS: Final = "aws.sns"
EVENTBRIDGE: Final = "aws.eventbridge"
MAX_BODY: Final = 300_000
"""Characters; SQS and SNS take no longer messages that fit into an event with others."""


class ReceivedMessage(NamedTuple):
    """One message. `body` is its content where that is an object in JSON; `attempt` is counted from 1, if at all."""

    id: str
    system: str
    destination: str
    attempt: int | None
    remote: RemoteContext
    body: Mapping[str, Any] | None


def messages_in(event: Any) -> list[ReceivedMessage]:
    """Returns the messages of an event, in their order; none where it is something else."""
    if not isinstance(event, Mapping):
        return []
    records = event.get("Records")
    if isinstance(records, list):
        return [message for record in records if (message := message_of(record)) is not None]
    message = message_of(event)
    return [message] if message is not None else []


def message_of(record: Any) -> ReceivedMessage | None:
    """Reads a record of SQS or SNS, a message as `receive_message` returns it, an event of EventBridge; else None."""
    if not isinstance(record, Mapping):
        return None
    source = record.get("eventSource") or record.get("EventSource")
    if source == "aws:sqs" or ("MessageId" in record and "ReceiptHandle" in record):
        return _from_sqs(record)
    if source == "aws:sns" and isinstance(record.get("Sns"), Mapping):
        return _from_sns(record["Sns"])
    if "detail-type" in record and isinstance(record.get("detail"), Mapping):
        return _from_eventbridge(record)
    return None


def _from_sqs(record: Mapping[str, Any]) -> ReceivedMessage:
    attributes = _texts(record.get("messageAttributes") or record.get("MessageAttributes"))
    body = _object(record.get("body") or record.get("Body"))
    remote = remote_context_in(attributes)
    if remote == NOTHING and body is not None:
        # What SNS or EventBridge has put into the queue wraps the message, and its attributes with it.
        inner = _wrapped(body)
        if inner is not None:
            remote, body = inner.remote, inner.body
    received = record.get("attributes") or record.get("Attributes") or {}
    arn = str(record.get("eventSourceARN") or "")
    return ReceivedMessage(
        str(record.get("messageId") or record.get("MessageId") or ""),
        SQS,
        arn.rpartition(":")[2],
        _attempt(received),
        remote,
        body,
    )


def _wrapped(body: Mapping[str, Any]) -> ReceivedMessage | None:
    if body.get("Type") == "Notification" and "TopicArn" in body:
        return _from_sns(body)
    if "detail-type" in body and isinstance(body.get("detail"), Mapping):
        return _from_eventbridge(body)
    return None


def _from_sns(sns: Mapping[str, Any]) -> ReceivedMessage:
    return ReceivedMessage(
        str(sns.get("MessageId") or ""),
        SNS,
        str(sns.get("TopicArn") or "").rpartition(":")[2],
        None,
        remote_context_in(_texts(sns.get("MessageAttributes"))),
        _object(sns.get("Message")),
    )


def _from_eventbridge(event: Mapping[str, Any]) -> ReceivedMessage:
    return ReceivedMessage(
        str(event.get("id") or ""),
        EVENTBRIDGE,
        str(event.get("source") or ""),
        None,
        remote_context_in(event["detail"]),
        event,
    )


def _texts(attributes: Any) -> dict[str, str]:
    """Attributes as texts; SQS, SNS and the two SDK shapes each call the value differently."""
    if not isinstance(attributes, Mapping):
        return {}
    return {str(name): text for name, value in attributes.items() for text in _text_of(value)}


def _text_of(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key in ("stringValue", "StringValue", "Value"):
            if isinstance(value.get(key), str):
                yield value[key]
                return


def _object(text: Any) -> Mapping[str, Any] | None:
    if not isinstance(text, str) or len(text) > MAX_BODY or not text.lstrip().startswith("{"):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _attempt(attributes: Any) -> int | None:
    count = attributes.get("ApproximateReceiveCount") if isinstance(attributes, Mapping) else None
    text = str(count)
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 10 else None
