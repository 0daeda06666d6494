"""Executions that nobody registers: the fake and the real store keep and bind them alike."""

from __future__ import annotations

import pytest

from spanvas.model.execution import Cause
from spanvas.model.span import Span
from spanvas.storage.port import TraceStore
from tests.functional.storage.received import OTHER_TRACE, TRACE, listed, names, root, send
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span, span_id
from tests.support.overdue import overdue
from tests.support.stored_spans import stored_span


class TestNamedAfterTheTrace:
    def test_a_whole_trace_is_an_execution_that_ended(self, store: TraceStore) -> None:
        kept_at = send(store, root(), make_span("b", parent="root", start=0.2))

        found = store.read_execution("acme", kept_at)
        assert found is not None
        assert (kept_at, found.trace_id, found.status) == (TRACE, TRACE, "succeeded")
        assert (found.workflow_name, found.started_by) == ("root", "collector")
        assert found.counters.spans == 2
        assert [e.execution_id for e in store.list_executions("acme").items] == [TRACE]
        assert store.list_executions("acme", workflow_id="root").items == [found]

    def test_what_its_sender_calls_it_is_kept_whichever_span_says_it(
        self, store: TraceStore
    ) -> None:
        kept_at = "patients-7-bc57a4a9f41f"
        send(store, make_span("b", parent="root"))
        called = {"spanvas.execution.id": "patients/7"}
        send(store, root(attributes=called), wanted=kept_at, is_explicit=True)
        send(store, make_span("c", parent="root"))

        found = store.read_execution("acme", kept_at)
        assert found is not None
        assert (found.execution_id, found.external_id) == (kept_at, "patients/7")
        assert found.counters.spans == 3

    def test_spans_before_their_root_are_found_again(self, store: TraceStore) -> None:
        send(store, make_span("b", parent="root", start=1, resource={"service.name": "planner"}))
        early = store.read_execution("acme", TRACE)
        assert early is not None
        assert (early.status, early.workflow_id) == ("running", "planner")

        send(store, root(end_time_unix_nano=T0 + 5 * SECOND, status="error", status_message="no"))

        found = store.read_execution("acme", TRACE)
        assert found is not None
        assert (found.status, found.workflow_id, found.ended_at_unix_nano) == (
            "failed",
            "root",
            T0 + 5 * SECOND,
        )
        assert found.started_at_unix_nano == T0
        assert found.cause == Cause("Error", "no", None, span_id("root"))
        assert names(store, TRACE) == ["b", "root"]
        assert found.counters.spans == 2
        assert listed(store, "planner") == []
        assert [
            e.execution_id for e in store.list_executions("acme", workflow_id="root").items
        ] == [TRACE]

    def test_the_same_batch_twice_doubles_nothing(self, store: TraceStore) -> None:
        spans = [root(), make_span("b", parent="root")]
        for _ in range(3):
            send(store, *spans)

        found = store.read_execution("acme", TRACE)
        assert found is not None
        assert found.counters.spans == 2

    def test_two_tenants_with_the_same_ids_have_nothing_in_common(self, store: TraceStore) -> None:
        send(store, root("ours"), tenant="acme")
        send(store, root("theirs"), tenant="globex", wanted="session-1")

        assert names(store, TRACE, "acme") == ["ours"]
        assert names(store, TRACE, "globex") == ["theirs"]
        assert store.read_execution("acme", "session-1") is None

    @pytest.mark.parametrize("days", [-3000, -63, 2, 9000])
    def test_what_started_at_another_time_is_listed_where_it_was_first_seen(
        self, store: TraceStore, clock: Clock, days: int
    ) -> None:
        """Traces of last year that are sent again; a sender whose clock is wrong."""
        start = days * 86_400
        span = root(start=start, end_time_unix_nano=T0 + (start + 5) * SECOND)
        send(store, span, make_span("b", parent="root", start=start))
        clock.advance(60)

        assert listed(store, "root") == [TRACE]
        page = store.list_executions("acme", started_from=T0 - 60 * SECOND)
        assert [found.started_at_unix_nano for found in page.items] == [T0 + start * SECOND]
        assert store.list_executions("acme", started_from=T0 + 30 * SECOND).items == []

    def test_what_started_within_the_retention_is_listed_at_its_start(
        self, store: TraceStore
    ) -> None:
        send(store, root(start=-20 * 86_400))
        send(store, root(trace_id=OTHER_TRACE))

        page = store.list_executions("acme", started_to=T0 - 19 * 86_400 * SECOND)
        assert [found.execution_id for found in page.items] == [TRACE]
        assert listed(store, "root") == [OTHER_TRACE, TRACE]


class TestDeadlines:
    def test_without_a_root_it_is_lost_after_its_deadline_and_back_with_the_next_span(
        self, store: TraceStore, clock: Clock
    ) -> None:
        send(store, make_span("b", parent="root"))
        clock.advance(901)
        (late,) = overdue(store)
        assert late.cause == Cause("Lost", "Spans stopped coming, and no root span has ended.")
        assert store.close_as_lost(late, late.cause)

        send(store, make_span("c", parent="root"), now=clock.now)

        found = store.read_execution("acme", TRACE)
        assert found is not None
        assert (found.status, found.cause, found.ended_at_unix_nano) == ("running", None, None)
        assert found.deadline_unix_nano == clock.now + 900 * SECOND
        clock.advance(901)
        assert [e.execution_id for e in overdue(store)] == [TRACE]

    def test_an_end_is_taken_even_of_one_that_was_lost(
        self, store: TraceStore, clock: Clock
    ) -> None:
        send(store, make_span("b", parent="root"))
        clock.advance(901)
        (late,) = overdue(store)
        store.close_as_lost(late, Cause("Lost", "gone"))

        send(store, root(), now=clock.now)

        found = store.read_execution("acme", TRACE)
        assert found is not None
        assert (found.status, found.cause) == ("succeeded", None)
        assert overdue(store) == []


