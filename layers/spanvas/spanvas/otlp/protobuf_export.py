"""Spans as an ExportTraceServiceRequest in protobuf, with attributes as any backend can take them.

Written by hand, since the protobuf runtime is a binary of its own that functions bring in other versions, and most of
what an exporter costs at a cold start. Sources: opentelemetry-proto, `trace/v1/trace.proto`; protobuf.dev, "Encoding".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from struct import Struct
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model.span import Event, Link, Span
from spanvas.model.values import encodable
from spanvas.otlp.export_safe import export_safe
from spanvas.otlp.intake import KIND_NUMBERS, STATUS_NUMBERS
from spanvas.otlp.kept_fields import (
    EVENT_FIELDS,
    LINK_FIELDS,
    RESOURCE_FIELDS,
    SCOPE_FIELDS,
    SPAN_FIELDS,
    split_kept,
    split_origin,
)
from spanvas.otlp.wire import length_delimited, number_field, varint

SAMPLED: Final = 1
SHORT_NAME: Final = 64
"""Characters of a name that is kept encoded."""

_FIXED64 = Struct("<Q").pack
_FIXED32 = Struct("<I").pack
_DOUBLE = Struct("<d").pack
_TIME_LIMIT: Final = 2**64

Place = Callable[[Span], str]
"""Where the whole of a span can be read; empty for nowhere."""


def encode_protobuf(spans: Iterable[Span], place_of: Place) -> bytes:
    """Returns one request with all these spans, grouped by resource and scope, in the order given."""
    groups: dict[int, tuple[Span, dict[tuple[Any, ...], tuple[Span, list[bytes]]]]] = {}
    for span in spans:
        _, scopes = groups.setdefault(id(span.resource), (span, {}))
        scope = span.scope_name, span.scope_version, id(span.scope_attributes or None)
        encoded = length_delimited(2, _span(span, place_of(span)))
        scopes.setdefault(scope, (span, []))[1].append(encoded)
    return b"".join(
        length_delimited(1, _resource(first.resource, b"".join(map(_scope, scopes.values()))))
        for first, scopes in groups.values()
    )


def _resource(resource: Mapping[str, Any], scopes: bytes) -> bytes:
    attributes, fields = split_kept(resource, RESOURCE_FIELDS)
    dropped = number_field(2, fields.get(names.DROPPED_ATTRIBUTES, 0))
    schema_url = _text(3, fields.get(names.RESOURCE_SCHEMA_URL, ""))
    return length_delimited(1, _attributes(1, attributes, "") + dropped) + scopes + schema_url


def _scope(scope: tuple[Span, Sequence[bytes]]) -> bytes:
    first, spans = scope
    described = _text(1, first.scope_name) + _text(2, first.scope_version)
    attributes, fields = split_kept(first.scope_attributes, SCOPE_FIELDS)
    described += _attributes(3, attributes, "")
    described += number_field(4, fields.get(names.DROPPED_ATTRIBUTES, 0))
    schema_url = _text(3, fields.get(names.SCOPE_SCHEMA_URL, ""))
    return length_delimited(2, length_delimited(1, described) + b"".join(spans) + schema_url)


def _span(span: Span, place: str) -> bytes:
    attributes, flags = split_origin(span, span.attributes)
    attributes, fields = split_kept(attributes, SPAN_FIELDS)
    return b"".join(
        (
            length_delimited(1, bytes.fromhex(span.trace_id)),
            length_delimited(2, bytes.fromhex(span.span_id)),
            length_delimited(4, bytes.fromhex(span.parent_span_id)) if span.parent_span_id else b"",
            _text(5, span.name),
            number_field(6, KIND_NUMBERS.get(span.otel_kind, 1)),
            _time(7, span.start_time_unix_nano),
            _time(8, _end(span)),
            _attributes(9, attributes, place),
            *(length_delimited(11, _event(event, place)) for event in span.events),
            *(length_delimited(13, _link(link, place)) for link in span.links),
            _text(3, fields.get(names.TRACE_STATE, "")),
            number_field(10, fields.get(names.DROPPED_ATTRIBUTES, 0)),
            number_field(12, fields.get(names.DROPPED_EVENTS, 0)),
            number_field(14, fields.get(names.DROPPED_LINKS, 0)),
            length_delimited(
                15, _text(2, span.status_message) + number_field(3, STATUS_NUMBERS[span.status])
            ),
            b"\x85\x01" + _FIXED32(flags or SAMPLED),
        )
    )


def _end(span: Span) -> int:
    """A nanosecond after the start at least: Jaeger marks spans of no length as wrong ones (its sanitizer of negative
    durations), and a model call that is recorded without its times has none."""
    end = span.end_time_unix_nano
    return 0 if end is None else max(end, span.start_time_unix_nano + 1)


def _event(event: Event, place: str) -> bytes:
    attributes, fields = split_kept(event.attributes, EVENT_FIELDS)
    return b"".join(
        (
            _time(1, event.time_unix_nano),
            _text(2, event.name),
            _attributes(3, attributes, place),
            number_field(4, fields.get(names.DROPPED_ATTRIBUTES, 0)),
        )
    )


def _link(link: Link, place: str) -> bytes:
    attributes, fields = split_kept(link.attributes, LINK_FIELDS)
    return b"".join(
        (
            length_delimited(1, bytes.fromhex(link.trace_id)),
            length_delimited(2, bytes.fromhex(link.span_id)),
            _text(3, fields.get(names.TRACE_STATE, "")),
            _attributes(4, attributes, place),
            number_field(5, fields.get(names.DROPPED_ATTRIBUTES, 0)),
            b"\x35" + _FIXED32(link.flags or SAMPLED),
        )
    )


def _attributes(field: int, attributes: Mapping[str, Any], place: str) -> bytes:
    return b"".join(
        [
            length_delimited(field, _key(name) + length_delimited(2, _value(value)))
            for name, value in export_safe(attributes, place).items()
        ]
    )


def _key(name: str) -> bytes:
    return _short_key(name) if len(name) <= SHORT_NAME else length_delimited(1, name.encode())


@lru_cache(maxsize=1024)
def _short_key(name: str) -> bytes:
    """Returns the key of a KeyValue: every span has the same few."""
    return length_delimited(1, name.encode())


def _value(value: Any) -> bytes:
    """Returns the AnyValue of what `export_safe` leaves: a scalar, or a list of scalars."""
    if isinstance(value, str):
        return length_delimited(1, value.encode())
    if isinstance(value, bool):
        return b"\x10\x01" if value else b"\x10\x00"
    if isinstance(value, int):
        return b"\x18" + varint(value & 0xFFFF_FFFF_FFFF_FFFF)
    if isinstance(value, float):
        return b"\x21" + _DOUBLE(value)
    return length_delimited(5, b"".join(length_delimited(1, _value(item)) for item in value))


def _text(field: int, text: str) -> bytes:
    return length_delimited(field, encodable(text).encode()) if text else b""


def _time(field: int, unix_nano: int) -> bytes:
    return varint(field << 3 | 1) + _FIXED64(min(max(unix_nano, 0), _TIME_LIMIT - 1))
