"""What this process has written of executions, and what it has added to their stored totals for it. No I/O.

Totals are added batch by batch, but a call may be recorded by spans of several batches (`model.inference`). So the rows
of the last executions are kept until all of an execution can be counted together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from spanvas.model.execution import Counters, totals
from spanvas.model.row import Row
from spanvas.model.running_totals import rows_of_trace
from spanvas.storage.chunks import Chunk

MOST_ROWS: Final = 5_000
"""Rows that are kept, about 1 KB each. Of an execution with more of them, this process knows no totals."""
MOST_EXECUTIONS: Final = 64

Place = tuple[str, str]
"""Tenant and execution id."""


@dataclass(slots=True)
class _Written:
    """One execution: its chunks by id, which of them are counted in the stored totals, and what was added for them."""

    chunks: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    counted: set[str] = field(default_factory=set)
    added: Counters = field(default_factory=Counters)
    told: Counters = field(default_factory=Counters)
    """What of `right`, the totals of all of them, the metrics have been told."""
    dropped: int = 0
    is_ended: bool = False


class OwnTotals:
    """Keeps the executions that were written last. What it has forgotten counts as never written."""

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._most_rows = most_rows
        self._rows = 0
        self._executions: dict[Place, _Written] = {}

    def note_written(self, place: Place, chunk: Chunk) -> bool:
        """Keeps the rows of a chunk. Returns whether they were kept before, and their counters have not been added."""
        written = self._executions.pop(place, None) or _Written()
        self._executions[place] = written
        if chunk.chunk_id in written.chunks:
            return chunk.chunk_id not in written.counted
        written.chunks[chunk.chunk_id] = chunk.summaries
        written.dropped += chunk.counters.dropped
        self._rows += len(chunk.summaries)
        while self._rows > self._most_rows or len(self._executions) > MOST_EXECUTIONS:
            self._forget(next(iter(self._executions)))
        return False

    def note_counted(self, place: Place, chunk: Chunk, *, is_ended: bool) -> None:
        """Notes that a chunk's counters were added, and whether the execution had ended by then."""
        written = self._executions.get(place)
        if written is not None:
            written.counted.add(chunk.chunk_id)
            written.added += chunk.counters
            written.is_ended = is_ended

    def note_added(self, place: Place, counters: Counters) -> None:
        """Notes what was added to the totals of an execution that has ended."""
        written = self._executions.get(place)
        if written is not None:
            written.counted.update(written.chunks)
            written.added += counters
            written.is_ended = True

    def knows(self, place: Place) -> bool:
        """Returns whether the rows of an execution are kept."""
        return place in self._executions

    def has_ended(self, place: Place) -> bool:
        """Returns whether the store has said that an execution has ended."""
        written = self._executions.get(place)
        return written is not None and written.is_ended

    def of(self, place: Place) -> tuple[Counters, Counters]:
        """Returns the totals of all that this process has written of an ended execution, and what is still to be added
        to the stored totals for it."""
        written = self._executions.get(place)
        if written is None:
            return Counters(), Counters()
        rows = [row for chunk in written.chunks.values() for row in chunk]
        right = totals(rows_of_trace(rows), written.dropped)
        return right, right + -written.added

    def take_untold(self, place: Place, right: Counters) -> Counters:
        """Returns what of the totals of all that this process has written the metrics have not been told, and notes
        that they are told it."""
        written = self._executions.get(place)
        if written is None:
            return Counters()
        untold, written.told = right + -written.told, right
        return untold

    def _forget(self, place: Place) -> None:
        written = self._executions.pop(place)
        self._rows -= sum(map(len, written.chunks.values()))
