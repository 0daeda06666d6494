"""Executions and spans, straight to the store.

All calls of the store but those of `tell_cuts` happen in the worker's thread, one after another: an execution is
registered, its spans are written, and when it has ended and nothing of it waits any more, its end is. What fails is
kept as it is and sent again: a chunk is named by what is in it, so nothing doubles.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Final

from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution import LOST
from spanvas.model.span import Span
from spanvas.storage.port import SpanBatch, TraceStore
from spanvas.tracing.breaker import Breaker
from spanvas.tracing.buffer import SpanBuffer, Waiting
from spanvas.tracing.convert import size_of
from spanvas.tracing.health import Health
from spanvas.tracing.run import End, Run

BATCH_SPANS: Final = 2_000
BATCH_BYTES: Final = 8 * 1024 * 1024
MAX_WAITING_BYTES: Final = 48 * 1024 * 1024
MAX_WAITING_RUNS: Final = 2_000
MAX_REFUSALS: Final = 3
"""Of a batch that cannot be written, as it is."""
MAX_PASSED_OVER: Final = 10
"""How often a batch may fail while others are written: the fault is in it, and it would hold them up for ever."""


@dataclass(slots=True, eq=False)
class _Batch:
    """`seen_written` is how many others had been written when it failed last."""

    run: Run
    batch: SpanBatch
    bytes: int
    refusals: int = 0
    passed_over: int = 0
    seen_written: int = 0


class StoreExporter:
    """`started_spans` gives the spans that have to be durable although they are still open, `exporter_health` what an
    execution's end says of the other exporters."""

    def __init__(
        self,
        store: TraceStore,
        health: Health,
        clock: Callable[[], int],
        started_spans: Callable[[], Iterable[tuple[Run, Span]]],
        exporter_health: Callable[[Run], Mapping[str, str]] = lambda run: {},
        breaker: Breaker | None = None,
        buffer: SpanBuffer | None = None,
        max_waiting_bytes: int = MAX_WAITING_BYTES,
    ) -> None:
        self.store = store
        self.breaker = breaker or Breaker()
        self._health = health
        self._clock = clock
        self._started_spans = started_spans
        self._exporter_health = exporter_health
        self._buffer = buffer if buffer is not None else SpanBuffer()
        self._max_waiting_bytes = max_waiting_bytes
        self._lock = Lock()
        self._runs: dict[Run, None] = {}
        self._batches: deque[_Batch] = deque()
        self._written = 0

    def after_fork(self) -> None:
        """The parent sends what it has."""
        self._lock = Lock()
        self._buffer = SpanBuffer()
        self._runs, self._batches = {}, deque()

    def watch(self, run: Run) -> None:
        """An execution that has to be registered, or whose end has to be written."""
        with self._lock:
            self._runs[run] = None
            given_up = next(iter(self._runs)) if len(self._runs) > MAX_WAITING_RUNS else None
        if given_up is not None:
            self._give_up(given_up)

    def forget(self, run: Run) -> None:
        """An execution that is somebody else's: nothing of it is written that has not been."""
        with self._lock:
            self._runs.pop(run, None)
            self._batches = deque(item for item in self._batches if item.run is not run)
        self._buffer.drop(run)

    def add(self, run: Run, span: Span) -> None:
        self._count_lost(self._buffer.add(run, span, size_of(span)))

    @property
    def has_work(self) -> bool:
        """Whether there is anything to send; a breaker that is open makes it wait."""
        return bool(self._buffer or self._batches or self._runs)

    def next_registration_unix_nano(self) -> int | None:
        """When the next execution is due to be registered; None when there is none.

        After a failure neither: the next write tries again, so that one bad moment is not two failures in a row.
        """
        if self.breaker.is_doubtful:
            return None
        with self._lock:
            held = [
                run.hold_until_unix_nano
                for run in self._runs
                if not (run.is_registered or run.is_undecided)
            ]
        return min(held, default=None)

    def missed(self) -> None:
        """A flush has waited in vain for the whole of its budget: the store hangs, whatever comes of it."""
        self.breaker.record(False)
        self._health.say_once(
            "store.late",
            "the store takes longer than an invocation may wait; spans are carried over",
        )

    def register(self) -> bool:
        """Make the executions known that have just begun; nothing else."""
        return self._attempt(self._register)

    def tell_cuts(self, runs: list[Run]) -> None:
        """Why these executions end, in the caller's thread: the worker's is at something else."""
        registered = [run for run in runs if run.is_registered]
        self._attempt(lambda: self._tell_cuts(registered))

    def work(self) -> bool:
        """Send everything that waits. Whether all of it is durable now."""
        if self.breaker.is_open:
            return False
        # In this order: what ends from here on may have spans that are in none of these batches.
        with self._lock:
            ended = [run for run in self._runs if run.is_ended and not run.is_end_written]
        self._make_batches()
        return self._attempt(lambda: self._send(ended))

    def _attempt(self, step: Callable[[], bool]) -> bool:
        if self.breaker.is_open:
            return False
        try:
            complete = step()
        except StoreUnavailableError as error:
            self._failed(error)
            return False
        self.breaker.record(True)
        return complete

    def _failed(self, error: BaseException) -> None:
        self.breaker.record(False)
        self._health.say_once("store.failed", "the trace may stay incomplete: %s", error)

    def _send(self, ended: list[Run]) -> bool:
        self._register()
        self._tell_cuts(ended)
        complete = self._write()
        self._end(ended, complete)
        return complete

    def _register(self) -> bool:
        now = self._clock()
        with self._lock:
            runs = [run for run in self._runs if not run.is_registered]
        for run in runs:
            if run.is_undecided or run.is_disowned:
                continue
            if run.hold_until_unix_nano <= now or run.is_ended:
                self._start(run)
        self._forget_settled()
        return True

    def _start(self, run: Run) -> None:
        try:
            self.store.start_execution(run.execution())
        except StoreUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - its spans make the mapping, with what they say
            self._health.problem("store.start_execution", error)
        run.is_registered = True

    def _write(self) -> bool:
        """Batches in their order; whether all are durable now. One that the store refuses is given up at last."""
        with self._lock:
            waiting = [batch for batch in self._batches if batch.run.is_registered]
            complete = len(waiting) == len(self._batches)
        for item in waiting:
            try:
                self.store.write(item.batch)
            except StoreUnavailableError:
                self._unavailable(item)
                raise
            except Exception as error:  # noqa: BLE001 - this batch cannot be written, others can
                complete = False
                self._refused(item, error)
                continue
            self._written += 1
            self._remove(item)
        return complete

    def _end(self, ended: list[Run], complete: bool) -> None:
        for run in ended:
            if any(item.run is run for item in self._batches):
                continue
            end = run.ended
            assert end is not None
            self._tell_end(run, end, "ok" if complete and not run.dropped_total else "incomplete")
            # Another that comes meanwhile (the guard's, then the handler's own) is written next time.
            run.written_end = end
        self._forget_settled()

    def _tell_cuts(self, ended: list[Run]) -> bool:
        """Executions whose time is running out: why comes first, their spans may not be written in time."""
        for run in ended:
            end = run.ended
            if end is not None and end.status == LOST and run.told_cut is None:
                self._tell_end(run, end, "incomplete")
                run.told_cut = end
        return True

    def _tell_end(self, run: Run, end: End, own_health: str) -> None:
        health = {**self._exporter_health(run), "store": own_health}
        try:
            self.store.end_execution(
                run.tenant,
                run.execution_id,
                end.status,
                end.ended_at_unix_nano,
                end.cause,
                health,
            )
        except StoreUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - it is closed as lost when its deadline has passed
            self._health.problem("store.end_execution", error)

    def _make_batches(self) -> None:
        """What has ended since, and what has started: one batch an execution."""
        waiting = self._buffer.take()
        waiting += [Waiting(run, span, size_of(span)) for run, span in self._started_spans()]
        by_run: dict[int, list[Waiting]] = {}
        for item in waiting:
            by_run.setdefault(id(item.run), []).append(item)
        with self._lock:
            for items in by_run.values():
                for batch in _split(items):
                    batch.seen_written = self._written
                    self._batches.append(batch)
        self._give_up_oldest()

    def _give_up_oldest(self) -> None:
        with self._lock:
            while sum(item.bytes for item in self._batches) > self._max_waiting_bytes:
                gone = self._batches.popleft()
                self._count(gone.run, len(gone.batch.spans) + gone.batch.dropped)

    def _give_up(self, run: Run) -> None:
        """The oldest of too many executions that wait: the store has been down for long."""
        run.is_registered, run.written_end = True, run.ended
        with self._lock:
            del self._runs[run]
            gone = [item for item in self._batches if item.run is run]
        for item in gone:
            self._drop(item)
        self._health.count("executions.given_up")

    def _forget_settled(self) -> None:
        with self._lock:
            for run in [run for run in self._runs if _is_settled(run)]:
                del self._runs[run]

    def _unavailable(self, item: _Batch) -> None:
        """To the end of the queue, so that the next try begins with another."""
        self._remove(item)
        if self._written > item.seen_written:
            item.passed_over += 1
            item.seen_written = self._written
        if item.passed_over < MAX_PASSED_OVER:
            with self._lock:
                self._batches.append(item)
        else:
            self._count(item.run, len(item.batch.spans) + item.batch.dropped)

    def _refused(self, item: _Batch, error: BaseException) -> None:
        item.refusals += 1
        self._health.problem("store.write", error)
        if item.refusals >= MAX_REFUSALS:
            self._drop(item)

    def _drop(self, item: _Batch) -> None:
        self._remove(item)
        self._count(item.run, len(item.batch.spans) + item.batch.dropped)

    def _remove(self, item: _Batch) -> None:
        """It may have been given up meanwhile, to make room."""
        with self._lock, suppress(ValueError):
            self._batches.remove(item)

    def _count_lost(self, gone: list[Waiting]) -> None:
        for item in gone:
            self._count(item.run, 1)

    def _count(self, run: Run, spans: int) -> None:
        """Lost spans: told to the store with the execution's next batch, and to whoever asks for the health."""
        run.dropped += spans
        run.dropped_total += spans
        self._health.say_once(
            "store.overflow", "spans are given up: they come faster than they can be stored"
        )
        self._health.count("spans.dropped", spans)


def _is_settled(run: Run) -> bool:
    return run.is_registered and (not run.is_ended or run.is_end_written)


def _split(items: list[Waiting]) -> Iterable[_Batch]:
    """Batches of one execution, within the limits of number and size."""
    run = items[0].run
    dropped, run.dropped = run.dropped, 0
    spans: list[Span] = []
    size = 0
    for item in items:
        if spans and (len(spans) == BATCH_SPANS or size + item.bytes > BATCH_BYTES):
            yield _Batch(run, SpanBatch(run.tenant, run.execution_id, spans, dropped), size)
            spans, size, dropped = [], 0, 0
        spans.append(item.span)
        size += item.bytes
    yield _Batch(run, SpanBatch(run.tenant, run.execution_id, spans, dropped), size)
