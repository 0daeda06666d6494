"""What is overdue, and how every store closes it as lost."""

from __future__ import annotations

from spanvas.model.execution import Cause
from spanvas.storage.port import TraceStore
from tests.support.builders import SECOND, T0, Clock, make_execution
from tests.support.overdue import overdue


class TestLost:
    def test_an_overdue_execution_is_lost_before_it_is_swept(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        clock.advance(61)

        found = store.read_execution("acme", "exec_1")

        assert found is not None
        assert (found.status, found.ended_at_unix_nano) == ("lost", T0 + 60 * SECOND)
        assert found.cause is not None
        assert found.cause.error_type == "Lost"

    def test_the_overdue_are_listed_longest_first(self, store: TraceStore, clock: Clock) -> None:
        for number in range(6):
            store.start_execution(make_execution(f"exec_{number}", start=6 - number))
        store.start_execution(make_execution("exec_later", start=100))
        clock.advance(70)

        found = overdue(store)

        assert [execution.execution_id for execution in found] == [
            f"exec_{number}" for number in (5, 4, 3, 2, 1, 0)
        ]

    def test_closing_as_lost_takes_it_off_the_list_and_happens_once(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        clock.advance(61)
        [late] = overdue(store)

        assert store.close_as_lost(late, Cause("Timeout", "timed out", "reply")) is True
        assert store.close_as_lost(late, Cause("Timeout", "timed out", "reply")) is False

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert (found.status, found.cause) == ("lost", Cause("Timeout", "timed out", "reply"))
        assert overdue(store) == []

    def test_what_its_own_function_has_given_up_is_listed_until_it_is_closed(
        self, store: TraceStore, clock: Clock
    ) -> None:
        cause = Cause("Timeout", "the function's time ran out", "reply")
        store.start_execution(make_execution())
        store.end_execution("acme", "exec_1", "lost", T0 + 59 * SECOND, cause)
        assert overdue(store) == []
        clock.advance(61)

        [given_up] = overdue(store)
        assert (given_up.status, given_up.cause) == ("lost", cause)
        assert store.close_as_lost(given_up, cause) is True
        assert store.close_as_lost(given_up, cause) is False
        assert overdue(store) == []
        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert (found.ended_at_unix_nano, found.cause) == (T0 + 59 * SECOND, cause)

    def test_what_was_given_up_and_ended_all_the_same_is_not_listed(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        store.end_execution("acme", "exec_1", "lost", T0 + 59 * SECOND)
        store.end_execution("acme", "exec_1", "succeeded", T0 + 60 * SECOND)
        clock.advance(61)

        assert overdue(store) == []

    def test_an_execution_that_has_gone_on_meanwhile_is_not_closed(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        clock.advance(61)
        [late] = overdue(store)
        store.start_execution(make_execution(start=61))

        assert store.close_as_lost(late, Cause("Killed", "…")) is False
        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert found.status == "running"

    def test_an_execution_that_ended_meanwhile_is_not_closed(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        clock.advance(61)
        [late] = overdue(store)
        store.end_execution("acme", "exec_1", "succeeded", T0 + 59 * SECOND)

        assert store.close_as_lost(late, Cause("Timeout", "timed out")) is False

    def test_an_end_after_all_replaces_lost(self, store: TraceStore, clock: Clock) -> None:
        store.start_execution(make_execution())
        clock.advance(61)
        store.close_as_lost(overdue(store)[0], Cause("Timeout", "timed out"))
        store.end_execution("acme", "exec_1", "succeeded", T0 + 59 * SECOND)

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert (found.status, found.cause) == ("succeeded", None)
