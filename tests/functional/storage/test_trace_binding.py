"""Whatever the order, the cut and the repetition of requests, the same executions come out.

The reference is `executions_of`: traces and the names that their spans say are joined. Requests are random lists of
spans from a random world, sent from two sandboxes that remember different things.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from spanvas.model.execution import Counters
from spanvas.model.ids import as_execution_id, is_trace_id
from spanvas.model.span import Span
from spanvas.storage.port import SpanBatch, TraceStore
from spanvas_api.ingest.executions import Bindings
from spanvas_api.received.updates import update_of
from tests.support.aws_in_process import mocked_store
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span
from tests.support.memory_store import MemoryTraceStore

TRACES = ("1" * 32, "2" * 32, "3" * 32, "4" * 32)
REGISTERED, ITS_TRACE = "run-r", "9" * 32
"""An execution that was registered before all spans, and the trace that it was registered with."""
OWN, ATTRIBUTE = "spanvas.execution.id", "my.run"
NAMES = ("run-a", "run-b", "patients/7", "patients/8", REGISTERED, TRACES[0])
"""Two of them are no execution ids: an execution keeps what its sender calls it beside its own id."""

WRONG_START, WRONG_END = -(T0 // SECOND) + 60, T0 + 1_000_000_000 * SECOND
"""A minute after 1970, in seconds after T0; and some day of 2058."""
INTERRUPT = {"status": "error", "status_message": "GraphInterrupt(...)"}
OUTCOMES: tuple[dict[str, Any], ...] = (
    {"status": "ok"},
    {"status": "error"},
    {"status": "error", "status_message": "CancelledError"},
    INTERRUPT,
    INTERRUPT,
)


def name_of(span: Span) -> str:
    return as_execution_id(span.attributes.get(OWN) or span.attributes.get(ATTRIBUTE))


def executions_of(spans: Iterable[Span]) -> dict[str, set[str]]:
    """The names of spans by execution: the reference."""
    moved: dict[str, str] = {}

    def end(name: str) -> str:
        return end(moved[name]) if name in moved else name

    found: dict[str, set[str]] = {}
    for span in spans:
        if span.trace_id != ITS_TRACE and end(span.trace_id) != end(name_of(span) or span.trace_id):
            ids = (end(span.trace_id), end(name_of(span)))
            first, last = sorted(
                ids, key=lambda name: (name != REGISTERED, is_trace_id(name), name)
            )
            moved[last] = first
    for span in spans:
        name = as_execution_id(span.attributes.get(OWN, REGISTERED))
        own = name if span.trace_id == ITS_TRACE else span.trace_id
        found.setdefault(end(own), set()).add(span.name)
    return found


class Sandbox:
    """One process of the ingest: what it remembers of traces is its own."""

    def __init__(self, store: TraceStore, pool: ThreadPoolExecutor) -> None:
        self._store = store
        self._pool = pool
        self._bindings = Bindings([ATTRIBUTE])

    def send(self, spans: Iterable[Span]) -> None:
        for group in self._bindings.groups(self._store, "acme", spans, self._pool).groups:
            update = update_of(group, "acme", "collector", T0, 900, [ATTRIBUTE])
            batch = SpanBatch("acme", group.execution_id, group.spans)
            kept_at = self._store.receive(batch, update, is_new=group.is_new)
            self._bindings.follow("acme", group, kept_at)


@st.composite
def worlds(draw: st.DrawFn) -> list[Span]:
    """Spans of a few traces. Some come twice, open and ended, and some of those say their name at their end alone."""
    spans = []
    for number in range(draw(st.integers(1, 9))):
        parent = draw(st.sampled_from([None, "x"]))
        name = draw(st.sampled_from(["", "", *NAMES]))
        attributes: dict[str, Any] = {draw(st.sampled_from([OWN, ATTRIBUTE])): name} if name else {}
        options: dict[str, Any] = {
            "trace_id": draw(st.sampled_from([*TRACES, ITS_TRACE])),
            "start": draw(st.integers(0, 3)),
            "name": f"s{number}",
            **draw(st.sampled_from(OUTCOMES)),
        }
        ended = T0 + draw(st.integers(3, 5)) * SECOND
        wrong = draw(st.sampled_from([*[0] * 7, WRONG_START, WRONG_END]))
        if wrong == WRONG_START:
            options["start"] = WRONG_START
        elif wrong:
            ended = wrong
        said = {**attributes, "spanvas.workflow.name": f"flow {number}"}
        whole = make_span(
            f"s{number}", parent, attributes=said, end_time_unix_nano=ended, **options
        )
        spans.append(whole)
        if draw(st.booleans()):
            known = draw(st.sampled_from([{}, attributes]))
            spans.append(replace(whole, attributes=known, end_time_unix_nano=None))
    return spans


class Requests(RuleBasedStateMachine):
    """Sends random requests, and compares what is stored with the reference and with one request of all spans."""

    is_checked_always = True

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.pool = self.stack.enter_context(ThreadPoolExecutor(1))
        self.sent: list[Span] = []

    def make_store(self) -> TraceStore:
        return MemoryTraceStore(clock=Clock())

    @initialize(world=worlds())
    def start(self, world: list[Span]) -> None:
        self.world = world
        self.store = self.make_store()
        register(self.store)
        self.sandboxes = [Sandbox(self.store, self.pool) for _ in range(2)]

    @rule(data=st.data(), sandbox=st.integers(0, 1))
    def send(self, data: st.DataObject, sandbox: int) -> None:
        request = data.draw(st.lists(st.sampled_from(self.world), min_size=1, max_size=4))
        self.sandboxes[sandbox].send(request)
        self.sent += request

    @invariant()
    def the_same_executions_come_out(self) -> None:
        if self.is_checked_always and self.sent:
            self.check()

    def teardown(self) -> None:
        try:
            if self.sent:
                self.check()
        finally:
            self.stack.close()

    def check(self) -> None:
        found = {
            execution.execution_id: names_in(self.store, execution.execution_id)
            for execution in self.store.list_executions("acme").items
        }
        assert found == {REGISTERED: set()} | executions_of(self.sent)
        at_once = MemoryTraceStore(clock=Clock())
        register(at_once)
        Sandbox(at_once, self.pool).send([span for span in self.world if span in self.sent])
        for name in map(as_execution_id, (*TRACES, *NAMES)):
            assert facts_of(self.store, name) == facts_of(at_once, name), name


class RequestsToTheRealStore(Requests):
    is_checked_always = False

    def make_store(self) -> TraceStore:
        return self.stack.enter_context(mocked_store(Clock()))


def register(store: TraceStore) -> None:
    store.start_execution(make_execution(REGISTERED, trace_id=ITS_TRACE))


def names_in(store: TraceStore, execution_id: str) -> set[str]:
    trace = store.read_trace("acme", execution_id)
    assert trace is not None
    return {row.name for row in trace.rows}


def facts_of(store: TraceStore, name: str) -> Any:
    found = store.read_execution("acme", name)
    if found is None:
        return None
    # In the history it stays where it was seen first, while its start was out of sight.
    facts = replace(found, counters=Counters(), revision=0, listed_at_unix_nano=None)
    return facts, names_in(store, name)


TestRequestsToTheFake = Requests.TestCase
TestRequestsToTheFake.settings = settings(max_examples=60, stateful_step_count=8, deadline=None)
TestRequestsToTheRealStore = RequestsToTheRealStore.TestCase
TestRequestsToTheRealStore.settings = settings(
    max_examples=15, stateful_step_count=6, deadline=None
)
