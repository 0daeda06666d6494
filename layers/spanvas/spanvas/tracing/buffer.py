"""What waits to be sent: ended spans, and batches for the store. Both are bounded, the oldest are given up first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Final, NamedTuple

from spanvas.model.span import Span
from spanvas.storage.port import SpanBatch
from spanvas.tracing.convert import size_of
from spanvas.tracing.execution_state import ExecutionState

MAX_SPANS: Final = 20_000
MAX_BYTES: Final = 32 * 1024 * 1024
BATCH_SPANS: Final = 2_000
BATCH_BYTES: Final = 8 * 1024 * 1024
MAX_WAITING_BYTES: Final = 48 * 1024 * 1024
MAX_REFUSALS: Final = 3
"""Of a batch that cannot be written, as it is."""
MAX_PASSED_OVER: Final = 10
"""How often a batch may fail while others are written: the fault is in it, and it would hold them up for ever."""


class Waiting(NamedTuple):
    """A span that waits. `bytes` is its size in memory, roughly."""

    run: ExecutionState
    span: Span
    bytes: int


class SpanBuffer:
    """Holds ended spans until they are sent.

    Thread-safe. `on_lost` is called with the spans that were dropped for newer ones.
    """

    def __init__(
        self,
        max_spans: int = MAX_SPANS,
        max_bytes: int = MAX_BYTES,
        on_lost: Callable[[list[Waiting]], None] = lambda lost: None,
    ) -> None:
        self._max_spans = max_spans
        self._max_bytes = max_bytes
        self.on_lost = on_lost
        self.clear()

    def __len__(self) -> int:
        return len(self._waiting)

    def clear(self) -> None:
        """Empties the buffer in a forked child, where the lock may be held by a thread that is not there."""
        self._lock = Lock()
        self._waiting: deque[Waiting] = deque()
        self._bytes = 0

    def append(self, run: ExecutionState, span: Span) -> None:
        """Adds a span; drops the oldest ones where there is no room."""
        size = size_of(span)
        lost = []
        with self._lock:
            self._waiting.append(Waiting(run, span, size))
            self._bytes += size
            while len(self._waiting) > self._max_spans or self._bytes > self._max_bytes:
                oldest = self._waiting.popleft()
                self._bytes -= oldest.bytes
                lost.append(oldest)
        if lost:
            self.on_lost(lost)

    def drain(self, max_spans: int | None = None, max_bytes: int | None = None) -> list[Waiting]:
        """Removes and returns the oldest spans, up to so many and so large together; at least one if there is one."""
        with self._lock:
            drained: list[Waiting] = []
            size = 0
            while self._waiting and (max_spans is None or len(drained) < max_spans):
                size += self._waiting[0].bytes
                if drained and max_bytes is not None and size > max_bytes:
                    break
                drained.append(self._waiting.popleft())
            self._bytes -= sum(item.bytes for item in drained)
            return drained

    def forget(self, run: ExecutionState) -> None:
        """Removes what waits of an execution."""
        with self._lock:
            self._waiting = deque(item for item in self._waiting if item.run is not run)
            self._bytes = sum(item.bytes for item in self._waiting)


@dataclass(slots=True, eq=False)
class StoreBatch:
    """A batch that waits for the store. `seen_written` is how many others had been written when it failed last."""

    run: ExecutionState
    batch: SpanBatch
    bytes: int
    refusals: int = 0
    passed_over: int = 0
    seen_written: int = 0


class BatchQueue:
    """Holds batches in the order in which they are written.

    Thread-safe. `on_lost` is called with each that is dropped.
    """

    def __init__(self, max_bytes: int, on_lost: Callable[[StoreBatch], None]) -> None:
        self._max_bytes = max_bytes
        self._on_lost = on_lost
        self.written = 0
        self.clear()

    def clear(self) -> None:
        """Empties the queue in a forked child, where the lock may be held by a thread that is not there."""
        self._lock = Lock()
        self._batches: deque[StoreBatch] = deque()

    def __len__(self) -> int:
        return len(self._batches)

    def snapshot(self) -> list[StoreBatch]:
        """Returns the batches that wait, the oldest first; they stay in the queue."""
        with self._lock:
            return list(self._batches)

    def holds(self, run: ExecutionState) -> bool:
        """Returns whether a batch of an execution waits."""
        return any(item.run is run for item in self.snapshot())

    def extend(self, batches: Iterable[StoreBatch]) -> None:
        """Queues batches; drops the oldest ones where there is no room."""
        with self._lock:
            for item in batches:
                item.seen_written = self.written
                self._batches.append(item)
            size = sum(item.bytes for item in self._batches)
            lost = []
            while size > self._max_bytes:
                lost.append(self._batches.popleft())
                size -= lost[-1].bytes
        for item in lost:
            self._on_lost(item)

    def forget(self, run: ExecutionState) -> list[StoreBatch]:
        """Removes and returns what waits of an execution."""
        with self._lock:
            gone = [item for item in self._batches if item.run is run]
            self._batches = deque(item for item in self._batches if item.run is not run)
        return gone

    def note_written(self, item: StoreBatch) -> None:
        """Removes a batch that was written."""
        self.written += 1
        self._remove(item)

    def note_unavailable(self, item: StoreBatch) -> None:
        """Moves a batch to the end, so that the next attempt begins with another."""
        self._remove(item)
        if self.written > item.seen_written:
            item.passed_over += 1
            item.seen_written = self.written
        if item.passed_over >= MAX_PASSED_OVER:
            self._on_lost(item)
            return
        with self._lock:
            self._batches.append(item)

    def note_refused(self, item: StoreBatch) -> None:
        """Counts that the store has refused a batch, and drops it after `MAX_REFUSALS`."""
        item.refusals += 1
        if item.refusals >= MAX_REFUSALS:
            self._remove(item)
            self._on_lost(item)

    def _remove(self, item: StoreBatch) -> None:
        """Removes a batch, unless it was dropped meanwhile to make room."""
        with self._lock:
            if item in self._batches:
                self._batches.remove(item)


def batches_of(items: list[Waiting], dropped: int) -> Iterable[StoreBatch]:
    """Yields batches of one execution's spans, within the limits of number and size. The first one tells `dropped`."""
    run = items[0].run
    spans: list[Span] = []
    size = 0
    for item in items:
        if spans and (len(spans) == BATCH_SPANS or size + item.bytes > BATCH_BYTES):
            yield StoreBatch(run, SpanBatch(run.tenant, run.execution_id, spans, dropped), size)
            spans, size, dropped = [], 0, 0
        spans.append(item.span)
        size += item.bytes
    yield StoreBatch(run, SpanBatch(run.tenant, run.execution_id, spans, dropped), size)


def waiting_bytes(memory_mb: int) -> int:
    """Returns how many bytes may wait for the store: an eighth of the function's memory. Encoding it takes as much
    again."""
    share = memory_mb * 1024 * 1024 // 8 if memory_mb else MAX_WAITING_BYTES
    return min(share, MAX_WAITING_BYTES)
