"""Chunks: rows or whole spans of one flush as zstd-compressed JSON.

Agents repeat the conversation in every span, so spans that are compressed together cost a small part of what they
cost apart (measured: 105 spans, 2.7 MB, 33 KB). Rows are kept by columns, with times relative to the chunk's
first. Content longer than a preview is kept once per digest in a chunk, and referenced. `chunk_reading` reads them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b, sha256
from typing import Any, Final

import zstandard

from spanvas.model.row import Row
from spanvas.model.span import Span
from spanvas.model.values import jsonable
from spanvas.semantics.content_split import is_content
from spanvas.storage.decoding import VERSION, MalformedError

fast_dumps: Callable[..., bytes] | None
try:  # the functions bring orjson; in executors the standard library does
    from orjson import dumps as fast_dumps
except ImportError:  # pragma: no cover - the tests have orjson
    fast_dumps = None

LEVEL: Final = 3
MAX_INFLATED: Final = 64 * 1024 * 1024
REFERENCED_FROM: Final = 2048
"""Characters from which content is kept once per digest: OTLP's previews are no longer than this either."""


SPAN_CHARACTERS: Final = 350
"""Of a span besides its attributes: ids, times, names of fields."""
UNWRITABLE_CHARACTERS: Final = 10_000

TEXT_COLUMNS: Final = (
    "name",
    "kind",
    "status",
    "node_id",
    "error_type",
    "error_message",
    "model",
    "provider",
    "input_preview",
    "output_preview",
    "attempt",
    "detail",
)


def chunk_id_of(payload: bytes) -> str:
    """Name of a chunk: a digest of what is in it, so that the same batch sent twice is one chunk."""
    return blake2b(payload, digest_size=10, person=b"spanvas").hexdigest()


def compress(payload: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=LEVEL).compress(payload)


def decompress(data: bytes) -> bytes:
    """Raises MalformedError for what is not zstd, or inflates past the limit."""
    try:
        size = zstandard.frame_content_size(data)
        if size > MAX_INFLATED:
            raise MalformedError(f"chunk inflates to {size} bytes")
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=MAX_INFLATED)
    except zstandard.ZstdError as error:
        raise MalformedError(f"not a chunk: {error}") from error


def encode_rows(rows: Sequence[Row]) -> bytes:
    """Rows as JSON bytes, to be compressed; `detail` holds the index of the detail item within the chunk.

    By columns: a value that many rows share is written once, and a column is read without a step per row.
    """
    base = min((row.start_time_unix_nano for row in rows), default=0)
    places = {row.span_id: place for place, row in enumerate(rows)}
    return _dump(
        {
            "v": VERSION,
            "base": base,
            "span_id": [row.span_id for row in rows],
            # A parent in the same chunk by its place there.
            "parent": [places.get(row.parent_span_id or "", row.parent_span_id) for row in rows],
            "start": [row.start_time_unix_nano - base for row in rows],
            "duration": [_since(row.end_time_unix_nano, row.start_time_unix_nano) for row in rows],
            "recorded_at": [row.recorded_at_unix_nano - _last_time(row) for row in rows],
            "deadline": [_since(row.deadline_unix_nano, base) for row in rows],
            "usage": [row.usage for row in rows],
            "cost": [row.cost_nano_usd for row in rows],
            "artifacts": [jsonable_field(row.artifacts) or None for row in rows],
            "marks": [row.marks or None for row in rows],
            **{name: _text_column([getattr(row, name) for row in rows]) for name in TEXT_COLUMNS},
        }
    )


def encode_spans(spans: Sequence[Span]) -> bytes:
    """Whole spans as JSON bytes, to be compressed."""
    resources: list[Any] = []
    scopes: list[Any] = []
    content: dict[str, Any] = {}
    encoded = [_span_object(span, resources, scopes, content) for span in spans]
    return _dump(
        {
            "v": VERSION,
            "resources": resources,
            "scopes": scopes,
            "content": content,
            "spans": encoded,
        }
    )


def weight_of(spans: Iterable[Span]) -> int:
    """About how many bytes spans come to when they are encoded: characters of their texts, repeated content once."""
    characters = 0
    content: set[str] = set()
    for span in spans:
        characters += SPAN_CHARACTERS
        for name, value in span.attributes.items():
            characters += len(name)
            if type(value) is not str:
                characters += _characters(value)
            elif len(value) <= REFERENCED_FROM or not is_content(name):
                characters += len(value)
            elif value not in content:
                content.add(value)
                characters += len(value)
    return characters


def _characters(value: Any) -> int:
    try:
        return len(str(value))
    except ValueError:  # an integer of more digits than Python writes in decimal
        return UNWRITABLE_CHARACTERS


def _since(time: int | None, earlier: int) -> int | None:
    return None if time is None else time - earlier


def _last_time(row: Row) -> int:
    end = row.end_time_unix_nano
    return row.start_time_unix_nano if end is None else end


def _text_column(values: Sequence[Any]) -> list[Any]:
    """Every value once, and for each row its place among them; as they are where hardly any repeats."""
    known: dict[Any, int] = {}
    places = [known.setdefault(value, len(known)) for value in values]
    if len(known) * 2 > len(values) > 2:
        return [[jsonable_field(value) for value in values], None]
    return [[jsonable_field(value) for value in known], places]


def jsonable_field(value: Any) -> Any:
    """Numbers and None as they are; texts of rows must stay texts, so lone surrogates are escaped in place."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, tuple):
        return [jsonable_field(item) for item in value]
    return value


def _span_object(
    span: Span, resources: list[Any], scopes: list[Any], content: dict[str, Any]
) -> dict[str, Any]:
    return {
        "trace_id": span.trace_id,
        "span_id": span.span_id,
        "parent_span_id": span.parent_span_id,
        "name": jsonable_field(span.name),
        "kind": span.kind,
        "otel_kind": span.otel_kind,
        "start": span.start_time_unix_nano,
        "end": span.end_time_unix_nano,
        "status": span.status,
        "status_message": jsonable_field(span.status_message),
        "attributes": _attributes(span, content),
        "events": [
            [jsonable_field(event.name), event.time_unix_nano, jsonable(event.attributes)]
            for event in span.events
        ],
        "links": [[link.trace_id, link.span_id, jsonable(link.attributes)] for link in span.links],
        "resource": _index(resources, jsonable(span.resource)),
        "scope": _index(
            scopes, [jsonable_field(span.scope_name), jsonable_field(span.scope_version)]
        ),
        "deadline": span.deadline_unix_nano,
        "recorded_at": span.recorded_at_unix_nano,
    }


def _attributes(span: Span, content: dict[str, Any]) -> dict[str, Any]:
    encoded = jsonable(span.attributes)
    for name, value in encoded.items():
        if isinstance(value, str) and len(value) > REFERENCED_FROM and is_content(name):
            digest = sha256(value.encode()).hexdigest()
            content[digest] = value
            encoded[name] = {"$ref": digest}
    return encoded  # type: ignore[no-any-return]


def _index(known: list[Any], value: Any) -> int:
    if value not in known:
        known.append(value)
    return known.index(value)


def _dump(value: Any) -> bytes:
    if fast_dumps is not None:
        try:
            return fast_dumps(value, default=list)  # it takes no named tuples by itself
        except TypeError:  # integers of more than 64 bits
            pass
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def split(items: Sequence[Any], parts: int) -> Iterable[Sequence[Any]]:
    """Cut a sequence into at most `parts` runs of nearly equal length."""
    size = -(-len(items) // parts)
    return (items[i : i + size] for i in range(0, len(items), size))
