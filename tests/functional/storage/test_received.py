"""Executions that nobody registers: the fake and the real store keep, bind and move them alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

import boto3
import pytest

from spanvas.model.access import Access
from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution import Cause
from spanvas.model.span import Span
from spanvas.storage import items
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import SpanBatch, TraceStore
from spanvas_api.ingest.executions import Group, sighting_of
from tests.builders import SECOND, T0, Clock, make_execution, make_span, span_id

TRACE = "0af7651916cd43dd8448eb211c80319c"
OTHER_TRACE = "11111111111111112222222222222222"


def send(
    store: TraceStore,
    *spans: Span,
    wanted: str = "",
    tenant: str = "acme",
    is_explicit: bool = False,
    now: int = T0,
) -> str:
    """As the ingest does it, for spans of one trace. Where they are kept."""
    binding = store.bind_trace(tenant, spans[0].trace_id, wanted, is_explicit=is_explicit)
    return receive(store, binding.execution_id, spans, tenant, binding.is_new, now)


def receive(
    store: TraceStore,
    execution_id: str,
    spans: Sequence[Span],
    tenant: str = "acme",
    is_new: bool = False,
    now: int = T0,
) -> str:
    sighting = sighting_of(Group(execution_id, spans=list(spans)), tenant, "collector", now, 900)
    return store.receive(SpanBatch(tenant, execution_id, spans), sighting, is_new=is_new)


def root(label: str = "root", **overrides: Any) -> Span:
    return make_span(label, **{"kind": "agent", **overrides})


def names(store: TraceStore, execution_id: str, tenant: str = "acme") -> list[str]:
    trace = store.read_trace(tenant, execution_id)
    assert trace is not None
    return sorted(row.name for row in trace.rows)


def listed(store: TraceStore, workflow_id: str) -> list[str]:
    page = store.list_executions("acme", workflow_id=workflow_id)
    return [execution.execution_id for execution in page.items]


@contextmanager
def cut_off(store: DynamoTraceStore, failing: int) -> Iterator[None]:
    """The call of that number never reaches DynamoDB."""
    events = _client(store).meta.events
    numbers = count(1)

    def fail(**_: Any) -> None:
        if next(numbers) == failing:
            raise StoreUnavailableError("cut off")

    events.register("before-call.dynamodb.*", fail)
    try:
        yield
    finally:
        events.unregister("before-call.dynamodb.*", fail)


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


class TestDeadlines:
    def test_without_a_root_it_is_lost_after_its_deadline_and_back_with_the_next_span(
        self, store: TraceStore, clock: Clock
    ) -> None:
        send(store, make_span("b", parent="root"))
        clock.advance(901)
        (overdue,) = store.list_overdue()
        assert overdue.cause == Cause(
            "Lost", "Spans stopped coming, and none without a parent has ended."
        )
        assert store.close_as_lost(overdue, overdue.cause)

        send(store, make_span("c", parent="root"), now=clock.now)

        found = store.read_execution("acme", TRACE)
        assert found is not None
        assert (found.status, found.cause, found.ended_at_unix_nano) == ("running", None, None)
        assert found.deadline_unix_nano == clock.now + 900 * SECOND
        clock.advance(901)
        assert [e.execution_id for e in store.list_overdue()] == [TRACE]

    def test_an_end_is_taken_even_of_one_that_was_lost(
        self, store: TraceStore, clock: Clock
    ) -> None:
        send(store, make_span("b", parent="root"))
        clock.advance(901)
        (overdue,) = store.list_overdue()
        store.close_as_lost(overdue, Cause("Lost", "gone"))

        send(store, root(), now=clock.now)

        found = store.read_execution("acme", TRACE)
        assert found is not None
        assert (found.status, found.cause) == ("succeeded", None)
        assert store.list_overdue() == []


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
        span = store.read_span("acme", TRACE, span_id("a"))
        assert span is not None
        assert span.name == "a"
        assert [s.name for s in store.read_spans("acme", TRACE, max_bytes=1).items] == ["a"]

    def test_once_bound_a_trace_stays(self, store: TraceStore) -> None:
        send(store, root("a"), wanted="session-1")
        assert send(store, make_span("b", parent="a"), wanted="session-2") == "session-1"


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
        span = store.read_span("acme", "session-1", span_id("c"))
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

        assert kept_at == OTHER_TRACE
        assert names(store, kept_at) == ["a", "b", "c", "d"]

    def test_a_trace_that_is_wanted_where_it_is_stays(self, store: TraceStore) -> None:
        send(store, make_span("a"))
        assert send(store, make_span("b"), wanted=TRACE) == TRACE


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
        send(
            store, root("a", end_time_unix_nano=T0 + 2 * SECOND), wanted="exec_1", is_explicit=True
        )

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


class TestCutOff:
    """Every write of a move and of a request fails once, at each place: sent again, all of it is there."""

    @pytest.fixture
    def real(self, store: TraceStore) -> DynamoTraceStore:
        if not isinstance(store, DynamoTraceStore) or not hasattr(_client(store), "meta"):
            pytest.skip("needs a client whose calls can be made to fail")
        return store

    @pytest.mark.parametrize("failing", range(1, 22))
    def test_a_move_that_is_cut_off_is_finished_by_the_next_request(
        self, real: DynamoTraceStore, failing: int
    ) -> None:
        send(real, make_span("c", parent="b", start=1))
        send(real, make_span("b", parent="a", start=0.5))
        with cut_off(real, failing):
            try:
                kept_at = send(real, root("a"), wanted="session-1")
            except StoreUnavailableError:
                visible = {
                    name for place in (TRACE, "session-1") for name in _names_if_any(real, place)
                }
                assert visible >= {"b", "c"}
                kept_at = send(real, root("a"), wanted="session-1")

        assert kept_at == "session-1"
        assert names(real, "session-1") == ["a", "b", "c"]
        found = real.read_execution("acme", "session-1")
        assert found is not None
        assert (found.status, found.workflow_name) == ("succeeded", "a")
        assert [e.execution_id for e in real.list_executions("acme").items] == ["session-1"]

    @pytest.mark.parametrize("failing", range(1, 6))
    def test_a_request_that_is_cut_off_is_whole_when_it_is_sent_again(
        self, real: DynamoTraceStore, failing: int
    ) -> None:
        with cut_off(real, failing):
            try:
                send(real, root("a"))
            except StoreUnavailableError:
                send(real, root("a"))
        assert names(real, TRACE) == ["a"]
        found = real.read_execution("acme", TRACE)
        assert found is not None
        assert found.status == "succeeded"

    def test_others_may_write_at_every_moment(self, real: DynamoTraceStore) -> None:
        """Between any two calls of one request another request changes the same execution."""
        send(real, make_span("b", parent="a", start=3))
        client = _client(real)
        others = iter(range(6))
        busy = False

        def interfere(**_: Any) -> None:
            nonlocal busy
            number = next(others, None)
            if busy or number is None:
                return
            busy = True
            receive(real, TRACE, [make_span(f"x{number}", parent="a", start=2 - number / 10)])
            busy = False

        client.meta.events.register("before-call.dynamodb.UpdateItem", interfere)
        try:
            send(real, root("a"))
        finally:
            client.meta.events.unregister("before-call.dynamodb.UpdateItem", interfere)
        found = real.read_execution("acme", TRACE)
        assert found is not None
        assert (found.status, found.workflow_name, found.started_at_unix_nano) == (
            "succeeded",
            "a",
            T0,
        )
        assert found.counters.spans == len(names(real, TRACE))

    def test_endless_interference_is_told_as_a_store_that_is_too_busy(
        self, real: DynamoTraceStore
    ) -> None:
        send(real, make_span("b", parent="a", start=3))
        client = _client(real)
        table = real._executions._table
        plain = boto3.client("dynamodb")

        def interfere(**_: Any) -> None:
            plain.update_item(
                TableName=table,
                Key=items.key("acme", TRACE),
                UpdateExpression="ADD revision :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
            )

        client.meta.events.register("before-call.dynamodb.UpdateItem", interfere)
        with pytest.raises(StoreUnavailableError, match="too many"):
            send(real, root("a"))


def test_what_is_there_already_is_not_counted_again_by_a_move(store: TraceStore) -> None:
    """The same request went to both: to the trace, and to the execution that it turns out to belong to."""
    spans = [make_span("b", parent="a", start=1)]
    send(store, *spans)
    receive(store, "session-1", spans)

    assert send(store, root("a"), wanted="session-1") == "session-1"

    found = store.read_execution("acme", "session-1")
    assert found is not None
    assert (names(store, "session-1"), found.counters.spans) == (["a", "b"], 2)


class TestAtTheSameTime:
    """What others do between two calls, and circles that nobody should make."""

    @pytest.fixture
    def real(self, store: TraceStore) -> DynamoTraceStore:
        if not isinstance(store, DynamoTraceStore):
            pytest.skip("the fake does everything at once")
        return store

    def test_of_two_requests_that_bind_a_trace_at_once_one_wins(
        self, real: DynamoTraceStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        executions = real._executions
        change = executions.change

        def beaten(*arguments: Any, **options: Any) -> Any:
            monkeypatch.setattr(executions, "change", change)
            real.bind_trace("acme", TRACE, "session-1", is_explicit=False)
            return change(*arguments, **options)

        monkeypatch.setattr(executions, "change", beaten)
        binding = real.bind_trace("acme", TRACE, "session-2", is_explicit=False)

        assert binding.execution_id == "session-1"

    def test_a_binding_that_is_always_beaten_is_told_as_a_store_that_is_too_busy(
        self, real: DynamoTraceStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(real._executions, "change", lambda *_, **__: None)

        with pytest.raises(StoreUnavailableError, match="too many"):
            real.bind_trace("acme", TRACE, "session-1", is_explicit=False)

    def test_an_execution_that_has_gone_when_it_is_looked_at_is_made_anew(
        self, real: DynamoTraceStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Somebody else makes it between the look and the write, once."""
        executions = real._executions
        item, looks = executions.item, iter([None])

        def gone(tenant: str, execution_id: str) -> Any:
            for nothing in looks:
                send(real, make_span("b", parent="a", start=1))
                return nothing
            return item(tenant, execution_id)

        monkeypatch.setattr(executions, "item", gone)
        receive(real, TRACE, [root("a")])

        assert names(real, TRACE) == ["a", "b"]
        found = real.read_execution("acme", TRACE)
        assert found is not None
        assert found.counters.spans == 2

    def test_a_circle_of_moves_ends(self, real: DynamoTraceStore) -> None:
        for one, other in ((TRACE, OTHER_TRACE), (OTHER_TRACE, TRACE)):
            point(real, one, other)

        with pytest.raises(StoreUnavailableError, match="too many"):
            receive(real, TRACE, [root("a")])
        with pytest.raises(StoreUnavailableError, match="too many"):
            real.bind_trace("acme", "2" * 32, TRACE, is_explicit=False)

    def test_an_execution_that_has_expired_is_no_place_for_a_trace(
        self, real: DynamoTraceStore, clock: Clock
    ) -> None:
        real.start_execution(make_execution("exec_1", trace_id=TRACE))
        clock.advance(31 * 86_400)

        binding = real.bind_trace("acme", TRACE, "", is_explicit=False)

        assert binding.execution_id == TRACE

    def test_where_the_place_of_a_move_has_moved_itself_the_move_goes_on_there(
        self, real: DynamoTraceStore
    ) -> None:
        send(real, make_span("b", parent="a", start=1))
        point(real, "session-1", "session-2")
        send(real, make_span("x", trace_id=OTHER_TRACE), wanted="session-2")

        kept_at = send(real, root("a"), wanted="session-1")

        assert kept_at == "session-2"
        assert names(real, "session-2") == ["a", "b", "x"]

    def test_a_large_execution_is_moved_page_by_page(
        self, real: DynamoTraceStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(3):
            send(real, make_span(f"b{number}", parent="a", start=number + 1))
        copier = real._sightings._copier
        query = copier._dynamodb.query
        monkeypatch.setattr(copier._dynamodb, "query", lambda **asked: query(**asked, Limit=2))

        assert send(real, root("a"), wanted="session-1") == "session-1"
        monkeypatch.undo()
        assert names(real, "session-1") == ["a", "b0", "b1", "b2"]


def point(store: DynamoTraceStore, execution_id: str, target: str) -> None:
    """As an execution that has moved."""
    moved = {items.MOVED_TO: items.s(target), items.MOVED: items.n(1)}
    item = {**items.key("acme", execution_id), **moved, "revision": items.n(1)}
    store._executions._dynamodb.put_item(TableName=store._executions._table, Item=item)


def _client(store: DynamoTraceStore) -> Any:
    return store._executions._dynamodb


def _names_if_any(store: TraceStore, execution_id: str) -> list[str]:
    trace = store.read_trace("acme", execution_id)
    return [row.name for row in trace.rows] if trace else []
