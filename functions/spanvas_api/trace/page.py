"""A trace in pages of a size that Lambda can return: the tree as a whole, and a range of its rows at a time.

The tree is made of all rows, so every page costs reading all of them, unless the process still has the tree that it
made for the page before. All pages are of the same version, whatever is written meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from spanvas.model.completeness import Completeness
from spanvas.model.execution import OPEN, Execution
from spanvas.model.tree import ORPHAN, TreeRow, state_of
from spanvas.storage.stored_trace import SpanOrigin, StoredTrace
from spanvas_api.http.encoding import (
    MAX_CODED_BYTES,
    MAX_ESCAPED_BYTES,
    MAX_TEXT_BYTES,
    compressed,
    escaped_size,
    json_bytes,
)
from spanvas_api.http.request import ApiResponse
from spanvas_api.trace.status import ALL_READ, ChunkCounts, TraceStatus, trace_status
from spanvas_api.trace.version import Version


@dataclass(frozen=True, slots=True)
class WholeTrace:
    """A tree of all rows. `stored` is the execution as it was read; `execution` adds what the rows say of it."""

    stored: Execution
    execution: Execution
    completeness: Completeness
    tree: list[TreeRow]
    version: Version
    latest: StoredTrace | None
    """What the tree was made of, if that was all that was stored then."""
    chunks: ChunkCounts = ALL_READ
    origin: SpanOrigin | None = None
    """The backend that has been asked, since the store has no spans."""

    @property
    def spans_from(self) -> SpanOrigin | None:
        """Where the spans are from; None where they are the store's, or there are none."""
        return self.origin if self.tree else None

    def is_of(self, execution: Execution, version: Version | None) -> bool:
        """Whether this is that version of that execution's trace. Compares the tenant, too."""
        return self.version == version and _identity(self.stored) == _identity(execution)

    def latest_of(self, execution: Execution) -> StoredTrace | None:
        """Returns the execution's trace as it is stored now; None if only a read can tell."""
        is_same = _identity(self.stored) == _identity(execution)
        return self.latest if is_same and self.stored.revision == execution.revision else None

    def status(self) -> TraceStatus:
        """Returns how complete the trace is, at the time of its version."""
        execution, now_unix_nano = self.execution, self.version.now_unix_nano
        is_open = execution.status in OPEN
        unended = [placed.row for placed in self.tree if placed.row.end_time_unix_nano is None]
        lost = sum(state_of(row, now_unix_nano, is_open) == "lost" for row in unended)
        orphans = sum([ORPHAN in placed.marks for placed in self.tree if placed.marks])
        return trace_status(
            execution,
            self.completeness,
            rows=len(self.tree),
            orphans=orphans,
            lost=lost,
            chunks=self.chunks,
            origin=self.origin,
        )

    def position_after(self, start: int) -> list[Any]:
        """Returns what a cursor says of the row before `start`: its index, its span id and the version."""
        return [start, self.tree[start - 1].row.span_id, list(self.version)]

    def start_at(self, position: list[Any]) -> int:
        """Returns the index of the row that follows a position. In another version the row may have moved."""
        start, span_id = int(position[0]), position[1]
        if start <= len(self.tree) and self.tree[start - 1].row.span_id == span_id:
            return start
        for at, tree_row in enumerate(self.tree):
            if tree_row.row.span_id == span_id:
                return at + 1
        return min(start, len(self.tree))


def _identity(execution: Execution) -> tuple[str, str, str]:
    return execution.tenant, execution.execution_id, execution.status


def encoded(body: dict[str, Any], accept_encoding: str | None) -> tuple[ApiResponse, bool]:
    """Returns the response, compressed if the caller reads that, and whether Lambda can return one of that size."""
    text = json_bytes(body)
    coded = compressed(text, accept_encoding)
    if coded is None:
        fits = len(text) <= MAX_TEXT_BYTES and escaped_size(text) <= MAX_ESCAPED_BYTES
        return ApiResponse(text), fits
    coding, data = coded
    return ApiResponse(data, headers={"Content-Encoding": coding}), len(data) <= MAX_CODED_BYTES
