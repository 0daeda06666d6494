"""An engine whose ids count and whose clock ticks, so that what it records can be written down in full.

Span ids are 1, 2, 3, … (roots have the digest of their execution), times 1 s, 2 s, 3 s, …
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from opentelemetry import context as otel_context
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.id_generator import IdGenerator

import spanvas
from spanvas.environment import LambdaEnvironment
from spanvas.model.execution import Execution
from spanvas.model.span import Span
from spanvas.privacy.scan import Scanner
from spanvas.settings import Settings
from spanvas.storage.port import TraceStore
from spanvas.tracing.engine import Engine
from spanvas.tracing.execution_state import ExecutionState, Workflow
from spanvas.tracing.handles import LiveRun
from spanvas.tracing.otlp_exporter import SpanSink
from spanvas.tracing.span_ids import next_ids
from tests.support.memory_store import MemoryTraceStore

SECOND = 1_000_000_000
SCANNER = Scanner()


class TickingClock:
    """A second later at every look of the test's own thread; the exporters' threads see it stand still."""

    def __init__(self, start: int = 0) -> None:
        self.time = start
        self._thread = threading.get_ident()

    def __call__(self) -> int:
        if threading.get_ident() == self._thread:
            self.time += SECOND
        return self.time


class HandClock:
    """Stands still until it is set, for all threads."""

    def __init__(self) -> None:
        self.time = time.time_ns()

    def __call__(self) -> int:
        return self.time


class IncrementalIdGenerator(IdGenerator):
    """1, 2, 3, …, save where the engine says which id comes next."""

    def __init__(self) -> None:
        self._last = 0

    def generate_trace_id(self) -> int:
        given = next_ids.get()
        return given.trace_id if given else self._next()

    def generate_span_id(self) -> int:
        given = next_ids.get()
        return given.span_id if given else self._next()

    def _next(self) -> int:
        self._last += 1
        return self._last


class Recording:
    """An engine behind the public API, its store, and the ended spans in the order of their ends."""

    def __init__(self, engine: Engine, store: TraceStore) -> None:
        self.engine = engine
        self.store = store
        self.spans: list[Span] = []
        self.runs: list[ExecutionState] = []
        engine.processor.add_sink(self._keep)

    def _keep(self, run: ExecutionState, span: Span) -> None:
        self.spans.append(span)
        self.runs.append(run)

    def span(self, name: str) -> Span:
        """The only span of that name."""
        (found,) = [span for span in self.spans if span.name == name]
        return found

    @property
    def names(self) -> list[str]:
        return [span.name for span in self.spans]

    def time_runs_out(self, run: ExecutionState, clock: HandClock) -> None:
        """The guard's moment has come."""
        guard = self.engine.delivery._guard
        clock.time = guard._moments[run]
        guard._worker.nudge()


@contextmanager
def recording(
    *,
    store: TraceStore | None = None,
    make_sink: Callable[[], SpanSink] | None = None,
    environment: dict[str, str] | None = None,
    scanner: Scanner | None = SCANNER,
    clock: Callable[[], int] | None = None,
    id_generator: IdGenerator | None = None,
    is_global: bool = False,
    propagators: tuple[str, ...] = (),
    **settings: Any,
) -> Iterator[Recording]:
    """The public API with an engine of the test's own behind it."""
    patient = {"redaction_budget_ms": 10_000, "store_budget_ms": 60_000, "flush_budget_ms": 60_000}
    settings = {"flush_interval_ms": 3_600_000, **patient, **settings}
    store = store if store is not None else MemoryTraceStore(clock=lambda: SECOND)
    engine = Engine(
        Settings(enabled=True, **settings),
        store=store,
        make_sink=make_sink,
        scanner=scanner,
        resource=Resource({"service.name": "test"}),
        environment=LambdaEnvironment(environment or {}),
        clock=clock or TickingClock(),
        id_generator=id_generator or IncrementalIdGenerator(),
        is_global=is_global,
        propagators=propagators,
    )
    before = (spanvas._engine, spanvas._is_asked)
    spanvas._engine, spanvas._is_asked = engine, True
    # A context of its own: a test that fails half-way leaves nothing open for the next one.
    token = otel_context.attach(Context())
    try:
        yield Recording(engine, store)
    finally:
        otel_context.detach(token)
        spanvas._engine, spanvas._is_asked = before


def eventually(condition: Callable[[], object]) -> None:
    """For what other threads do; patient, since the machine may be busy."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.002)


def execution_of(recorded: Recording, execution_id: str = "e1") -> Execution:
    execution = recorded.store.read_execution("default", execution_id)
    assert execution is not None
    return execution


def rows_of(recorded: Recording) -> dict[str, int | None]:
    """Names of stored spans, with their ends."""
    trace = recorded.store.read_trace("default", "e1")
    return {row.name: row.end_time_unix_nano for row in trace.rows} if trace else {}


def real_time(**settings: Any) -> AbstractContextManager[Recording]:
    return recording(
        store=MemoryTraceStore(), clock=time.time_ns, **{"flush_interval_ms": 10, **settings}
    )


def by_hand(clock: HandClock, **settings: Any) -> AbstractContextManager[Recording]:
    return recording(**{"store": MemoryTraceStore(), "clock": clock, **settings})


def open_run(recorded: Recording, clock: HandClock) -> tuple[ExecutionState, LiveRun]:
    """An execution in a function that has a minute."""
    deadline = clock.time + 60 * SECOND
    run = recorded.engine.executions.new_run("brief", "e1", None, deadline_unix_nano=deadline)
    root = recorded.engine.executions.open_root(run)
    assert root is not None
    return run, root


def as_dict(span: Span) -> dict[str, Any]:
    """What a span says, without what is the same for all: trace, resource and scope."""
    fields: dict[str, Any] = {
        "name": span.name,
        "id": span.span_id,
        "parent": span.parent_span_id,
        "kind": span.kind,
        "seconds": (
            span.start_time_unix_nano / SECOND,
            None if span.end_time_unix_nano is None else span.end_time_unix_nano / SECOND,
        ),
        "status": span.status,
        "attributes": dict(span.attributes),
    }
    if span.status_message:
        fields["message"] = span.status_message
    if span.events:
        fields["events"] = [
            (event.name, event.time_unix_nano / SECOND, dict(event.attributes))
            for event in span.events
        ]
    if span.links:
        fields["links"] = [(link.trace_id, link.span_id) for link in span.links]
    return fields


def make_run(**overrides: Any) -> ExecutionState:
    values: dict[str, Any] = {
        "tenant": "acme",
        "execution_id": "e1",
        "trace_id": "a" * 32,
        "workflow": Workflow("brief"),
        "started_at_unix_nano": 1,
        "deadline_unix_nano": 10**19,
    }
    return ExecutionState(**{**values, **overrides})


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class QuotaError(Exception):
    error_type = "ThrottlingException"
