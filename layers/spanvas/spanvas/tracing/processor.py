"""What the SDK calls when spans start and end."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from typing import Final

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace import Span as SdkSpan

from spanvas import attributes as names
from spanvas import handles as public
from spanvas.model import kinds, own_messages
from spanvas.model.execution import Cause
from spanvas.model.span import ERROR, Span
from spanvas.privacy.redact import Redactor
from spanvas.semantics.reader import kind_of
from spanvas.tracing.children import Parent, make_usable
from spanvas.tracing.context import SpanScope
from spanvas.tracing.convert import Converter, Placement
from spanvas.tracing.execution_state import ExecutionState, rested
from spanvas.tracing.health import Health, guarded
from spanvas.tracing.traces import Traces

MAX_OPEN: Final = 20_000

Sink = Callable[[ExecutionState, Span], None]


@dataclass(slots=True)
class _OpenSpan:
    span: SdkSpan
    scope: SpanScope
    kind: str
    is_start_exported: bool = False
    placement: Placement | None = None
    last_end_unix_nano: int | None = None
    """Of what has ended directly below it."""


class RecordingProcessor(SpanProcessor):
    """Knows which execution every span belongs to, and hands it on redacted when it has ended.

    Spans that are open are kept too: those of steps are stored before they end, and a function whose time runs out
    ends all of them.
    """

    def __init__(
        self, redactor: Redactor, health: Health, clock: Callable[[], int], traces: Traces
    ) -> None:
        self.problems = health
        self._traces = traces
        self._redactor = redactor
        self._clock = clock
        self._sinks: list[Sink] = []
        self._converter = Converter()
        self._open: OrderedDict[int, _OpenSpan] = OrderedDict()
        self._left: list[_OpenSpan] = []
        self._held: list[tuple[ExecutionState, Span]] = []
        self._lock = Lock()
        self._parent: Parent | None = None
        """The process that runs the executions which this one has inherited."""

    def after_fork(self, parent: Parent | None) -> None:
        """Leaves the open spans to the parent. Their locks may be held by threads that are not in this process."""
        for opened in self._open.values():
            make_usable(opened.span)
        self._traces.after_fork()
        self._redactor.after_fork()
        self._parent = parent
        self._lock = Lock()
        self._open = OrderedDict()
        self._left, self._held = [], []

    def add_sink(self, sink: Sink) -> None:
        """Adds a receiver of every recorded span and its execution."""
        self._sinks.append(sink)

    @guarded()
    def on_start(self, span: SdkSpan, parent_context: Context | None = None) -> None:
        """Keeps the open span with its execution; a span of no execution is counted and ignored."""
        assert span.context is not None
        scope = self._traces.scope_of(parent_context, span.context.trace_id, span.parent)
        if scope is None:
            self.problems.count("spans.without_execution")
            return
        if scope.run.is_discarded or self._traces.takes_for_ours(span, scope):
            return
        kind = kind_of(span.attributes or {})
        is_elsewhere = scope.run.is_continued and scope.run.is_root(span.context.span_id)
        placement = self._traces.placement_of(span, scope, parent_context)
        self.started(scope.run)
        scope.run.note_begun(span.name)
        with self._lock:
            self._open[span.context.span_id] = _OpenSpan(span, scope, kind, is_elsewhere, placement)
            while len(self._open) > MAX_OPEN:
                self._open.popitem(last=False)

    def on_end(self, span: ReadableSpan) -> None:
        """Emits the span. Guarded here, not by the decorator: that would be one frame more for every span."""
        try:
            ended = self._ended(span)
            if ended is not None:
                self.emit(*ended)
        except Exception as error:  # noqa: BLE001 - the user's execution goes on, whatever this was
            self.problems.problem("on_end", error)

    def shutdown(self) -> None:
        """Does nothing: nothing is held here."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Does nothing: flushing has a deadline of its own, for which the SDK's callers do not have to wait."""
        return True

    def started_spans(self) -> Iterator[tuple[ExecutionState, Span]]:
        """Yields open spans of nodes and workflows whose start is not exported yet. Called by the exporter's thread."""
        with self._lock:
            waiting, self._left = self._left, []
            waiting += [
                opened
                for opened in self._open.values()
                if not opened.is_start_exported
                and opened.kind in kinds.DURABLE_AT_START
                and not opened.scope.run.is_deferred
            ]
        for opened in waiting:
            opened.is_start_exported = True
            run = opened.scope.run
            yield run, self._recorded(opened.span, opened.scope, opened.placement)

    def leave(self, span: SdkSpan) -> None:
        """Lets go of a span that somebody else is going to end. Queues its start record if not yet exported."""
        assert span.context is not None
        with self._lock:
            opened = self._open.pop(span.context.span_id, None)
            if opened is not None and not opened.is_start_exported:
                self._left.append(opened)

    def defer(
        self, run: ExecutionState, resume: Callable[[ExecutionState], None] | None = None
    ) -> DeferredRecording:
        """Keeps in the process what ends of an execution, until the handle is closed: then it is resumed."""
        run.is_deferred = True
        return DeferredRecording(self.problems, partial(resume or self.resume, run))

    def resume(self, run: ExecutionState) -> None:
        """Emits what has ended of a deferred execution, unless it was discarded meanwhile."""
        with self._lock:
            run.is_deferred = False
            freed = [span for held, span in self._held if held is run]
            self._held = [item for item in self._held if item[0] is not run]
        if not run.is_discarded:
            for span in freed:
                self.emit(run, span)

    def discard(self, run: ExecutionState) -> None:
        """Lets go of all that is open of an execution; none of it is recorded when it ends."""
        run.is_discarded = True
        with self._lock:
            for span_id in [i for i, opened in self._open.items() if opened.scope.run is run]:
                del self._open[span_id]
            self._left = [opened for opened in self._left if opened.scope.run is not run]

    def cut_short(self, run: ExecutionState) -> None:
        """Records every open span of an execution as ended now, since its function's time is about to run out. The
        spans themselves go on: a later end wins."""
        if run.is_ended:
            return
        with self._lock:
            opened_spans = [item for item in self._open.values() if item.scope.run is run]
        now = self._clock()
        node_id, span_id, where = _last_node(run, opened_spans)
        message = own_messages.CUT.format(where)
        for opened in opened_spans:
            assert opened.span.context is not None
            if run.is_left_open(opened.span.context.span_id, opened.span.attributes or {}):
                continue  # somebody else ends it
            span = self._recorded(opened.span, opened.scope, opened.placement)
            if span.end_time_unix_nano is None:  # else it has ended meanwhile, by itself
                self.emit(run, _truncated(span, now, message))
        if run.is_ended_here:
            run.time_out(self._clock(), Cause("Timeout", message, node_id, span_id))

    def _ended(self, span: ReadableSpan) -> tuple[ExecutionState, Span] | None:
        """Returns what is recorded of a span that has ended; None where nothing is."""
        assert span.context is not None
        own_id = span.context.span_id
        with self._lock:
            opened = self._open.pop(own_id, None)
            self._note_end(span, opened)
        scope = (
            opened.scope
            if opened is not None
            else self._traces.scope_by_trace(span.context.trace_id)
        )
        if opened is not None and opened.kind == kinds.NODE:
            opened.scope.run.last_ended_node = (opened.scope.node_id, f"{own_id:016x}")
        if scope is None or scope.run.is_discarded:
            return None
        if opened is None and (scope.run.is_inherited or self._traces.is_taken_for_ours(own_id)):
            return None  # begun by the parent, which ends it, or never to be recorded
        placement = (
            opened.placement if opened is not None else self._traces.placement_by_trace(span, scope)
        )
        recorded = self._recorded(span, scope, placement)
        scope.run.note_outcome(recorded)
        return scope.run, recorded

    def _note_end(self, span: ReadableSpan, opened: _OpenSpan | None) -> None:
        """Remembers at the span above that one below it has ended."""
        if opened is not None and opened.placement is not None:
            parent = self._open.get(int(opened.placement.parent_span_id or "0", 16))
        else:
            parent = self._open.get(span.parent.span_id) if span.parent is not None else None
        if parent is not None and span.end_time is not None:
            parent.last_end_unix_nano = max(parent.last_end_unix_nano or 0, span.end_time)

    def last_moment_in(self, span_id: int) -> int | None:
        """Returns when the last span below an open one has ended, or when that began; None where it is not open."""
        with self._lock:
            opened = self._open.get(span_id)
        if opened is None:
            return None
        return opened.last_end_unix_nano or opened.span.start_time

    def _recorded(self, span: ReadableSpan, scope: SpanScope, placement: Placement | None) -> Span:
        """Returns our redacted span of an SDK's span."""
        converted = self._converter.convert(
            span,
            recorded_at_unix_nano=self._clock(),
            node_id=scope.node_id,
            deadline_unix_nano=scope.run.deadline_unix_nano,
            placement=placement,
        )
        return self._redactor.redact(rested(scope.run, converted))

    def started(self, run: ExecutionState) -> None:
        """Tells the parent, in a forked child, that a span of the parent's execution has begun."""
        if run.is_inherited and self._parent is not None:
            self._parent.started(run)

    def emit(self, run: ExecutionState, span: Span) -> None:
        """Hands a recorded span to the sinks; in a forked child, to the parent if it runs the execution."""
        if run.is_inherited:
            if self._parent is not None:
                self._parent.ended(run, span)
            return
        with self._lock:
            is_held = run.is_deferred
            if is_held:
                self._held.append((run, span))
        for sink in () if is_held else self._sinks:
            sink(run, span)


