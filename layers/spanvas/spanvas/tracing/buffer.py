"""Ended spans that wait to be sent: bounded in number and in bytes, the oldest are given up first."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import Final, NamedTuple

from spanvas.model.span import Span
from spanvas.tracing.run import Run

MAX_SPANS: Final = 20_000
MAX_BYTES: Final = 32 * 1024 * 1024


class Waiting(NamedTuple):
    run: Run
    span: Span
    bytes: int


class SpanBuffer:
    """Thread-safe. `lost` counts what was given up."""

    def __init__(self, max_spans: int = MAX_SPANS, max_bytes: int = MAX_BYTES) -> None:
        self._lock = Lock()
        self._waiting: deque[Waiting] = deque()
        self._bytes = 0
        self._max_spans = max_spans
        self._max_bytes = max_bytes
        self.lost = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, run: Run, span: Span, size: int) -> list[Waiting]:
        """Keep a span; the answer is what had to go for it."""
        with self._lock:
            self._waiting.append(Waiting(run, span, size))
            self._bytes += size
            return self._shrink()

    def take(self, max_spans: int | None = None, max_bytes: int | None = None) -> list[Waiting]:
        """The oldest spans, up to so many and so large together; at least one where there is one."""
        with self._lock:
            taken: list[Waiting] = []
            size = 0
            while self._waiting and (max_spans is None or len(taken) < max_spans):
                size += self._waiting[0].bytes
                if taken and max_bytes is not None and size > max_bytes:
                    break
                taken.append(self._waiting.popleft())
            self._bytes -= sum(item.bytes for item in taken)
            return taken

    def drop(self, run: Run) -> None:
        """Forget what waits of an execution."""
        with self._lock:
            self._waiting = deque(item for item in self._waiting if item.run is not run)
            self._bytes = sum(item.bytes for item in self._waiting)

    def _shrink(self) -> list[Waiting]:
        gone = []
        while len(self._waiting) > self._max_spans or self._bytes > self._max_bytes:
            oldest = self._waiting.popleft()
            self._bytes -= oldest.bytes
            self.lost += 1
            gone.append(oldest)
        return gone
