"""What the SDK calls when spans start and end."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from threading import Lock, RLock
from typing import Any, Final

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace import Span as SdkSpan

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.model.span import ERROR, Span
from spanvas.privacy.redact import Redactor
from spanvas.semantics.reader import kind_of
from spanvas.tracing.children import Parent
from spanvas.tracing.context import Place, current_place
from spanvas.tracing.convert import Converter
from spanvas.tracing.health import Health, guarded
from spanvas.tracing.run import Run

MAX_OPEN: Final = 20_000
MAX_RUNS: Final = 256

LOCKED: Final = ("_attributes", "_events", "_links")
"""What of an SDK's span has a lock of its own, besides the span."""

Sink = Callable[[Run, Span], None]


@dataclass(slots=True)
class _OpenSpan:
    span: SdkSpan
    place: Place
    kind: str
    is_announced: bool = False


class RecordingProcessor(SpanProcessor):
    """Knows which execution every span belongs to, and hands it on redacted when it has ended.

    Spans that are open are kept too: those of steps are stored before they end, and a function whose time runs out
    ends all of them.
    """

    def __init__(self, redactor: Redactor, health: Health, clock: Callable[[], int]) -> None:
        self.problems = health
        self._redactor = redactor
        self._clock = clock
        self._sinks: list[Sink] = []
        self._converter = Converter()
        self._open: OrderedDict[int, _OpenSpan] = OrderedDict()
        self._left: list[_OpenSpan] = []
        self._runs: OrderedDict[int, Run] = OrderedDict()
        self._held: list[tuple[Run, Span]] = []
        self._lock = Lock()
        self._parent: Parent | None = None
        """The process that runs the executions which this one has inherited."""

    def after_fork(self, parent: Parent | None) -> None:
        """Open spans are the parent's to end. Their locks may be held, by threads that are not here."""
        for opened in self._open.values():
            make_usable(opened.span)
        for run in self._runs.values():
            run.is_inherited = True
        self._redactor.after_fork()
        self._parent = parent
        self._lock = Lock()
        self._open = OrderedDict()
        self._left, self._held = [], []

    def add_sink(self, sink: Sink) -> None:
        """Where every recorded span goes, with its execution."""
        self._sinks.append(sink)

    def register(self, run: Run) -> None:
        """Spans of this trace belong to that execution, also after its end."""
        with self._lock:
            self._runs[int(run.trace_id, 16)] = run
            while len(self._runs) > MAX_RUNS:
                self._runs.popitem(last=False)

    @guarded()
    def on_start(self, span: SdkSpan, parent_context: Context | None = None) -> None:
        place = current_place(parent_context) or self._place_by_trace(span)
        if place is None:
            self.problems.count("spans.without_execution")
            return
        if place.run.is_disowned:
            return
        assert span.context is not None
        kind = kind_of(span.attributes or {})
        is_elsewhere = place.run.is_passed_on and _is_root(span, place.run)
        self.started(place.run)
        with self._lock:
            self._open[span.context.span_id] = _OpenSpan(span, place, kind, is_elsewhere)
            while len(self._open) > MAX_OPEN:
                self._open.popitem(last=False)

    @guarded()
    def on_end(self, span: ReadableSpan) -> None:
        assert span.context is not None
        with self._lock:
            opened = self._open.pop(span.context.span_id, None)
        place = opened.place if opened is not None else self._place_by_trace(span)
        if opened is not None and opened.kind == kinds.NODE:
            opened.place.run.last_node = (opened.place.node_id, f"{span.context.span_id:016x}")
        if opened is None and place is not None and place.run.is_inherited:
            return  # begun by the parent, which ends it
        if place is not None and not place.run.is_disowned:
            self.emit(place.run, self._recorded(span, place))

    def shutdown(self) -> None:
        """Nothing is held here that has to be let go."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Flushing has a deadline of its own; the SDK's callers do not have to wait for it."""
        return True

    def started_spans(self) -> Iterator[tuple[Run, Span]]:
        """Spans of steps that are open and have not been told yet, as they are now. Called by the exporter's thread."""
        with self._lock:
            waiting, self._left = self._left, []
            waiting += [
                opened
                for opened in self._open.values()
                if not opened.is_announced
                and opened.kind in kinds.DURABLE_AT_START
                and not opened.place.run.is_undecided
            ]
        for opened in waiting:
            opened.is_announced = True
            run = opened.place.run
            yield run, self._recorded(opened.span, opened.place)

    def leave(self, span: SdkSpan) -> None:
        """Let go of a span that somebody else is going to end. That it has started is told, if it has not been."""
        assert span.context is not None
        with self._lock:
            opened = self._open.pop(span.context.span_id, None)
            if opened is not None and not opened.is_announced:
                self._left.append(opened)

    def decided(self, run: Run) -> None:
        """What has ended meanwhile goes where all goes, unless the execution is somebody else's."""
        with self._lock:
            run.is_undecided = False
            freed = [span for held, span in self._held if held is run]
            self._held = [item for item in self._held if item[0] is not run]
        if not run.is_disowned:
            for span in freed:
                self.emit(run, span)

    def forget(self, run: Run) -> None:
        """Let go of all that is open of an execution; none of it is recorded when it ends."""
        with self._lock:
            for span_id in [i for i, opened in self._open.items() if opened.place.run is run]:
                del self._open[span_id]
            self._left = [opened for opened in self._left if opened.place.run is not run]

    def open_node(self, run: Run) -> tuple[str | None, str | None]:
        """Node id and span id of the deepest node of an execution that is open."""
        with self._lock:
            for span_id, opened in reversed(self._open.items()):
                if opened.place.run is run and opened.kind == kinds.NODE:
                    return opened.place.node_id, f"{span_id:016x}"
        return None, None

    def truncate(self, run: Run, message: str) -> None:
        """Record every open span of an execution as ended now. The spans themselves go on: a later end wins.

        A root that is somebody else's to end is none of them.
        """
        with self._lock:
            opened_spans = [
                opened
                for opened in self._open.values()
                if opened.place.run is run and (run.is_ended_here or not _is_root(opened.span, run))
            ]
        now = self._clock()
        for opened in opened_spans:
            span = self._recorded(opened.span, opened.place)
            if span.end_time_unix_nano is not None:  # meanwhile, by itself
                continue
            self.emit(
                run,
                replace(
                    span,
                    end_time_unix_nano=now,
                    status=ERROR,
                    status_message=message,
                    attributes={
                        **span.attributes,
                        names.TRUNCATED: "deadline",
                        names.ERROR_TYPE: "Timeout",
                    },
                ),
            )

    def _recorded(self, span: ReadableSpan, place: Place) -> Span:
        """Ours, redacted."""
        converted = self._converter.convert(
            span,
            recorded_at_unix_nano=self._clock(),
            node_id=place.node_id,
            deadline_unix_nano=place.run.deadline_unix_nano,
        )
        return self._redactor.redact(converted)

    def started(self, run: Run) -> None:
        """A span has begun here, or in a child of this process: whoever runs the execution counts it."""
        if run.is_inherited and self._parent is not None:
            self._parent.started(run)

    def emit(self, run: Run, span: Span) -> None:
        """To whoever takes recorded spans: in a forked child that is its parent, if the execution is the parent's."""
        if run.is_inherited:
            if self._parent is not None:
                self._parent.ended(run, span)
            return
        with self._lock:
            is_held = run.is_undecided
            if is_held:
                self._held.append((run, span))
        for sink in () if is_held else self._sinks:
            sink(run, span)

    def _place_by_trace(self, span: ReadableSpan) -> Place | None:
        assert span.context is not None
        run = self._runs.get(span.context.trace_id)
        return Place(run) if run is not None else None


def make_usable(span: SdkSpan) -> None:
    """Give the SDK's span new locks, in a process that has none of the threads which may hold them."""
    owners: list[Any] = [span, *(getattr(span, name, None) for name in LOCKED)]
    for owner in owners:
        held = getattr(owner, "_lock", None)
        if held is not None:
            owner._lock = RLock() if "RLock" in type(held).__name__ else Lock()


def _is_root(span: ReadableSpan, run: Run) -> bool:
    assert span.context is not None
    return f"{span.context.span_id:016x}" == run.root_span_id
