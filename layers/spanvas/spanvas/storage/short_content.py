"""Rows and executions without content, for executions whose content expires before their structure."""

from __future__ import annotations

from dataclasses import replace

from spanvas.model.execution import OPEN, Execution, place_of
from spanvas.model.row import Row
from spanvas.semantics.withheld import execution_without_content, row_without_content
from spanvas.storage import codec
from spanvas.storage.row_codec import decode_rows, encode_rows


def structure_of(rows: bytes) -> bytes:
    """Returns a compressed rows chunk without content: previews, messages of errors, names of files, names that are
    texts."""
    kept = []
    for row in decode_rows(codec.decompress(rows), ""):
        kept.append(structural_row(row)._replace(detail=row.detail.rpartition(":")[2]))
    return codec.compress(encode_rows(kept))


def structural_row(row: Row) -> Row:
    """Returns what is left of a row when its content has expired."""
    artifacts = tuple(artifact._replace(name="") for artifact in row.artifacts)
    return row_without_content(row)._replace(artifacts=artifacts)


def content_kept(execution: Execution, kept_since_unix_nano: int) -> Execution:
    """Returns an execution; without its content where it ended, or else started, before a time.

    The message of its cause, a name that is a text and the sender's own id are content. What is open, held or deleted
    stays as it is.
    """
    if is_content_kept(execution, kept_since_unix_nano):
        return execution
    return replace(execution_without_content(execution), external_id="", session_id="", user_id="")


def is_content_kept(execution: Execution, kept_since_unix_nano: int) -> bool:
    """Returns whether an execution ended, or else started, at this time or later, or is open, held or deleted."""
    if execution.status in OPEN or execution.hold is not None or execution.deletion is not None:
        return True
    begun = execution.queued_until_unix_nano or place_of(execution)
    return max(begun, execution.ended_at_unix_nano or 0) >= kept_since_unix_nano
