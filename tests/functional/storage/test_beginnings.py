"""The first write of an execution: what it leaves, and what completes it or takes it back, alike in every store."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from spanvas.model.execution import Cause, Execution
from spanvas.model.loss import with_loss_cause
from spanvas.storage.port import TraceStore
from tests.functional.storage.batches import batch
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span
from tests.support.overdue import overdue


def begin(store: TraceStore, execution: Execution) -> tuple[bool, int]:
    """Whether it was made, and how often it was told to have been sent."""
    told: list[None] = []
    made = store.begin_execution(execution, lambda: told.append(None))
    return made, len(told)


def found(store: TraceStore, execution_id: str = "exec_1") -> Execution:
    execution = store.read_execution("acme", execution_id)
    assert execution is not None
    return execution


def listed(store: TraceStore, workflow_id: str | None = None) -> list[str]:
    page = store.list_executions("acme", workflow_id=workflow_id)
    return [execution.execution_id for execution in page.items]


UNNAMED: dict[str, Any] = {"workflow_id": "function", "workflow_name": "", "workflow_version": ""}
LOST = Cause("Killed", "Nothing more was heard of its function.")


class TestBeginnings:
    def test_an_execution_that_has_begun_is_running(self, store: TraceStore) -> None:
        made, told = begin(store, make_execution(**UNNAMED))
        assert made
        assert told >= 1
        assert found(store).status == "running"
        assert found(store).deadline_unix_nano == T0 + 60 * SECOND
        assert listed(store) == ["exec_1"]

    def test_it_has_no_place_in_the_history_of_a_workflow_that_is_not_known(
        self, store: TraceStore
    ) -> None:
        begin(store, make_execution(**UNNAMED))
        assert listed(store, "function") == []

    def test_its_start_says_the_rest(self, store: TraceStore) -> None:
        begin(store, make_execution(**UNNAMED))
        store.start_execution(make_execution(expected_nodes=("classify",)))
        expires_at = T0 // SECOND + 30 * 86_400
        assert found(store) == make_execution(
            expected_nodes=("classify",), expires_at=expires_at, revision=2
        )
        assert listed(store, "support-triage") == listed(store) == ["exec_1"]
        assert listed(store, "function") == []

    def test_a_beginning_that_comes_after_the_start_changes_nothing(
        self, store: TraceStore
    ) -> None:
        store.start_execution(make_execution())
        before = found(store)
        assert begin(store, make_execution(**UNNAMED))[0] is False
        assert found(store) == before

    def test_a_beginning_that_comes_twice_changes_nothing(self, store: TraceStore) -> None:
        begin(store, make_execution(**UNNAMED))
        before = found(store)
        assert begin(store, make_execution(start=5, **UNNAMED))[0] is False
        assert found(store) == before

    def test_a_repeated_event_does_not_open_what_has_ended(
        self, store: TraceStore, clock: Clock
    ) -> None:
        begin(store, make_execution(**UNNAMED))
        store.start_execution(make_execution())
        store.end_execution("acme", "exec_1", "succeeded", T0 + SECOND)
        before = found(store)
        clock.advance(600)
        again = make_execution(start=600, deadline_unix_nano=T0 + 700 * SECOND, **UNNAMED)
        assert begin(store, again)[0] is False
        assert found(store) == before

    def test_a_queued_execution_is_marked_and_otherwise_stays_as_it_is(
        self, store: TraceStore
    ) -> None:
        store.start_execution(make_execution(status="queued"))
        before = found(store)
        begun = make_execution(start=3, deadline_unix_nano=T0 + 63 * SECOND, **UNNAMED)
        assert begin(store, begun)[0] is False
        assert found(store) == replace(before, is_provisional=True, revision=2)
        assert listed(store, "support-triage") == ["exec_1"]
        store.start_execution(make_execution(start=3, workflow_version="8", started_by=""))
        assert (found(store).workflow_version, found(store).started_by) == ("8", "ada")

    def test_a_queued_one_that_has_begun_was_not_left_lying(
        self, store: TraceStore, clock: Clock
    ) -> None:
        for name in ("exec_1", "exec_2"):
            store.start_execution(make_execution(name, status="queued"))
        begin(store, make_execution(**UNNAMED))
        clock.advance(61)
        causes = [found(store, name).cause for name in ("exec_1", "exec_2")]
        assert [cause.error_type for cause in causes if cause] == ["Lost", "NotStarted"]
        late = {one.execution_id: with_loss_cause(one, ()) for one in overdue(store)}
        cause = late["exec_1"].cause
        assert cause is not None
        assert cause.error_type == "Killed"

    def test_spans_and_an_end_are_added_to_it(self, store: TraceStore) -> None:
        begin(store, make_execution(**UNNAMED))
        store.write(batch(make_span()))
        assert found(store).counters.spans == 1
        store.start_execution(make_execution())
        store.end_execution("acme", "exec_1", "failed", T0 + SECOND, LOST)
        assert (found(store).status, found(store).cause) == ("failed", LOST)
        assert found(store).counters.spans == 1

    def test_one_that_nobody_completes_is_closed_as_lost_and_listed(
        self, store: TraceStore, clock: Clock
    ) -> None:
        begin(store, make_execution(**UNNAMED))
        clock.advance(61)
        (late,) = overdue(store)
        assert store.close_as_lost(late, LOST)
        assert (found(store).status, found(store).cause) == ("lost", LOST)
        assert listed(store, "function") == listed(store) == ["exec_1"]
        assert overdue(store) == []

    def test_the_next_try_of_the_event_completes_what_was_lost(
        self, store: TraceStore, clock: Clock
    ) -> None:
        begin(store, make_execution(**UNNAMED))
        clock.advance(61)
        assert store.close_as_lost(overdue(store)[0], LOST)
        again = make_execution(start=120, deadline_unix_nano=T0 + 180 * SECOND)
        assert begin(store, again)[0] is False
        store.start_execution(again)
        assert (found(store).status, found(store).cause) == ("running", None)
        assert found(store).ended_at_unix_nano is None
        assert found(store).workflow_id == "support-triage"
        store.end_execution("acme", "exec_1", "succeeded", T0 + 121 * SECOND)
        assert found(store).status == "succeeded"

    def test_a_start_that_comes_after_the_end_of_somebody_else_changes_nothing(
        self, store: TraceStore
    ) -> None:
        begin(store, make_execution(**UNNAMED))
        store.end_execution("acme", "exec_1", "failed", T0 + 9 * SECOND)
        store.start_execution(make_execution())
        assert found(store).status == "failed"

    def test_a_beginning_that_is_withdrawn_was_never_there(
        self, store: TraceStore, clock: Clock
    ) -> None:
        begin(store, make_execution(**UNNAMED))
        store.withdraw_execution("acme", "exec_1")
        assert store.read_execution("acme", "exec_1") is None
        assert listed(store) == []
        clock.advance(61)
        assert overdue(store) == []

    def test_one_that_is_withdrawn_when_it_is_lost_already_was_never_there(
        self, store: TraceStore, clock: Clock
    ) -> None:
        begin(store, make_execution(**UNNAMED))
        clock.advance(61)
        assert store.close_as_lost(overdue(store)[0], LOST)

        store.withdraw_execution("acme", "exec_1")

        assert store.read_execution("acme", "exec_1") is None
        assert listed(store) == listed(store, "function") == []
        assert store.list_executions("acme", status="lost").items == []
        store.start_execution(make_execution(start=70, deadline_unix_nano=T0 + 180 * SECOND))
        assert found(store).status == "running"

    def test_what_was_withdrawn_can_begin_again(self, store: TraceStore, clock: Clock) -> None:
        begin(store, make_execution(**UNNAMED))
        store.withdraw_execution("acme", "exec_1")
        clock.advance(5)
        begin(store, make_execution(start=5, **UNNAMED))
        assert found(store).status == "running"
        store.start_execution(make_execution(start=5))
        assert listed(store) == listed(store, "support-triage") == ["exec_1"]

    def test_what_was_withdrawn_can_be_started(self, store: TraceStore, clock: Clock) -> None:
        begin(store, make_execution(**UNNAMED))
        store.withdraw_execution("acme", "exec_1")
        clock.advance(5)
        store.start_execution(make_execution(start=5))
        assert found(store).status == "running"
        assert listed(store) == listed(store, "support-triage") == ["exec_1"]

    def test_only_a_beginning_is_withdrawn(self, store: TraceStore) -> None:
        begin(store, make_execution(**UNNAMED))
        store.start_execution(make_execution())
        store.start_execution(make_execution("exec_2", status="queued"))
        for execution_id in ("exec_1", "exec_2", "exec_unknown"):
            store.withdraw_execution("acme", execution_id)
        assert found(store).status == "running"
        assert found(store, "exec_2").status == "queued"