class DeferredRecording(public.Handle):
    """While it is open, nothing of the execution leaves the process, and its function's time is not watched."""

    __slots__ = ("_resume", "problems")

    def __init__(self, problems: Health, resume: Callable[[], None]) -> None:
        self.problems, self._resume = problems, resume

    @guarded()
    def close(self, error: BaseException | None) -> None:
        """Records what was deferred, unless it has been discarded."""
        self._resume()


def _last_node(
    run: ExecutionState, opened_spans: list[_OpenSpan]
) -> tuple[str | None, str | None, str]:
    """Returns node id and span id of the deepest open node, else of the last ended one, and the words for where."""
    for opened in reversed(opened_spans):
        if opened.kind == kinds.NODE and opened.scope.node_id:
            assert opened.span.context is not None
            node_id = opened.scope.node_id
            return node_id, f"{opened.span.context.span_id:016x}", f" in node {node_id}"
    if run.last_ended_node is not None:
        return *run.last_ended_node, f" after node {run.last_ended_node[0]}"
    return None, None, ""


def _truncated(span: Span, now: int, message: str) -> Span:
    return replace(
        span,
        end_time_unix_nano=now,
        status=ERROR,
        status_message=message,
        attributes={
            **span.attributes,
            names.TRUNCATED: "deadline",
            names.ERROR_TYPE: "Timeout",
        },
    )
