"""What cannot be closed is set aside, and no writer of this version takes away what a newer one has written."""

from __future__ import annotations

import pytest

from spanvas.model.execution import Cause
from spanvas.model.row import Row
from spanvas.storage import items
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.overdue import waiting_seconds
from spanvas.storage.pages import Overdue
from spanvas.storage.port import TraceStore
from tests.functional.storage.conftest import WITH_DYNAMODB
from tests.functional.storage.received import TRACE, root, send
from tests.functional.storage.spoiling import change_item, read_item
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span
from tests.support.overdue import overdue

ONE = Overdue("acme", "exec_1")


def found_beyond(store: TraceStore, deadline: int) -> list[str]:
    parts = [list(store.open_beyond(deadline, part)) for part in range(7, 7 + 4)]
    assert max(len(part) for part in parts) < 20
    return sorted(found.execution_id for part in parts for found in part)


class TestOpenBeyond:
    def test_open_executions_with_a_later_deadline_are_found_once_in_four_parts(
        self, store: TraceStore
    ) -> None:
        for number in range(20):
            changes = {"deadline_unix_nano": T0 + (1 + number) * SECOND}
            store.start_execution(make_execution(f"exec_{number:02}", **changes))
        store.end_execution("acme", "exec_19", "succeeded", T0)

        assert found_beyond(store, T0 + 17 * SECOND) == ["exec_17", "exec_18"]
        assert len(found_beyond(store, T0)) == 19


