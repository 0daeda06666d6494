"""From a batch of spans to the items that hold it. Pure: what `write` will put where.

A batch becomes one rows chunk with one or more details; a batch too large for that, several.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Final, NamedTuple

from spanvas.model import kinds
from spanvas.model.execution import Counters, count
from spanvas.model.inference import may_count
from spanvas.model.row import MAX_VERSIONS, Row, comparable, versions
from spanvas.model.span import Span, merge_spans
from spanvas.semantics.summary import row_of
from spanvas.storage import codec
from spanvas.storage.row_codec import encode_rows

MAX_ROWS: Final = 2_000
"""Spans in one rows chunk: about 60 KB compressed, so that ten thousand are read in one or two pages of 1 MB."""
MAX_CHUNK_BYTES: Final = 300_000
"""A DynamoDB item holds 400 KB; names are attacker's choice and may not compress at all."""
DETAIL_BYTES: Final = 1_000_000
"""Uncompressed size to aim at for one detail: what reading one span has to inflate."""
INLINE_BYTES: Final = 8 * 1024
"""Compressed size up to which a detail stays in the table; above it S3 is cheaper (storage cost model, 4.4)."""


class Chunk(NamedTuple):
    """One rows item and the compressed details that belong to it; detail `n` is named `chunk_id:n`."""

    chunk_id: str
    rows: bytes
    details: tuple[bytes, ...]
    counters: Counters
    alone: Counters
    """What it counts if it is all that there is of an execution: `counters` is what it adds to others."""
    summaries: tuple[Row, ...]
    """What `rows` encodes."""


def plan(spans: Sequence[Span], dropped: int = 0) -> list[Chunk]:
    """Returns the chunks of a batch. The same spans give the same chunks, whatever their order.

    Differing ended versions of one span id each get their own chunk, as if they had been sent in different batches.
    """
    merged: dict[str, Span] = {}
    several: dict[str, list[Span]] = {}
    for span in spans:
        known = merged.get(span.span_id)
        if known is None:
            merged[span.span_id] = span
        else:
            several.setdefault(span.span_id, [known]).append(span)
            merged[span.span_id] = merge_spans(known, span)
    others = [_others(each, merged[span_id]) for span_id, each in several.items()]
    chunks: list[Chunk] = []
    for members in (merged.values(), *zip_longest(*others)):
        ordered = sorted(filter(None, members), key=_order)
        for start in range(0, len(ordered), MAX_ROWS):
            chunks.extend(_chunks(ordered[start : start + MAX_ROWS]))
    if dropped and chunks:
        counters = replace(chunks[0].counters, dropped=dropped)
        chunks[0] = chunks[0]._replace(counters=counters)
    return chunks


def _order(span: Span) -> tuple[int, str]:
    return (span.start_time_unix_nano, span.span_id)


def _others(each: Iterable[Span], shown: Span) -> list[Span]:
    """Returns the ended versions of one span that differ from the version that is shown."""
    ordered = sorted(each, key=repr)
    rows = [row_of(span, f"{place:05}") for place, span in enumerate(ordered)]
    said = comparable(row_of(shown))
    others = [row for row in versions(rows) if row.end_time_unix_nano and comparable(row) != said]
    return [ordered[int(row.detail)] for row in others[: MAX_VERSIONS - 1]]


def _chunks(spans: Sequence[Span]) -> list[Chunk]:
    pieces = _pieces(spans)
    rows: list[Row] = []
    for index, piece in enumerate(pieces):
        rows.extend(row_of(span, str(index)) for span in piece.spans)
    payload = encode_rows(rows)
    compressed = codec.compress(payload)
    if len(compressed) > MAX_CHUNK_BYTES and len(spans) > 1:
        return [chunk for half in codec.split(spans, 2) for chunk in _chunks(half)]
    chunk_id = codec.chunk_id_of(payload + b"".join(piece.payload for piece in pieces))
    details = tuple(codec.compress(piece.payload) for piece in pieces)
    counters = count(rows, is_part=True)
    has_wrappers = any(row.kind != kinds.MODEL and may_count(row) for row in rows)
    alone = count(rows) if has_wrappers else counters
    return [Chunk(chunk_id, compressed, details, counters, alone, tuple(rows))]


class _Piece(NamedTuple):
    spans: Sequence[Span]
    payload: bytes


def _pieces(spans: Sequence[Span]) -> list[_Piece]:
    weight = codec.weight_of(spans)
    if weight > DETAIL_BYTES * 1.5 and len(spans) > 1:
        parts = min(-(-weight // DETAIL_BYTES), len(spans))
        return [piece for part in codec.split(spans, parts) for piece in _small_pieces(part)]
    return _small_pieces(spans)


def _small_pieces(spans: Sequence[Span]) -> list[_Piece]:
    """Encodes spans whose estimated size is small enough; halves those that quotes or non-ASCII text make larger."""
    payload = codec.encode_spans(spans)
    if len(payload) <= DETAIL_BYTES * 1.5 or len(spans) == 1:
        return [_Piece(spans, payload)]
    parts = min(-(-len(payload) // DETAIL_BYTES), len(spans))
    return [_Piece(part, codec.encode_spans(part)) for part in codec.split(spans, parts)]
