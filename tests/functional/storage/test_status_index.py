"""Failed and lost executions are in an index of their own, and no other ones, whoever writes their status."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from spanvas.model.execution import Cause
from spanvas.storage import items, status_index
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import TraceStore
from tests.functional.storage.conftest import WITH_DYNAMODB
from tests.functional.storage.received import TRACE, root, send
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span
from tests.support.overdue import overdue

GONE = Cause("Lost", "gone")
Written = Callable[[TraceStore, Clock], None]


def ends(status: str, seconds: int = 5) -> Written:
    def write(store: TraceStore, clock: Clock) -> None:
        cause = None if status == "succeeded" else GONE
        store.end_execution("acme", TRACE, status, T0 + seconds * SECOND, cause)

    return write


def starts(store: TraceStore, clock: Clock) -> None:
    store.start_execution(make_execution(TRACE))


def starts_again(store: TraceStore, clock: Clock) -> None:
    store.start_execution(make_execution(TRACE, start=30))


def is_swept(store: TraceStore, clock: Clock) -> None:
    clock.advance(1_000)
    (late,) = overdue(store)
    assert store.close_as_lost(late, GONE)


def is_seen(store: TraceStore, clock: Clock) -> None:
    send(store, make_span("b", parent="root"), now=clock.now)


def fails_by_its_root(store: TraceStore, clock: Clock) -> None:
    send(store, root(status="error", status_message="no"), now=clock.now)


def succeeds_by_another_root(store: TraceStore, clock: Clock) -> None:
    send(store, root("later", start=5), now=clock.now)


def moves(store: TraceStore, clock: Clock) -> None:
    send(store, make_span("c", parent="root"), wanted="session-1", now=clock.now)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([starts], ""),
        ([starts, ends("failed")], "failed"),
        ([starts, ends("lost")], "lost"),
        ([starts, ends("succeeded")], ""),
        ([starts, ends("failed"), ends("succeeded", 7)], ""),
        ([starts, ends("succeeded"), ends("failed", 7)], "failed"),
        ([starts, ends("failed"), ends("succeeded", 3)], "failed"),
        ([starts, is_swept], "lost"),
        ([starts, is_swept, ends("failed")], "failed"),
        ([starts, is_swept, ends("succeeded")], ""),
        ([starts, ends("failed"), starts_again], ""),
        ([starts, ends("lost"), starts_again, is_swept], "lost"),
        ([is_seen], ""),
        ([is_seen, is_swept], "lost"),
        ([is_seen, is_swept, is_seen], ""),
        ([fails_by_its_root], "failed"),
        ([fails_by_its_root, succeeds_by_another_root], "failed"),
        ([is_seen, is_swept, fails_by_its_root], "failed"),
        ([fails_by_its_root, starts], ""),
    ],
)
def test_the_filter_finds_it_by_the_status_that_it_has(
    store: TraceStore, clock: Clock, steps: list[Written], expected: str
) -> None:
    for step in steps:
        step(store, clock)

    listed = {
        status: [found.execution_id for found in store.list_executions("acme", status=status).items]
        for status in ("failed", "lost")
    }

    assert listed == {
        "failed": [TRACE] if expected == "failed" else [],
        "lost": [TRACE] if expected == "lost" else [],
    }


def test_one_that_moves_is_found_where_it_moved_to_alone(store: TraceStore, clock: Clock) -> None:
    fails_by_its_root(store, clock)
    moves(store, clock)

    page = store.list_executions("acme", status="failed")

    assert [found.execution_id for found in page.items] == ["session-1"]
    assert page.passed_over == 0


@pytest.mark.parametrize("store", WITH_DYNAMODB, indirect=True)
@pytest.mark.parametrize("hours", [0, 2])
def test_only_in_a_table_that_is_older_than_the_index_is_anything_looked_for_elsewhere(
    real: DynamoTraceStore, clock: Clock, hours: int
) -> None:
    clock.now = time.time_ns() + hours * 3_600 * SECOND
    real.note_status_index()
    noted = clock.now
    clock.advance(9_000)
    real.note_status_index()

    item = real._executions._dynamodb.get_item(
        TableName=real._executions._table, Key=status_index.KEY
    )["Item"]
    assert item["since"] == items.n(noted if hours else 0)


@pytest.mark.parametrize("store", ["dynamodb"], indirect=True)
class TestBeforeTheIndex:
    """What was written before there was an index has no `status_key`."""

    @pytest.fixture(autouse=True)
    def executions(self, real: DynamoTraceStore, clock: Clock) -> None:
        for number in range(6):
            name = f"exec_{number}"
            real.start_execution(make_execution(name, number))
            real.end_execution("acme", name, "failed", T0 + 10 * SECOND, GONE)
            if number < 3:
                table = real._executions._table
                real._executions._dynamodb.update_item(
                    TableName=table,
                    Key=items.key("acme", name),
                    UpdateExpression="REMOVE status_key",
                )
        real._executions._dynamodb.put_item(
            TableName=real._executions._table,
            Item={**status_index.KEY, "since": items.n(T0 + 3 * SECOND)},
        )
        clock.now = T0 + 3_600 * SECOND
        real.note_status_index()

    @pytest.mark.parametrize("oldest_first", [False, True])
    @pytest.mark.parametrize("workflow_id", [None, "support-triage"])
    @pytest.mark.parametrize("limit", [1, 2, 50])
    def test_it_is_found_in_its_place(
        self, real: DynamoTraceStore, workflow_id: str | None, oldest_first: bool, limit: int
    ) -> None:
        found: list[str] = []
        position = None
        while True:
            page = real.list_executions(
                "acme",
                workflow_id=workflow_id,
                status="failed",
                limit=limit,
                after=position,
                oldest_first=oldest_first,
            )
            found += [execution.execution_id for execution in page.items]
            position = page.next_position
            if position is None:
                break

        names = [f"exec_{number}" for number in range(6)]
        assert found == (names if oldest_first else names[::-1])

    def test_an_old_one_that_failed_and_was_queued_has_one_start(
        self, real: DynamoTraceStore
    ) -> None:
        """Its place was that of the queue, while `started_at` was when it was begun."""
        real._executions._dynamodb.update_item(
            TableName=real._executions._table,
            Key=items.key("acme", "exec_1"),
            UpdateExpression="SET started_at = :begun REMOVE queued_until",
            ExpressionAttributeValues={":begun": items.n(T0 + 9 * SECOND)},
        )

        found = real.read_execution("acme", "exec_1")

        assert found is not None
        assert (found.started_at_unix_nano, found.queued_until_unix_nano) == (
            T0 + SECOND,
            T0 + 9 * SECOND,
        )
