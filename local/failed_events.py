"""How Lambda hands its record of an event that failed to a queue or an event bus.

Source: AWS Lambda developer guide, "Capturing records of Lambda asynchronous invocations".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

BUS: Final = ":event-bus/"
DETAIL_TYPE: Final = "Lambda Function Invocation Result - Failure"


class NotDeliveredError(Exception):
    """The event bus has not taken a record; the message is its own."""


def send_failed_event(client: Callable[[str], Any], destination: str, record: str) -> None:
    """Sends a record, a JSON text, to an ARN. Raises NotDeliveredError, or botocore's error.

    `client` makes a client of a service, with the credentials of the function's role.
    """
    if BUS not in destination:
        sqs = client("sqs")
        url = sqs.get_queue_url(QueueName=destination.rpartition(":")[2])["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=record)
        return
    entry = {"Source": "lambda", "DetailType": DETAIL_TYPE, "Detail": record}
    answer = client("events").put_events(Entries=[{**entry, "EventBusName": destination}])
    if answer["FailedEntryCount"]:
        raise NotDeliveredError(answer["Entries"][0].get("ErrorMessage", "the event was refused"))
