"""Items that hold chunks, decoded: the rows of a trace, and details. One that cannot be decoded is kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

from spanvas.model.errors import UnreadableItem
from spanvas.model.execution import Execution
from spanvas.model.row import Row, merge_duplicates
from spanvas.model.span import Span
from spanvas.storage import codec
from spanvas.storage.decoding import Reading, Report, attempted
from spanvas.storage.item_reading import binary_of, key_of
from spanvas.storage.row_codec import decode_rows
from spanvas.storage.stored_trace import StoredTrace


class Chunks:
    """The rows chunks of one trace, as their items come."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._rows: dict[str, list[Row]] = {}
        self._unreadable: list[UnreadableItem] = []
        self._newer = 0

    def add_previews(self, item: Mapping[str, Any]) -> None:
        """Decodes the rows of a chunk with their content. Where they cannot be decoded, those without it are shown."""
        found = attempted(rows_of, item)
        if isinstance(found, UnreadableItem):
            self._report(found)
        else:
            self._rows[chunk_id_of(item)] = found[0]

    def add(self, item: Mapping[str, Any]) -> None:
        """Decodes the item of a rows chunk; one that cannot be decoded is reported and kept as unreadable.

        A chunk whose rows were added with their content stays as it is.
        """
        if chunk_id_of(item) in self._rows:
            return
        found = attempted(rows_of, item)
        if isinstance(found, UnreadableItem):
            self._report(found)
            self._unreadable.append(found)
            return
        rows, is_newer = found
        self._rows[chunk_id_of(item)] = rows
        self._newer += is_newer

    def rows(self) -> list[Row]:
        """Returns the rows of all chunks that were added, each span once."""
        return merge_duplicates(list(chain(*self._rows.values())))

    def trace_of(self, execution: Execution) -> StoredTrace:
        """Returns the execution with the rows of all chunks that were added."""
        return StoredTrace.of(execution, self._rows, self._unreadable, self._newer)


def rows_of(item: Mapping[str, Any]) -> tuple[list[Row], bool]:
    """Returns the rows of a chunk, and whether a newer version has written it. Raises UnreadableItemError."""
    with Reading(*key_of(item)) as reading:
        payload = codec.decompress(binary_of(item, "data"))
        return decode_rows(payload, chunk_id_of(item), reading), reading.is_newer


def spans_of(
    pk: str, sk: str, payload: bytes, span_id: str | None = None
) -> list[Span] | UnreadableItem:
    """Returns the spans of a detail, or only those with that id."""

    def decode() -> list[Span]:
        with Reading(pk, sk) as reading:
            return codec.decode_spans(payload, span_id, reading)

    return attempted(decode)


def chunk_id_of(item: Mapping[str, Any]) -> str:
    """Returns the id of a rows chunk: its item's sort key without the prefix."""
    return key_of(item)[1].rpartition("#")[2]
