"""What the index of failed and lost executions costs, in write units by DynamoDB's rule."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest

from spanvas.model.execution import Cause
from spanvas.storage.dynamo import DynamoTraceStore
from tests.support.aws_from_template import create_resources
from tests.support.aws_in_process import mocked_aws
from tests.support.builders import SECOND, T0, Clock, make_execution
from tests.support.capacity import Meter
from tests.support.overdue import overdue

CAUSE = Cause("ThrottlingException", "Too many requests")


class Metered:
    """A store whose writes are counted."""

    def __init__(self) -> None:
        dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")
        table, bucket = create_resources(dynamodb, s3)
        self.meter = Meter(boto3.client("dynamodb"))
        self.meter.attach(dynamodb, s3)
        self.clock = Clock()
        self.store = DynamoTraceStore(table, bucket, dynamodb=dynamodb, s3=s3, clock=self.clock)

    def end(self, status: str, seconds: int) -> int:
        """Units of that write."""
        self.meter.clear()
        cause = None if status == "succeeded" else CAUSE
        self.store.end_execution("acme", "exec_1", status, T0 + seconds * SECOND, cause)
        return self.meter.units_by_rule


@pytest.fixture
def metered() -> Iterator[Metered]:
    with mocked_aws():
        made = Metered()
        made.store.start_execution(make_execution())
        yield made


def test_an_execution_that_succeeds_pays_nothing_for_it(metered: Metered) -> None:
    # The item, and its entry among what is open, which goes.
    assert metered.end("succeeded", 5) == 2


def test_an_execution_that_fails_pays_one_unit(metered: Metered) -> None:
    assert metered.end("failed", 5) == 3


def test_one_that_failed_and_succeeds_after_all_pays_one_more(metered: Metered) -> None:
    metered.end("failed", 5)
    assert metered.end("succeeded", 7) == 2


def test_an_execution_that_is_closed_as_lost_pays_one_unit(metered: Metered) -> None:
    metered.clock.advance(61)
    (late,) = overdue(metered.store)
    metered.meter.clear()

    assert metered.store.close_as_lost(late, CAUSE)
    assert metered.meter.units_by_rule == 3


def test_a_queued_execution_that_begins_moves_in_no_history(metered: Metered) -> None:
    metered.store.start_execution(make_execution("exec_2", status="queued"))
    metered.meter.clear()
    metered.store.start_execution(make_execution("exec_2", 3))

    # The item, and the entry among what is open, whose deadline moves.
    assert metered.meter.units_by_rule == 3
