"""A trace that turns out to belong to an execution moves there with all that is there already."""

from __future__ import annotations

from spanvas.model.access import Access
from spanvas.storage.port import TraceStore
from tests.functional.storage.received import OTHER_TRACE, TRACE, names, receive, root, send
from tests.support.builders import T0, Clock, make_span, span_id
from tests.support.stored_spans import stored_span


class TestMoves:
    def test_a_trace_that_came_without_a_name_moves_with_all_that_is_there(
        self, store: TraceStore, clock: Clock
    ) -> None:
        large = {"spanvas.input": "".join(f"{n * 2654435761 % 2**32:x} " for n in range(9_000))}
        send(store, make_span("c", parent="b", start=1, attributes=large))
        send(store, make_span("b", parent="a", start=0.5))
        access = Access("acme", TRACE, "1", T0, "ada", "trace", "allowed", "r1")
        store.record_access(access)

        assert send(store, root("a", trace_id=TRACE), wanted="session-1") == "session-1"

        assert names(store, "session-1") == ["a", "b", "c"]
        found = store.read_execution("acme", "session-1")
        assert found is not None
        assert (found.workflow_name, found.status, found.counters.spans) == ("a", "succeeded", 3)
        span = stored_span(store, "acme", "session-1", span_id("c"))
        assert span is not None
        assert span.attributes == large
        assert [a.principal for a in store.list_accesses("acme", "session-1").items] == ["ada"]
        assert [e.execution_id for e in store.list_executions("acme").items] == ["session-1"]
        assert store.read_execution("acme", TRACE) == found

    def test_whoever_still_writes_to_the_old_place_is_sent_on(self, store: TraceStore) -> None:
        send(store, make_span("b", parent="a"))
        send(store, root("a"), wanted="session-1")

        assert receive(store, TRACE, [make_span("c", parent="a")]) == "session-1"

        assert names(store, "session-1") == ["a", "b", "c"]

    def test_what_has_ended_stays_ended_when_it_moves(self, store: TraceStore) -> None:
        send(store, root("a"))
        send(store, make_span("b", parent="a"), wanted="session-1")

        found = store.read_execution("acme", "session-1")
        assert found is not None
        assert (found.status, found.workflow_name, found.counters.spans) == ("succeeded", "a", 2)

    def test_it_moves_into_an_execution_that_is_there(self, store: TraceStore) -> None:
        send(store, root("a", trace_id=OTHER_TRACE), wanted="session-1")
        send(store, make_span("c", parent="b", start=2))
        send(store, root("b", start=1), wanted="session-1")

        assert names(store, "session-1") == ["a", "b", "c"]
        found = store.read_execution("acme", "session-1")
        assert found is not None
        assert (found.workflow_name, found.counters.spans) == ("a", 3)

    def test_two_traces_that_want_each_other_end_in_one(self, store: TraceStore) -> None:
        send(store, make_span("a"))
        send(store, make_span("b", trace_id=OTHER_TRACE))
        send(store, make_span("c"), wanted=OTHER_TRACE)
        kept_at = send(store, make_span("d", trace_id=OTHER_TRACE), wanted=TRACE)

        assert kept_at == TRACE
        assert names(store, kept_at) == ["a", "b", "c", "d"]

    def test_a_trace_that_is_wanted_where_it_is_stays(self, store: TraceStore) -> None:
        send(store, make_span("a"))
        assert send(store, make_span("b"), wanted=TRACE) == TRACE


def test_what_is_there_already_is_not_counted_again_by_a_move(store: TraceStore) -> None:
    """The same request went to both: to the trace, and to the execution that it turns out to belong to."""
    spans = [make_span("b", parent="a", start=1)]
    send(store, *spans)
    receive(store, "session-1", spans)

    assert send(store, root("a"), wanted="session-1") == "session-1"

    found = store.read_execution("acme", "session-1")
    assert found is not None
    assert (names(store, "session-1"), found.counters.spans) == (["a", "b"], 2)
