"""Spans as an ExportTraceServiceRequest in protobuf, with attributes as any backend can take them.

Written by hand, since the protobuf runtime is a binary of its own that functions bring in other versions, and most of
what an exporter costs at a cold start. Sources: opentelemetry-proto, `trace/v1/trace.proto`; protobuf.dev, "Encoding".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from struct import Struct
from typing import Any, Final

from spanvas.model.span import Event, Link, Span
from spanvas.model.values import encodable
from spanvas.otlp.export_safe import export_safe
from spanvas.otlp.intake import KIND_NUMBERS, STATUS_NUMBERS
from spanvas.otlp.wire import length_delimited, number_field, varint

SAMPLED: Final = 1

_FIXED64 = Struct("<Q").pack
_FIXED32 = Struct("<I").pack
_DOUBLE = Struct("<d").pack
_TIME_LIMIT: Final = 2**64

Place = Callable[[Span], str]
"""Where the whole of a span can be read; empty for nowhere."""


def encode_protobuf(spans: Iterable[Span], place_of: Place) -> bytes:
    """Returns one request with all these spans, grouped by resource and scope, in the order given."""
    groups: dict[int, tuple[Mapping[str, Any], dict[tuple[str, str], list[bytes]]]] = {}
    for span in spans:
        _, scopes = groups.setdefault(id(span.resource), (span.resource, {}))
        encoded = length_delimited(2, _span(span, place_of(span)))
        scopes.setdefault((span.scope_name, span.scope_version), []).append(encoded)
    return b"".join(
        length_delimited(1, length_delimited(1, _attributes(1, resource, "")) + _scopes(scopes))
        for resource, scopes in groups.values()
    )


def _scopes(scopes: Mapping[tuple[str, str], Sequence[bytes]]) -> bytes:
    return b"".join(
        length_delimited(
            2, length_delimited(1, _text(1, name) + _text(2, version)) + b"".join(spans)
        )
        for (name, version), spans in scopes.items()
    )


def _span(span: Span, place: str) -> bytes:
    return b"".join(
        (
            length_delimited(1, bytes.fromhex(span.trace_id)),
            length_delimited(2, bytes.fromhex(span.span_id)),
            length_delimited(4, bytes.fromhex(span.parent_span_id)) if span.parent_span_id else b"",
            _text(5, span.name),
            number_field(6, KIND_NUMBERS.get(span.otel_kind, 1)),
            _time(7, span.start_time_unix_nano),
            _time(8, _end(span)),
            _attributes(9, span.attributes, place),
            *(length_delimited(11, _event(event, place)) for event in span.events),
            *(length_delimited(13, _link(link, place)) for link in span.links),
            length_delimited(
                15, _text(2, span.status_message) + number_field(3, STATUS_NUMBERS[span.status])
            ),
            b"\x85\x01" + _FIXED32(SAMPLED),
        )
    )


def _end(span: Span) -> int:
    """A nanosecond after the start at least: Jaeger marks spans of no length as wrong ones (its sanitizer of negative
    durations), and a model call that is recorded without its times has none."""
    end = span.end_time_unix_nano
    return 0 if end is None else max(end, span.start_time_unix_nano + 1)


def _event(event: Event, place: str) -> bytes:
    return (
        _time(1, event.time_unix_nano)
        + _text(2, event.name)
        + _attributes(3, event.attributes, place)
    )


def _link(link: Link, place: str) -> bytes:
    return b"".join(
        (
            length_delimited(1, bytes.fromhex(link.trace_id)),
            length_delimited(2, bytes.fromhex(link.span_id)),
            _attributes(4, link.attributes, place),
            b"\x35" + _FIXED32(SAMPLED),
        )
    )


def _attributes(field: int, attributes: Mapping[str, Any], place: str) -> bytes:
    return b"".join(
        length_delimited(
            field, length_delimited(1, name.encode()) + length_delimited(2, _value(value))
        )
        for name, value in export_safe(attributes, place).items()
    )


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
