"""An execution and the rows of its trace, as they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from spanvas.model.errors import UnreadableItem
from spanvas.model.execution import Execution
from spanvas.model.loss import with_loss_cause
from spanvas.model.row import MAX_VERSIONS, Row, versions
from spanvas.model.running_totals import rows_of_trace


class SpanOrigin(NamedTuple):
    """The backend that the spans of a trace were read from, since the store has none of them.

    `unread`: how many spans of its answer could not be read. `is_part`: it says itself that it has left some out.
    `is_registered`: whether the store has the execution.
    """

    backend: str
    unread: int = 0
    is_part: bool = False
    is_registered: bool = True


@dataclass(frozen=True, slots=True)
class StoredTrace:
    """An execution and the rows of its trace, in no particular order.

    `rows`: merged, one a span. `chunks`: the rows as they are stored, by chunk id. `unreadable`: chunks that could not
    be decoded. `newer_chunks`: how many of `chunks` a newer version has written. `origin`: None where the store has
    been asked alone.
    """

    execution: Execution
    rows: list[Row]
    chunks: Mapping[str, list[Row]]
    unreadable: tuple[UnreadableItem, ...] = ()
    newer_chunks: int = 0
    origin: SpanOrigin | None = None

    @staticmethod
    def of(
        execution: Execution,
        chunks: Mapping[str, list[Row]],
        unreadable: Sequence[UnreadableItem] = (),
        newer_chunks: int = 0,
    ) -> StoredTrace:
        """Returns a trace with the rows of its chunks merged, one a span."""
        rows = rows_of_trace(list(chain(*chunks.values())))
        return StoredTrace(execution, rows, chunks, tuple(unreadable), newer_chunks)

    @property
    def is_whole(self) -> bool:
        """Whether everything stored could be decoded, and nothing of it was written by a newer version."""
        return not (self.unreadable or self.newer_chunks or self.execution.is_newer)

    @property
    def spans_from(self) -> SpanOrigin | None:
        """Where the spans are from; None where they are the store's, or there are none."""
        return self.origin if self.rows else None

    def execution_with_loss_cause(self) -> Execution:
        """Returns the execution with the cause that its rows show; unchanged where a row could not be decoded."""
        return self.execution if self.unreadable else with_loss_cause(self.execution, self.rows)

    def versions(self, span_id: str) -> list[Row]:
        """Returns the rows of a span as `model.row.versions`, at most `MAX_VERSIONS`; none where it is not stored."""
        rows = [row for row in chain(*self.chunks.values()) if row.span_id == span_id]
        return versions(rows)[:MAX_VERSIONS] if rows else []