class TestNamedByAnAttribute:
    def test_a_trace_goes_where_it_is_wanted_and_all_that_follows_goes_too(
        self, store: TraceStore
    ) -> None:
        assert send(store, root("a"), wanted="session-1") == "session-1"
        assert send(store, make_span("b", parent="a")) == "session-1"
        assert names(store, "session-1") == ["a", "b"]

    def test_several_traces_are_one_execution(self, store: TraceStore) -> None:
        send(store, root("a"), wanted="session-1")
        send(store, root("b", start=5, trace_id=OTHER_TRACE), wanted="session-1")

        found = store.read_execution("acme", "session-1")
        assert found is not None
        assert (found.workflow_name, found.ended_at_unix_nano) == ("a", T0 + 6 * SECOND)
        assert found.trace_id == TRACE

    def test_the_execution_is_found_by_its_trace_s_id_too(self, store: TraceStore) -> None:
        send(store, root("a"), wanted="session-1")

        found = store.read_execution("acme", TRACE)
        assert found is not None
        assert found.execution_id == "session-1"
        assert names(store, TRACE) == ["a"]
        span = stored_span(store, "acme", TRACE, span_id("a"))
        assert span is not None
        assert span.name == "a"
        assert [s.name for s in store.read_spans("acme", TRACE, max_bytes=1).items] == ["a"]

    def test_once_bound_a_trace_stays(self, store: TraceStore) -> None:
        send(store, root("a"), wanted="session-1")
        assert send(store, make_span("b", parent="a"), wanted="session-2") == "session-1"


class TestRegistered:
    def test_spans_of_a_registered_execution_s_trace_join_it_and_change_nothing(
        self, store: TraceStore
    ) -> None:
        store.start_execution(make_execution(trace_id=TRACE))

        kept_at = send(store, root("tool server"), wanted="session-1")

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert (kept_at, found.status, found.workflow_name) == (
            "exec_1",
            "running",
            "Support triage",
        )
        assert found.counters.spans == 1

    def test_an_explicit_name_goes_before_a_registered_one(self, store: TraceStore) -> None:
        store.start_execution(make_execution(trace_id=TRACE))
        assert send(store, root(), wanted="mine", is_explicit=True) == "mine"

    def test_an_execution_named_after_its_trace_never_moves_when_it_is_registered(
        self, store: TraceStore
    ) -> None:
        store.start_execution(make_execution(TRACE, trace_id=TRACE))
        assert send(store, root(), wanted="session-1", is_explicit=True) == TRACE

    def test_registering_takes_over_what_spans_have_said(self, store: TraceStore) -> None:
        send(store, root("a", end_time_unix_nano=T0 + 2 * SECOND), wanted="exec_1")

        store.start_execution(make_execution())

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert (found.workflow_name, found.status, found.origin) == (
            "Support triage",
            "running",
            None,
        )
        assert (found.ended_at_unix_nano, found.counters.spans) == (None, 1)
        assert listed(store, "support-triage") == ["exec_1"]

    def test_registering_drops_what_a_joined_id_was_called(self, store: TraceStore) -> None:
        called = {"spanvas.execution.id": "patients/7"}
        send(store, root("a", attributes=called), wanted="patients-7-bc57a4a9f41f")
        send(store, make_span("b", parent="a", start=0.5), wanted="exec_1")
        joined = store.read_execution("acme", "exec_1")
        assert joined is not None
        assert joined.external_id == "patients/7"

        store.start_execution(make_execution())

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert found.external_id == ""

    def test_registering_an_id_that_was_joined_takes_it_back(self, store: TraceStore) -> None:
        send(store, root("a"), wanted="exec_1")
        send(store, make_span("b", parent="a", start=0.5), wanted="exec_0")
        joined = store.read_execution("acme", "exec_1")
        assert joined is not None
        assert joined.execution_id == "exec_0"

        store.start_execution(make_execution())

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert (found.execution_id, found.workflow_name) == ("exec_1", "Support triage")
        assert (found.status, found.counters.spans) == ("running", 1)
        assert names(store, "exec_1") == ["a"]
        assert names(store, "exec_0") == ["a", "b"]
        assert [e.execution_id for e in store.list_executions("acme").items] == ["exec_1", "exec_0"]


class TestWholeSpans:
    def test_pages_hold_every_span_once_in_its_latest_version(self, store: TraceStore) -> None:
        for number in range(5):
            label = f"s{number}"
            send(store, make_span(label, start=number, end_time_unix_nano=None, name="open"))
            send(store, make_span(label, start=number, name=f"ended {number}"))
        found: list[Span] = []
        after = None
        pages = 0
        while True:
            page = store.read_spans("acme", TRACE, max_bytes=1, after=after)
            found += page.items
            pages += 1
            after = page.next_position
            if after is None:
                break
        assert [span.name for span in found] == [f"ended {n}" for n in range(5)]
        assert pages == 5
        assert len(store.read_spans("acme", TRACE, max_bytes=10**6).items) == 5

    def test_of_nothing_there_are_none(self, store: TraceStore) -> None:
        assert store.read_spans("acme", "exec_9", max_bytes=1).items == []
