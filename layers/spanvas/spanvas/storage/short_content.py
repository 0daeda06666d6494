"""Rows without content, for executions whose content expires before their structure."""

from __future__ import annotations

from spanvas.storage import codec
from spanvas.storage.row_codec import decode_rows, encode_rows


def structure_of(rows: bytes) -> bytes:
    """Returns a compressed rows chunk without previews, messages of errors and names of files."""
    kept = []
    for row in decode_rows(codec.decompress(rows), ""):
        artifacts = tuple(artifact._replace(name="") for artifact in row.artifacts)
        kept.append(
            row._replace(
                input_preview=None,
                output_preview=None,
                error_message=None,
                artifacts=artifacts,
                detail=row.detail.rpartition(":")[2],
            )
        )
    return codec.compress(encode_rows(kept))
