"""Executions and spans, straight to the store.

All calls of the store but those of `report_timeouts` happen in the worker's thread, one after another: an execution is
registered, its spans are written, and when it has ended and nothing of it waits any more, its end is. What fails is
kept as it is and sent again: a chunk is named by what is in it, so nothing doubles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Final

from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution import LOST
from spanvas.model.ids import new_span_id
from spanvas.model.span import Span
from spanvas.model.units import NANO
from spanvas.privacy.records import RecordRedaction
from spanvas.storage.port import CountedEnd, TraceStore
from spanvas.tracing.buffer import (
    MAX_WAITING_BYTES,
    BatchQueue,
    SpanBuffer,
    StoreBatch,
    Waiting,
    batches_of,
)
from spanvas.tracing.convert import size_of
from spanvas.tracing.execution_state import End, ExecutionState
from spanvas.tracing.health import Health
from spanvas.tracing.worker import Breaker

MAX_WAITING_RUNS: Final = 2_000


class StoreExporter:
    """Writes every `interval_nano`, and when it is asked to.

    `started_spans` gives the spans that have to be durable although they are still open, `exporter_health` what an
    execution's end says of the other exporters; `records` leaves out what may not be kept of executions. Ended spans
    are put into `buffer`. `on_counted` gets what the metrics are to be told of an end; None: nothing is counted.
    """

    def __init__(
        self,
        store: TraceStore,
        health: Health,
        clock: Callable[[], int],
        started_spans: Callable[[], Iterable[tuple[ExecutionState, Span]]],
        exporter_health: Callable[[ExecutionState], Mapping[str, str]] = lambda run: {},
        *,
        records: RecordRedaction,
        breaker: Breaker | None = None,
        buffer: SpanBuffer | None = None,
        max_waiting_bytes: int = MAX_WAITING_BYTES,
        interval_nano: int = NANO,
        on_counted: Callable[[CountedEnd], None] | None = None,
    ) -> None:
        self.store = store
        self.breaker = breaker or Breaker()
        self.buffer = buffer if buffer is not None else SpanBuffer()
        self.buffer.on_lost = self._count_lost_spans
        self._health = health
        self._clock = clock
        self._started_spans = started_spans
        self._exporter_health = exporter_health
        self._records = records
        self._interval_nano = interval_nano
        self._on_counted = on_counted
        self._next_write = 0
        self._lock = Lock()
        self._runs: dict[ExecutionState, None] = {}
        self._batches = BatchQueue(max_waiting_bytes, self._count_lost_batch)

    def after_fork(self) -> None:
        """Forgets what the parent sends, in a forked child."""
        self._lock = Lock()
        self._runs = {}
        self.buffer.clear()
        self._batches.clear()

    def watch(self, run: ExecutionState) -> None:
        """Keeps an execution until it is registered and, where it has ended, its end is written."""
        with self._lock:
            self._runs[run] = None
            given_up = next(iter(self._runs)) if len(self._runs) > MAX_WAITING_RUNS else None
        if given_up is not None:
            self._give_up(given_up)

    def forget(self, run: ExecutionState) -> None:
        """Writes nothing more of an execution that another function runs."""
        with self._lock:
            self._runs.pop(run, None)
        self._batches.forget(run)
        self.buffer.forget(run)

    @property
    def has_work(self) -> bool:
        """Whether there is anything to send; while the breaker is open, it waits."""
        return bool(self.buffer or self._batches or self._runs)

    def begin_interval(self, now: int) -> None:
        """Makes the next write come an interval from now."""
        self._next_write = now + self._interval_nano

    def pause(self) -> float:
        """Returns the seconds until there is a write or a registration to make."""
        registration = self.next_registration_unix_nano()
        due = self._next_write if registration is None else min(self._next_write, registration)
        return max((due - self._clock()) / NANO, 0.0)

    def next_registration_unix_nano(self) -> int | None:
        """Returns when the next execution is due to be registered; None when there is none.

        After a failure neither: the next write tries again, so that one bad moment is not two failures in a row.
        """
        if self.breaker.is_doubtful:
            return None
        with self._lock:
            held = [
                run.export.hold_until_unix_nano
                for run in self._runs
                if not (run.is_registered or run.is_deferred)
            ]
        return min(held, default=None)

    def note_late(self) -> None:
        """Counts a flush that has waited in vain for the whole of its budget: the store hangs."""
        self.breaker.record(False)
        self._health.say_once(
            "store.late",
            "the store takes longer than an invocation may wait; spans are carried over",
        )

    def report_timeouts(self, runs: list[ExecutionState]) -> None:
        """Writes why these executions end, in the caller's thread, since the worker's may be blocked."""
        if self.breaker.is_open:
            return
        try:
            self._write_timeouts([run for run in runs if run.is_registered])
        except StoreUnavailableError as error:
            self._failed(error)
        else:
            self.breaker.record(True)

    def work(self, is_requested: bool = True) -> bool:
        """Sends everything that waits if that is requested or due; otherwise only registers what has just begun.

        Returns whether all that it was to send is durable now.
        """
        now = self._clock()
        is_due = is_requested or now >= self._next_write
        if is_due:
            self.begin_interval(now)
        if self.breaker.is_open:
            return False
        complete, ended = True, []
        if is_due:
            # In this order: what ends from here on may have spans that are in none of these batches.
            with self._lock:
                ended = [run for run in self._runs if run.is_ended and not run.is_end_written]
            self._make_batches()
        try:
            self._register()
            if is_due:
                self._write_timeouts(ended)
                complete = self._write_batches(ended)
                self._write_ends(ended, complete)
        except StoreUnavailableError as error:
            self._failed(error)
            return False
        self.breaker.record(True)
        return complete

    def _failed(self, error: BaseException) -> None:
        self.breaker.record(False)
        self._health.say_once("store.failed", "the trace may stay incomplete: %s", error)

    def _register(self) -> None:
        now = self._clock()
        with self._lock:
            runs = [run for run in self._runs if not run.is_registered]
        for run in runs:
            if run.is_deferred or run.is_discarded:
                continue
            if run.export.hold_until_unix_nano > now and not run.is_ended:
                continue
            execution = self._records.execution(run.execution())
            # Where it is refused, its spans make the item, with what they say.
            with self._counting_refusals("start_execution"):
                self.store.start_execution(execution)
            run.export.registered_ended_by = execution.ended_by
        self._forget_settled()

    def _write_batches(self, ended: list[ExecutionState]) -> bool:
        """Writes batches in their order and returns whether all are durable. Drops one that was refused too often."""
        batches = self._batches.snapshot()
        waiting = [item for item in batches if item.run.is_registered]
        complete = len(waiting) == len(batches)
        last = {item.run: item for item in waiting if _is_counted_with_end(item.run, ended)}
        for item in waiting:
            is_last = complete and last.get(item.run) is item
            try:
                self.store.write(item.batch._replace(is_last=is_last))
            except StoreUnavailableError:
                self._batches.note_unavailable(item)
                raise
            except Exception as error:  # noqa: BLE001 - this batch cannot be written, others can
                complete = False
                self._health.problem("store.write", error)
                self._batches.note_refused(item)
            else:
                self._batches.note_written(item)
        return complete

    def _write_ends(self, ended: list[ExecutionState], complete: bool) -> None:
        for run in ended:
            if self._batches.holds(run):
                continue
            end = run.ended
            assert end is not None
            is_whole = complete and not run.export.given_up + run.export.missing
            self._write_end(run, end, "ok" if is_whole else "incomplete")
            # Another that comes meanwhile (the guard's, then the handler's own) is written next time.
            run.export.written_end = end
        self._forget_settled()

    def _write_timeouts(self, ended: list[ExecutionState]) -> None:
        """Executions whose time is running out: why comes first, their spans may not be written in time."""
        for run in ended:
            end = run.ended
            if end is not None and end.status == LOST and run.export.timeout_reported is None:
                self._write_end(run, end, "incomplete")
                run.export.timeout_reported = end

    def _write_end(self, run: ExecutionState, end: End, own_health: str) -> None:
        health = {**self._exporter_health(run), "store": own_health}
        if self._on_counted is not None:
            run.export.counted_as = run.export.counted_as or new_span_id()
        at, name = end.ended_at_unix_nano, run.export.counted_as
        with self._counting_refusals("end_execution"):
            cause = self._records.cause(end.cause)
            counted = self.store.end_execution(
                run.tenant, run.execution_id, end.status, at, cause, health, name
            )
            if counted is not None and self._on_counted is not None:
                run.export.counted_as = new_span_id()  # a further end of it is another one
                self._on_counted(counted)

    @contextmanager
    def _counting_refusals(self, what: str) -> Iterator[None]:
        """Counts and logs a call that the store refuses, and lets the others go on; StoreUnavailableError passes."""
        try:
            yield
        except StoreUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is about this call
            self._health.problem(f"store.{what}", error)

    def _make_batches(self) -> None:
        """What has ended since, and what has started: one batch an execution."""
        waiting = self.buffer.drain()
        waiting += [Waiting(run, span, size_of(span)) for run, span in self._started_spans()]
        by_run: dict[ExecutionState, list[Waiting]] = {}
        for item in waiting:
            by_run.setdefault(item.run, []).append(item)
        for run, items in by_run.items():
            self._batches.extend(batches_of(items, _take_unreported(run)))

    def _give_up(self, run: ExecutionState) -> None:
        """The oldest of too many executions that wait: the store has been down for long."""
        run.export.registered_ended_by, run.export.written_end = run.ended_by, run.ended
        with self._lock:
            del self._runs[run]
        for item in self._batches.forget(run):
            self._count_lost_batch(item)
        self._health.count("executions.given_up")

    def _forget_settled(self) -> None:
        with self._lock:
            for run in [run for run in self._runs if _is_settled(run)]:
                del self._runs[run]

    def _count_lost_batch(self, item: StoreBatch) -> None:
        """A lost batch takes with it what it reports as dropped: the next one reports that again."""
        item.run.export.dropped_reported -= item.batch.dropped
        self._count_lost(item.run, len(item.batch.spans), item.batch.dropped)

    def _count_lost_spans(self, lost: list[Waiting]) -> None:
        for item in lost:
            self._count_lost(item.run, 1)

    def _count_lost(self, run: ExecutionState, spans: int, again: int = 0) -> None:
        """Lost spans: the execution's next batch reports them to the store, and `health()` to the function."""
        run.export.given_up += spans
        self._health.say_once(
            "store.overflow", "spans are given up: they come faster than they can be stored"
        )
        self._health.count("spans.dropped", spans + again)


def _take_unreported(run: ExecutionState) -> int:
    """Returns how many lost spans the store has not been told of, and notes that it is told."""
    dropped = run.export.given_up + run.export.missing - run.export.dropped_reported
    run.export.dropped_reported += dropped
    return dropped


def _is_counted_with_end(run: ExecutionState, ended: list[ExecutionState]) -> bool:
    """Returns whether an end is written next that the totals may go with; those of `lost` are counted by the sweep."""
    return run in ended and run.ended is not None and run.ended.status != LOST


def _is_settled(run: ExecutionState) -> bool:
    return run.is_registered and (not run.is_ended or run.is_end_written)