class TestSetAside:
    def test_one_that_is_set_aside_comes_after_the_others_and_later_each_time(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        store.start_execution(make_execution("exec_2", start=10))
        clock.advance(71)
        assert [found.execution_id for found in store.overdue()] == ["exec_1", "exec_2"]

        for wait in (120, 240, 480):
            assert store.set_aside(ONE) is True
            assert store.count_set_aside() == 1
            clock.advance(wait)
            assert [found.execution_id for found in store.overdue()] == ["exec_2"]
            clock.advance(1)
            assert [found.execution_id for found in store.overdue()] == ["exec_2", "exec_1"]

    def test_it_can_be_set_aside_whatever_is_wrong_with_it(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        change_item(store, items.META, status=items.n(1), revision=items.s("x"), v=items.n(7))
        clock.advance(61)

        assert store.set_aside(ONE) is True
        assert list(store.overdue()) == []

    def test_readers_see_no_change_of_one_that_is_set_aside(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        clock.advance(61)
        before = store.read_execution("acme", "exec_1")

        store.set_aside(ONE)

        assert store.read_execution("acme", "exec_1") == before

    def test_what_has_ended_gone_on_or_never_was_is_not_set_aside(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        store.start_execution(make_execution("exec_2"))
        clock.advance(61)
        store.end_execution("acme", "exec_1", "succeeded", T0 + 59 * SECOND)
        store.start_execution(make_execution("exec_2", start=61))

        assert store.set_aside(ONE) is False
        assert store.set_aside(Overdue("acme", "exec_2")) is False
        assert store.set_aside(Overdue("acme", "exec_3")) is False
        assert store.count_set_aside() == 0

    def test_one_that_goes_on_is_overdue_like_any_other_afterwards(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        clock.advance(61)
        store.set_aside(ONE)
        store.start_execution(make_execution(start=62))
        assert store.count_set_aside() == 0
        clock.advance(62)

        assert list(store.overdue()) == [ONE]

    def test_one_that_can_be_closed_after_all_is_set_aside_no_longer(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        clock.advance(61)
        store.set_aside(ONE)
        clock.advance(121)
        [late] = overdue(store)

        assert store.close_as_lost(late, Cause("Killed", "…")) is True
        assert (store.count_set_aside(), list(store.overdue())) == (0, [])

    def test_the_next_run_does_not_see_more_than_there_is_however_many_pages(
        self, store: TraceStore, clock: Clock
    ) -> None:
        for number in range(230):
            store.start_execution(make_execution(f"exec_{number}", start=number % 7))
        clock.advance(70)

        found = [place.execution_id for place in store.overdue()]

        assert sorted(found) == sorted(f"exec_{number}" for number in range(230))


def test_the_wait_doubles_up_to_a_day() -> None:
    assert [waiting_seconds(tries) for tries in (1, 2, 3, 10, 11, 5_000)] == [
        120, 240, 480, 61_440, 86_400, 86_400,
    ]  # fmt: skip


@pytest.mark.parametrize("store", WITH_DYNAMODB, indirect=True)
class TestWhatANewerVersionHasWritten:
    NEWER = '{"error_type": "Timeout", "message": "m", "hint": "of version 2"}'

    def spoil(self, store: DynamoTraceStore, execution_id: str = "exec_1") -> None:
        change_item(
            store,
            items.META,
            execution_id,
            v=items.n(2),
            labels={"M": {"team": items.s("billing")}},
            cause=items.s(self.NEWER),
        )

    def kept(self, store: DynamoTraceStore, execution_id: str = "exec_1") -> bool:
        item = read_item(store, items.META, execution_id)
        return item["v"] == {"N": "2"} and item["labels"] == {"M": {"team": {"S": "billing"}}}

    def test_it_stays_when_the_sweep_closes_the_execution(
        self, real: DynamoTraceStore, clock: Clock
    ) -> None:
        real.start_execution(make_execution())
        self.spoil(real)
        clock.advance(61)
        [late] = overdue(real)
        assert late.is_newer
        assert late.cause is not None

        assert real.close_as_lost(late, late.cause) is True

        item = read_item(real, items.META)
        assert self.kept(real)
        assert (item["status"], item["cause"]) == ({"S": "lost"}, {"S": self.NEWER})

    def test_it_stays_when_the_execution_is_set_aside_continued_and_ended(
        self, real: DynamoTraceStore, clock: Clock
    ) -> None:
        real.start_execution(make_execution(status="queued"))
        self.spoil(real)
        real.start_execution(make_execution())
        assert self.kept(real)
        clock.advance(61)
        real.set_aside(ONE)
        assert self.kept(real)
        real.start_execution(make_execution(start=61))
        assert self.kept(real)
        real.end_execution("acme", "exec_1", "succeeded", clock.now)
        assert self.kept(real)

    def test_it_stays_in_what_more_spans_over_otlp_do_not_change(
        self, real: DynamoTraceStore
    ) -> None:
        """The first span makes the execution; the root then tells its name and end, and nothing of its labels."""
        kept_at = send(real, root())
        self.spoil(real, kept_at)

        send(real, make_span("early", "root", -5))

        item = read_item(real, items.META, TRACE)
        assert self.kept(real, kept_at)
        assert item["cause"] == {"S": self.NEWER}
        assert item["started_at"] == {"N": str(T0 - 5 * SECOND)}

    def test_spans_of_an_execution_that_cannot_be_decoded_are_kept_and_counted(
        self, real: DynamoTraceStore
    ) -> None:
        kept_at = send(real, root())
        change_item(real, items.META, kept_at, status=items.s("paused"), v=items.n(2))

        send(real, make_span("late", "root", 1))

        item = read_item(real, items.META, kept_at)
        assert (item["status"], item["c_spans"]) == ({"S": "paused"}, {"N": "2"})
        change_item(real, items.META, kept_at, status=items.s("succeeded"))
        trace = real.read_trace("acme", kept_at)
        assert trace is not None
        assert sorted(names_of(trace.rows)) == ["late", "root"]

    def test_a_chunk_that_cannot_be_decoded_is_moved_as_it_is(self, real: DynamoTraceStore) -> None:
        kept_at = send(real, make_span("b", "root", 1))
        rows = next(iter(read_chunks(real, kept_at)))
        change_item(real, items.ROWS + rows, kept_at, data=items.b(b"of version 2"))

        assert real.bind_trace("acme", TRACE, ["exec_1"]).execution_id == "exec_1"
        real.bind_trace("acme", TRACE, [])

        assert bytes(read_item(real, items.ROWS + rows)["data"]["B"]) == b"of version 2"
        trace = real.read_trace("acme", "exec_1")
        assert trace is not None
        assert len(trace.unreadable) == 1


def names_of(rows: list[Row]) -> list[str]:
    return [row.name for row in rows]


def read_chunks(store: DynamoTraceStore, execution_id: str) -> list[str]:
    trace = store.read_trace("acme", execution_id)
    assert trace is not None
    return list(trace.chunks)
