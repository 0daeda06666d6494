"""A trace in answers of a size that Lambda can give: the tree as a whole, and a stretch of its rows at a time.

The tree is made of all rows, so every part costs reading all of them, unless the process still has the tree that it
answered the part before from. All parts are of the same version, whatever is written meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from spanvas.model.execution import OPEN, Completeness, Execution
from spanvas.model.tree import ORPHAN, TreeRow, state_of
from spanvas.storage.port import StoredTrace
from spanvas_api.encoding import MAX_CODED_BYTES, MAX_TEXT_BYTES, compressed, json_bytes
from spanvas_api.request import Answer
from spanvas_api.trace_status import ALL_READ, Parts, TraceStatus, trace_status
from spanvas_api.trace_versions import Version


@dataclass(frozen=True, slots=True)
class WholeTrace:
    """`stored` is the execution as it was read, `execution` the same with what its rows say of it."""

    stored: Execution
    execution: Execution
    completeness: Completeness
    tree: list[TreeRow]
    version: Version
    latest: StoredTrace | None
    """What the tree was made of, if that was all that was stored then."""
    parts: Parts = ALL_READ

    def is_of(self, execution: Execution, version: Version | None) -> bool:
        """The tenant is part of what is compared."""
        return self.version == version and _identity(self.stored) == _identity(execution)

    def latest_of(self, execution: Execution) -> StoredTrace | None:
        """The execution's trace as it is stored now; None where that is not known without reading."""
        is_same = _identity(self.stored) == _identity(execution)
        return self.latest if is_same and self.stored.revision == execution.revision else None

    def status(self) -> TraceStatus:
        execution, now_unix_nano = self.execution, self.version.now_unix_nano
        is_open = execution.status in OPEN
        unended = [row for row, _, _, _ in self.tree if row.end_time_unix_nano is None]
        lost = sum(state_of(row, now_unix_nano, is_open) == "lost" for row in unended)
        orphans = sum([ORPHAN in marks for _, _, _, marks in self.tree if marks])
        return trace_status(
            execution,
            self.completeness,
            rows=len(self.tree),
            orphans=orphans,
            lost=lost,
            parts=self.parts,
        )

    def position_after(self, start: int) -> list[Any]:
        """What a cursor says of the row before `start`: where it stands, which it is, and in which version."""
        return [start, self.tree[start - 1].row.span_id, list(self.version)]

    def start_at(self, position: list[Any]) -> int:
        """The row that follows a position. In another version than the position's it may have moved."""
        start, span_id = int(position[0]), position[1]
        if start <= len(self.tree) and self.tree[start - 1].row.span_id == span_id:
            return start
        for at, tree_row in enumerate(self.tree):
            if tree_row.row.span_id == span_id:
                return at + 1
        return min(start, len(self.tree))


def _identity(execution: Execution) -> tuple[str, str, str]:
    return execution.tenant, execution.execution_id, execution.status


def encoded(body: dict[str, Any], accept_encoding: str | None) -> tuple[Answer, bool]:
    """The answer as the caller reads it, and whether Lambda can give one of that size."""
    text = json_bytes(body)
    coded = compressed(text, accept_encoding)
    if coded is None:
        return Answer(text), len(text) <= MAX_TEXT_BYTES
    coding, data = coded
    return Answer(data, headers={"Content-Encoding": coding}), len(data) <= MAX_CODED_BYTES
