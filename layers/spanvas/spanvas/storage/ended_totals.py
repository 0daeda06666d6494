"""The totals of executions that have ended and get more spans over OTLP. See docs/adr/0034.

What was sent in several requests may be counted twice, or not at all (`model.inference`). So whoever adds to an ended
execution puts its totals right: from the rows that this process has written itself, where the stored totals are the sum
of those alone, else from all that are stored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from threading import Lock
from typing import Final

from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution import OPEN, Counters, totalled
from spanvas.storage.chunks import Chunk
from spanvas.storage.executions import ExecutionItems, bare
from spanvas.storage.own_totals import OwnTotals, Place
from spanvas.storage.stored_trace import StoredTrace
from spanvas.storage.totals import replace_counters
from spanvas.storage.updates import Added

MOST_COUNTED_AGAIN: Final = 10_000
"""Spans of an execution whose rows are read again when more of it comes after its end."""


class EndedTotals:
    """Puts totals right after more spans. Thread-safe. It raises no StoreUnavailableError: the spans are durable
    without it, and the next reader corrects the totals."""

    def __init__(
        self,
        executions: ExecutionItems,
        read_trace: Callable[[str, str], StoredTrace | None],
    ) -> None:
        self._executions = executions
        self._read_trace = read_trace
        self._own = OwnTotals()
        self._lock = Lock()

    def note(self, place: Place, chunks: Sequence[Chunk], counters: Counters, added: Added) -> None:
        """Notes chunks that have been written, the counters that were added for them, and what has become of their
        execution. Puts its totals right if it has ended."""
        with self._lock:
            for chunk in chunks:
                self._own.note_written(place, chunk)
            self._own.note_added(place, counters)
            is_counted_whole = added.is_new and len(chunks) == 1
            if is_counted_whole or not added.is_ended:
                return
            right, missing = self._own.of(place)
        if right == added.counters or added.counters.spans > MOST_COUNTED_AGAIN:
            return
        with suppress(StoreUnavailableError):
            is_known = right == added.counters + missing  # nobody else has added anything
            if not (is_known and self._replace(place, added.revision, right, missing)):
                self._count_again(place)

    def _replace(self, place: Place, revision: int, right: Counters, missing: Counters) -> bool:
        execution = replace(bare(*place), revision=revision)
        is_written = replace_counters(self._executions, execution, right)
        if is_written:
            with self._lock:
                self._own.note_added(place, missing)
        return is_written

    def _count_again(self, place: Place) -> None:
        trace = self._read_trace(*place)
        if trace is None or not trace.is_whole or trace.execution.status in OPEN:
            return
        counters = totalled(trace.execution, trace.rows).counters
        if counters != trace.execution.counters:
            replace_counters(self._executions, trace.execution, counters)
