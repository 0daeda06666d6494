"""A record of SQS that carries an execution."""

from __future__ import annotations

from typing import Any

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
BAGGAGE = "spanvas.execution.id=e1,spanvas.tenant=acme"
CARRIED = {"traceparent": TRACEPARENT, "baggage": BAGGAGE}


def sqs_record(message_id: str = "m1", body: str = "hello", **changes: Any) -> dict[str, Any]:
    """As in the developer guide's example event."""
    return {
        "messageId": message_id,
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "2", "SentTimestamp": "1545082649183"},
        "messageAttributes": {
            name: {"stringValue": value, "stringListValues": [], "dataType": "String"}
            for name, value in CARRIED.items()
        },
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-2:123456789012:orders",
        "awsRegion": "us-east-2",
        **changes,
    }
