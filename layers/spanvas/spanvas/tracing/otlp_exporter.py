"""Spans to an OTLP/HTTP endpoint, which is never waited for longer than the budget.

Requests are made in the worker's thread alone, and their own results feed the breaker: the stock exporter blocks for up
to 10 s on a silent endpoint and without end on one that drips, and its flush says True whatever happened.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from spanvas.collector.results import ExportOutcome, ExportResult, failure_of
from spanvas.model.kinds import DURABLE_AT_START
from spanvas.model.span import Span
from spanvas.otlp.conventions import as_exported
from spanvas.otlp.export_safe import place_of
from spanvas.tracing.buffer import SpanBuffer, Waiting
from spanvas.tracing.execution_state import ExecutionState
from spanvas.tracing.health import Health
from spanvas.tracing.otlp_budget import exported_bytes, within_budget
from spanvas.tracing.worker import Breaker

THREAD: Final = "spanvas-otlp"
BATCH_SPANS: Final = 512
BATCH_BYTES: Final = 2 * 1024 * 1024
BUFFER_SPANS: Final = 20_000
BUFFER_BYTES: Final = 32 * 1024 * 1024
"""Spans that wait are the same objects that wait for the store, so they take up little more."""
MAX_ATTEMPTS: Final = 3

BY_MEMORY, BY_BUDGET, BY_REFUSAL, BY_REJECTION = "memory", "trace_bytes", "refused", "rejected"
"""Why spans are not at the endpoint: too many waited, `SPANVAS_OTLP_TRACE_BYTES` was spent, requests were refused or
failed for good, the endpoint took a request and rejected some of its spans."""
FAILED: Final = "the OTLP endpoint does not take spans (%s); they are in the store all the same"
TOO_MUCH: Final = "an execution is over SPANVAS_OTLP_TRACE_BYTES: the OTLP endpoint gets a part, the store has all"
REJECTED: Final = "the OTLP endpoint has rejected spans: %s"


class SpanSink(Protocol):
    """Sends spans, and says what became of them. `place_of` is where the whole of each can be read.

    An exception counts as a failure of the endpoint.
    """

    def __call__(self, spans: Sequence[Span], place_of: Callable[[Span], str]) -> ExportResult:
        """Sends spans in one request and returns what became of them."""


class OtlpExporter:
    """Sends what is in `buffer`. `make_sink` is called in the worker's thread, when there is a first span to send.

    `labels_of` gives the attributes that every span of an execution gets. `is_needed`: whether anything is to be sent.
    """

    def __init__(
        self,
        make_sink: Callable[[], SpanSink],
        health: Health,
        breaker: Breaker | None = None,
        buffer: SpanBuffer | None = None,
        clock: Callable[[], int] = time.time_ns,
        labels_of: Callable[[ExecutionState], Mapping[str, Any]] = lambda run: {},
        trace_bytes: int = 0,
        is_needed: Callable[[], bool] = lambda: True,
    ) -> None:
        self._clock = clock
        self._is_needed = is_needed
        self._labels_of = labels_of
        self._trace_bytes = trace_bytes
        self._failing_since = 0
        self._reason = ""
        self.breaker = breaker or Breaker()
        self._make_sink = make_sink
        self._sink: SpanSink | None = None
        self._health = health
        self.buffer = buffer if buffer is not None else SpanBuffer(BUFFER_SPANS, BUFFER_BYTES)
        self.buffer.on_lost = self._count_lost
        # A burst of calls pushes out none of these: without them the rest of a trace says nothing.
        self._needed = SpanBuffer(BUFFER_SPANS, BUFFER_BYTES, self._count_lost)
        self._batches: deque[list[Waiting]] = deque()
        self._attempts = 0
        self._last_result: bool | None = None

    def append(self, run: ExecutionState, span: Span) -> None:
        """Adds an ended span that is to be sent."""
        if not self._is_needed():
            return
        (self._needed if span.kind in DURABLE_AT_START else self.buffer).append(run, span)

    def after_fork(self) -> None:
        """Empties the buffers in a forked child and leaves the connection to its parent."""
        self._sink = None
        self.buffer.clear()
        self._needed.clear()
        self._batches.clear()

    @property
    def has_work(self) -> bool:
        """Whether spans wait to be sent or to be sent again."""
        return bool(self._batches or self.buffer or self._needed)

    @property
    def state(self) -> str:
        """The state for the execution's health: `ok`, `failing`, or `open` while the breaker allows no attempt."""
        if self.breaker.is_open:
            return "open"
        return "failing" if self._last_result is False else "ok"

    def report(self, run: ExecutionState) -> dict[str, str]:
        """Returns the state and, where it fails, since when (Unix nanoseconds) and why; and how many of the execution's
        own spans have been dropped, where any have. Nothing where nothing is to be sent."""
        if not self._is_needed():
            return {}
        told = {"otlp": self.state}
        if self._failing_since:
            told |= {"otlp_since": str(self._failing_since), "otlp_reason": self._reason}
        if run.export.otlp_dropped:
            told["otlp_dropped"] = str(run.export.otlp_dropped)
            told["otlp_dropped_by"] = ",".join(sorted(run.export.otlp_dropped_by))
        return told

    def forget(self, run: ExecutionState) -> None:
        """Sends nothing more of an execution that another function runs."""
        self.buffer.forget(run)
        self._needed.forget(run)

    def work(self, is_requested: bool = True) -> bool:
        """Sends everything that waits. Stops at the first failure, since the next batch would fail, too."""
        while self.has_work:
            if self.breaker.is_open:
                return False
            if not self._batches:
                self._attempts = 0
                batch = self._affordable(self._drained())
                if not batch:
                    continue
                self._batches.append(batch)
            if not self._send(self._batches[0]):
                return False
        return True

    def _drained(self) -> list[Waiting]:
        drained = self._needed.drain(BATCH_SPANS, BATCH_BYTES)
        return drained + self.buffer.drain(BATCH_SPANS - len(drained), BATCH_BYTES)

    def _affordable(self, drained: list[Waiting]) -> list[Waiting]:
        """Returns these spans as they are sent, and counts them; what a backend would discard is dropped here."""
        labels = {run: self._labels_of(run) for run in {item.run for item in drained}}
        kept: list[Waiting] = []
        gone: list[Waiting] = []
        is_whole = True
        for item in drained:
            export = item.run.export
            span = within_budget(item.span, export.otlp_bytes, self._trace_bytes)
            is_whole = is_whole and span is item.span
            if span is None:
                gone.append(item)
                continue
            sent = as_exported(span, labels[item.run])
            export.otlp_bytes += exported_bytes(sent)
            kept.append(item._replace(span=sent))
        if not is_whole:
            self._health.say_once("otlp.trace_bytes", TOO_MUCH)
        self._count_dropped(gone, BY_BUDGET)
        return kept

    def _send(self, batch: list[Waiting]) -> bool:
        """Sends a batch. Returns whether it is worth going on with the next one."""
        result = self._result_of(batch)
        if result.outcome is ExportOutcome.TOO_LARGE:
            self._split(batch, result.message)
            return True
        taken = result.outcome is ExportOutcome.TAKEN
        self._last_result = taken
        self.breaker.record(taken)
        self._note(taken, result.message)
        if taken:
            self._batches.popleft()
            self._told(batch, result)
            return True
        self._health.say_once("otlp.failed", FAILED, result.message)
        if result.pause_seconds:
            self.breaker.pause(result.pause_seconds)
        self._attempts += 1
        if result.outcome is ExportOutcome.REFUSED or self._attempts >= MAX_ATTEMPTS:
            self._drop(batch)
        return False

    def _result_of(self, batch: list[Waiting]) -> ExportResult:
        """Returns what became of a batch.

        A sink that cannot be made, or that raises, has failed as an endpoint that is down.
        """
        try:
            if self._sink is None:
                self._sink = self._make_sink()
            places = {id(item.span): place_of(item.run.execution_id, item.span) for item in batch}
            return self._sink([item.span for item in batch], lambda span: places[id(span)])
        except ValueError as error:  # a setting that cannot be used; its message says which
            return failure_of(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, no span was sent
            self._health.problem(THREAD, error)
            return failure_of(error)

    def _note(self, taken: bool, reason: str) -> None:
        """Keeps since when the endpoint fails, by the first failure of a row, and why, by the last one."""
        if taken:
            self._failing_since, self._reason = 0, ""
            return
        self._failing_since = self._failing_since or self._clock()
        self._reason = reason

    def _told(self, batch: list[Waiting], result: ExportResult) -> None:
        """Reports a partial success, or one with a warning. The endpoint does not tell which spans it has rejected."""
        if result.rejected or result.message:
            self._health.say_once("otlp.rejected", REJECTED, result.message or result.rejected)
        if not result.rejected:
            return
        self._health.count("otlp.dropped", result.rejected)
        runs = {item.run for item in batch}
        for run in runs:
            run.export.otlp_dropped_by.add(BY_REJECTION)
        if len(runs) == 1:
            batch[0].run.export.otlp_dropped += result.rejected
        elif result.rejected >= len(batch):
            for item in batch:
                item.run.export.otlp_dropped += 1

    def _split(self, batch: list[Waiting], message: str) -> None:
        """Replaces a batch that is too large for the endpoint by two halves."""
        if len(batch) == 1:
            self._health.say_once("otlp.failed", FAILED, message)
            self._drop(batch)
            return
        self._batches.popleft()
        half = len(batch) // 2
        self._batches.extendleft((batch[half:], batch[:half]))

    def _drop(self, batch: list[Waiting]) -> None:
        self._batches.popleft()
        self._attempts = 0
        self._count_dropped(batch, BY_REFUSAL)

    def _count_lost(self, lost: list[Waiting]) -> None:
        self._count_dropped(lost, BY_MEMORY)

    def _count_dropped(self, gone: list[Waiting], why: str) -> None:
        for item in gone:
            item.run.export.otlp_dropped += 1
            item.run.export.otlp_dropped_by.add(why)
        if gone:
            self._health.count("otlp.dropped", len(gone))
