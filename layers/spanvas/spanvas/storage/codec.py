"""Chunks: whole spans of one flush as zstd-compressed JSON, written and read. `row_codec` has those of rows.

Agents repeat the conversation in every span, so spans that are compressed together cost a small part of what they
cost apart (measured: 105 spans, 2.7 MB, 33 KB). Content longer than a preview is kept once per digest in a chunk, and
referenced.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b, sha256
from typing import Any, Final

import zstandard

from spanvas.model.span import Link, Span
from spanvas.model.values import jsonable
from spanvas.semantics.dialect_content import is_words_name
from spanvas.storage.decoding import VERSION, MalformedError, Reading

fast_dumps: Callable[..., bytes] | None
loads: Callable[[bytes], Any]
try:  # the functions bring orjson; in executors the standard library does
    from orjson import dumps as fast_dumps
    from orjson import loads
except ImportError:  # pragma: no cover - the tests have orjson
    from json import loads

    fast_dumps = None

LEVEL: Final = 3
MAX_INFLATED: Final = 64 * 1024 * 1024
REFERENCED_FROM: Final = 2048
"""Characters from which content is kept once per digest: OTLP's previews are no longer than this either."""

SPAN_CHARACTERS: Final = 350
"""Of a span besides its attributes: ids, times, names of fields."""
UNWRITABLE_CHARACTERS: Final = 10_000


def chunk_id_of(payload: bytes) -> str:
    """Returns the name of a chunk: a digest of its content, so that the same batch sent twice is one chunk."""
    return blake2b(payload, digest_size=10, person=b"spanvas").hexdigest()


def compress(payload: bytes) -> bytes:
    """Compresses a chunk with zstd."""
    return zstandard.ZstdCompressor(level=LEVEL).compress(payload)


def decompress(data: bytes) -> bytes:
    """Decompresses a chunk. Raises MalformedError if it is not zstd, or larger than MAX_INFLATED."""
    try:
        size = zstandard.frame_content_size(data)
        if size > MAX_INFLATED:
            raise MalformedError(f"chunk inflates to {size} bytes")
        return zstandard.ZstdDecompressor().decompress(data, max_output_size=MAX_INFLATED)
    except zstandard.ZstdError as error:
        raise MalformedError(f"not a chunk: {error}") from error


def encode_spans(spans: Sequence[Span]) -> bytes:
    """Returns whole spans as JSON bytes, to be compressed."""
    resources: list[Any] = []
    scopes: list[Any] = []
    content: dict[str, Any] = {}
    of_resource: dict[int, int] = {}
    for span in spans:  # most share one
        if id(span.resource) not in of_resource:
            of_resource[id(span.resource)] = _index(resources, jsonable(span.resource))
    encoded = [span_object(span, of_resource[id(span.resource)], scopes, content) for span in spans]
    return dump(
        {
            "v": VERSION,
            "resources": resources,
            "scopes": scopes,
            "content": content,
            "spans": encoded,
        }
    )


def decode_spans(
    payload: bytes, span_id: str | None = None, reading: Reading | None = None
) -> list[Span]:
    """Returns the spans of a detail chunk, or only those with that id. Raises as `row_codec.decode_rows` does."""
    from spanvas.storage.span_decoding import spans_of  # writers need none of it

    chunk = loaded_chunk(payload, reading)
    items = chunk["spans"]
    if span_id is not None:
        items = [item for item in items if item["span_id"] == span_id]
    return spans_of(items, chunk)


def weight_of(spans: Iterable[Span]) -> int:
    """Estimates the encoded size of spans: the characters of their texts, repeated content once."""
    characters = 0
    content: set[str] = set()
    for span in spans:
        characters += SPAN_CHARACTERS
        for name, value in span.attributes.items():
            characters += len(name)
            if type(value) is not str:
                characters += _characters(value)
            elif len(value) <= REFERENCED_FROM or not is_words_name(name):
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


def jsonable_field(value: Any) -> Any:
    """Returns a row's value as JSON can hold it. Texts stay texts: lone surrogates are escaped in place."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, tuple):
        return [jsonable_field(item) for item in value]
    return value


def span_object(
    span: Span, resource: int, scopes: list[Any], content: dict[str, Any]
) -> dict[str, Any]:
    """Returns a span as it is stored. Its scope is added to `scopes`, its long contents to `content`, by digest."""
    scope: list[Any] = [jsonable_field(span.scope_name), jsonable_field(span.scope_version)]
    if span.scope_attributes:
        scope.append(jsonable(span.scope_attributes))
    stored = {
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
        "links": [_link(link) for link in span.links],
        "resource": resource,
        "scope": _index(scopes, scope),
        "deadline": span.deadline_unix_nano,
        "recorded_at": span.recorded_at_unix_nano,
    }
    if span.flags:
        stored["flags"] = span.flags
    return stored


def _link(link: Link) -> list[Any]:
    stored = [link.trace_id, link.span_id, jsonable(link.attributes)]
    return [*stored, link.flags] if link.flags else stored


def _attributes(span: Span, content: dict[str, Any]) -> dict[str, Any]:
    encoded = jsonable(span.attributes)
    for name, value in encoded.items():
        if isinstance(value, str) and len(value) > REFERENCED_FROM and is_words_name(name):
            digest = sha256(value.encode()).hexdigest()
            content[digest] = value
            encoded[name] = {"$ref": digest}
    return encoded  # type: ignore[no-any-return]


def _index(known: list[Any], value: Any) -> int:
    if value not in known:
        known.append(value)
    return known.index(value)


def dump(value: Any) -> bytes:
    """Returns a value as JSON bytes: the same, whichever library writes them."""
    if fast_dumps is not None:
        try:
            return fast_dumps(value, default=list)  # it takes no named tuples by itself
        except TypeError:  # integers of more than 64 bits
            pass
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def split(items: Sequence[Any], parts: int) -> Iterable[Sequence[Any]]:
    """Cuts a sequence into at most `parts` runs of nearly equal length."""
    size = -(-len(items) // parts)
    return (items[i : i + size] for i in range(0, len(items), size))


def loaded_chunk(payload: bytes, reading: Reading | None) -> dict[str, Any]:
    """Returns the JSON object of a chunk, whose version it tells `reading`. Raises MalformedError."""
    chunk = loads(payload)
    if not isinstance(chunk, dict):
        raise MalformedError("a chunk is no object")
    (reading or Reading()).saw(chunk.get("v"))
    return chunk
