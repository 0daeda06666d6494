"""Executions start, run, end and expire alike in every store."""

from __future__ import annotations

import pytest

from spanvas.model.execution import Cause, run_nano
from spanvas.storage.port import TraceStore
from tests.functional.storage.batches import batch
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span, span_id
from tests.support.overdue import overdue
from tests.support.stored_spans import stored_span


class TestExecutions:
    def test_an_unknown_execution_is_none(self, store: TraceStore) -> None:
        assert store.read_execution("acme", "exec_1") is None
        assert store.read_trace("acme", "exec_1") is None
        assert stored_span(store, "acme", "exec_1", span_id("a")) is None

    def test_a_started_execution_is_read_back_whole(self, store: TraceStore) -> None:
        store.start_execution(make_execution())

        found = store.read_execution("acme", "exec_1")

        expires_at = T0 // SECOND + 30 * 86_400
        assert found == make_execution(expires_at=expires_at, revision=1)

    def test_another_tenants_execution_is_none(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        store.write(batch(make_span()))

        assert store.read_execution("globex", "exec_1") is None
        assert store.read_trace("globex", "exec_1") is None
        assert stored_span(store, "globex", "exec_1", span_id("a")) is None

    def test_two_tenants_may_use_the_same_ids(self, store: TraceStore) -> None:
        for tenant in ("acme", "globex"):
            store.start_execution(make_execution(tenant=tenant, workflow_name=tenant))
            store.write(batch(make_span(tenant), tenant=tenant))

        for tenant in ("acme", "globex"):
            trace = store.read_trace(tenant, "exec_1")
            assert trace is not None
            assert trace.execution.workflow_name == tenant
            assert [row.name for row in trace.rows] == [tenant]

    def test_running_follows_queued_and_keeps_who_started_it(self, store: TraceStore) -> None:
        store.start_execution(make_execution(status="queued"))
        store.start_execution(make_execution(start=3, started_by="", workflow_version="8"))

        found = store.read_execution("acme", "exec_1")

        assert found is not None
        assert (found.status, found.started_by, found.workflow_version) == ("running", "ada", "8")

    def test_it_has_started_when_it_was_queued_whoever_begins_it_when(
        self, store: TraceStore
    ) -> None:
        store.start_execution(make_execution(status="queued"))
        store.start_execution(make_execution(start=3))
        store.end_execution("acme", "exec_1", "succeeded", T0 + 5 * SECOND)

        found = store.read_execution("acme", "exec_1")

        assert found is not None
        assert (found.started_at_unix_nano, found.queued_until_unix_nano) == (T0, T0 + 3 * SECOND)
        assert run_nano(found) == 2 * SECOND

    def test_without_a_queue_it_has_waited_for_nothing(self, store: TraceStore) -> None:
        store.start_execution(make_execution(start=3))
        store.start_execution(make_execution(status="queued"))

        found = store.read_execution("acme", "exec_1")

        assert found is not None
        assert (found.started_at_unix_nano, found.queued_until_unix_nano) == (T0 + 3 * SECOND, None)

    def test_a_function_whose_clock_is_slow_has_not_begun_before_the_start(
        self, store: TraceStore
    ) -> None:
        store.start_execution(make_execution(status="queued"))
        store.start_execution(make_execution(start=-2))

        found = store.read_execution("acme", "exec_1")

        assert found is not None
        assert (found.started_at_unix_nano, found.queued_until_unix_nano) == (T0, None)

    def test_queued_never_follows_running(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        store.start_execution(make_execution(status="queued"))

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert found.status == "running"

    def test_a_second_function_moves_the_deadline_on_and_never_back(
        self, store: TraceStore
    ) -> None:
        store.start_execution(make_execution())
        store.start_execution(make_execution(deadline_unix_nano=T0 + 90 * SECOND))
        store.start_execution(make_execution(deadline_unix_nano=T0 + 70 * SECOND))

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert found.deadline_unix_nano == T0 + 90 * SECOND

    def test_an_ended_execution_has_status_cause_and_exporter_health(
        self, store: TraceStore
    ) -> None:
        cause = Cause("ThrottlingException", "Too many requests", "escalate", span_id("e"))
        store.start_execution(make_execution())
        store.end_execution(
            "acme", "exec_1", "failed", T0 + 5 * SECOND, cause, {"otlp": "breaker open"}
        )

        found = store.read_execution("acme", "exec_1")

        assert found is not None
        assert (found.status, found.ended_at_unix_nano, found.cause) == (
            "failed",
            T0 + 5 * SECOND,
            cause,
        )
        assert found.exporter_health == {"otlp": "breaker open"}

    def test_the_latest_end_wins_in_any_order(self, store: TraceStore) -> None:
        for name, ends in {"exec_1": (5, 7), "exec_2": (7, 5)}.items():
            store.start_execution(make_execution(name))
            for second in ends:
                status = "failed" if second == 5 else "succeeded"
                store.end_execution("acme", name, status, T0 + second * SECOND)

            found = store.read_execution("acme", name)
            assert found is not None
            assert (found.status, found.ended_at_unix_nano) == ("succeeded", T0 + 7 * SECOND)

    def test_a_late_start_does_not_reopen_what_has_ended(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        store.end_execution("acme", "exec_1", "succeeded", T0 + SECOND)
        store.start_execution(make_execution(deadline_unix_nano=T0 + 900 * SECOND))

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert found.status == "succeeded"
        assert overdue(store) == []

    @pytest.mark.parametrize("ended_by", ["function", "state_machine"])
    @pytest.mark.parametrize("status", ["failed", "succeeded", "lost"])
    def test_a_repetition_after_the_end_runs_again(
        self, store: TraceStore, status: str, ended_by: str
    ) -> None:
        store.start_execution(make_execution())
        store.end_execution("acme", "exec_1", status, T0 + 5 * SECOND, Cause("E", "broken"))
        again = make_execution(
            began_at_unix_nano=T0 + 9 * SECOND,
            deadline_unix_nano=T0 + 90 * SECOND,
            ended_by=ended_by,
            workflow_name="other",
        )
        store.start_execution(again)

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert (found.status, found.cause, found.ended_at_unix_nano) == ("running", None, None)
        assert (found.started_at_unix_nano, found.workflow_name) == (T0, "Support triage")
        assert (found.deadline_unix_nano, found.ended_by) == (T0 + 90 * SECOND, ended_by)

    def test_what_runs_again_can_be_overdue(self, store: TraceStore, clock: Clock) -> None:
        store.start_execution(make_execution())
        store.end_execution("acme", "exec_1", "failed", T0 + 5 * SECOND)
        store.start_execution(make_execution(start=9))
        clock.advance(70)

        assert [execution.execution_id for execution in overdue(store)] == ["exec_1"]

    @pytest.mark.parametrize(
        ("status", "expected"),
        [("failed", "failed"), ("succeeded", "succeeded"), ("lost", "running")],
    )
    def test_a_part_that_ends_nothing_brings_back_what_is_lost_alone(
        self, store: TraceStore, status: str, expected: str
    ) -> None:
        store.start_execution(make_execution(ended_by="caller"))
        store.end_execution("acme", "exec_1", status, T0 + 5 * SECOND)
        store.start_execution(make_execution(start=9, ended_by="caller"))

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert found.status == expected

    def test_a_part_that_began_before_the_end_does_not_reopen_it(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        store.end_execution("acme", "exec_1", "lost", T0 + 5 * SECOND)
        store.start_execution(make_execution(began_at_unix_nano=T0 + 5 * SECOND))

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert found.status == "lost"

    def test_an_end_of_an_unknown_execution_makes_nothing(self, store: TraceStore) -> None:
        store.end_execution("acme", "exec_1", "succeeded", T0)

        assert store.read_execution("acme", "exec_1") is None

    def test_an_expired_execution_is_gone_before_the_table_deletes_it(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        store.write(batch(make_span()))
        clock.advance(30 * 86_400)

        assert store.read_execution("acme", "exec_1") is None
        assert store.read_trace("acme", "exec_1") is None
        assert store.list_executions("acme", started_from=T0).items == []
