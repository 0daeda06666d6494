"""An export request in protobuf, in the groups of its JSON encoding (`export.request_of`).

Spans and attributes, of which a trace has thousands, are bytes there already. What a span says is what JSON says of it
(`export.facts_of`). Sources: opentelemetry-proto,
`trace/v1/trace.proto` and `common/v1/common.proto`; protobuf.dev, "Encoding".
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping, Sequence
from struct import Struct
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model.span import Event, Link, Span
from spanvas.model.values import encodable
from spanvas.otlp.export import LabelsOf, any_value, facts_of, no_labels, request_of
from spanvas.otlp.intake import KIND_NUMBERS, STATUS_NUMBERS
from spanvas.otlp.kept_fields import EVENT_FIELDS, LINK_FIELDS, split_kept
from spanvas.otlp.scalars import INT64
from spanvas.otlp.wire import LEN, WORD, length_delimited, number_field, varint

MOST_REMEMBERED: Final = 4_000
"""Keys and short attributes of one request whose bytes are kept, since most spans say the same."""
SHORT: Final = 64
"""Characters of a text that is worth remembering."""

_FIXED64 = Struct("<Q").pack
_TIMES = Struct("<BQBQ").pack
"""Of the fields 7 and 8 of a span, each behind its tag."""
_FIXED32 = Struct("<I").pack
_DOUBLE = Struct("<d").pack

Plain = Mapping[str, Any]


def encode_request(spans: Iterable[Span], labels_of: LabelsOf = no_labels) -> bytes:
    """Returns one ExportTraceServiceRequest with all these spans, as `export.encode_json` does.

    A `TracesData` and Tempo's `Trace` are the same bytes.
    """
    writer = _Writer()
    request = request_of(spans, writer.pairs, writer.span, labels_of)
    parts = [
        part for resource in request["resourceSpans"] for part in writer.resource_spans(resource)
    ]
    return b"".join(parts)


class _Writer:
    """Writes the messages of one request, and remembers keys and short attributes."""

    def __init__(self) -> None:
        self._remembered: dict[tuple[str, str], bytes] = {}
        self._keys: dict[str, bytes] = {}

    def resource_spans(self, resource: Plain) -> list[bytes]:
        """Returns a field with all spans of a resource, in parts: a whole trace is put together once."""
        described = resource["resource"]
        head = _repeated(_TAG[1], described["attributes"]) + number_field(
            2, described.get(_DROPPED, 0)
        )
        parts = [_sized(_TAG[1], head)]
        for scope in resource["scopeSpans"]:
            parts += self._scope_spans(scope)
        return _with_size(_TAG[1], [*parts, _text(3, resource.get("schemaUrl", ""))])

    def _scope_spans(self, scope: Plain) -> list[bytes]:
        described = scope["scope"]
        head = (
            _text(1, described["name"])
            + _text(2, described.get("version", ""))
            + _repeated(_TAG[3], described.get("attributes", ()))
            + number_field(4, described.get(_DROPPED, 0))
        )
        parts = [_sized(_TAG[1], head)]
        for span in scope["spans"]:
            parts += (_TAG[2] + varint(len(span)), span)
        return _with_size(_TAG[2], [*parts, _text(3, scope.get("schemaUrl", ""))])

    def pairs(self, attributes: Mapping[str, Any]) -> list[bytes]:
        """Returns attributes as KeyValues, each behind its length."""
        known = self._remembered.get
        found: list[bytes] = []
        for name, value in attributes.items():
            if type(value) is not str:
                encoded = self._other_pair(name, value)
            elif len(value) > SHORT:
                encoded = self._text_pair(name, value)
            else:
                encoded = known((name, value)) or self._new_pair(name, value)
            found.append(encoded)
        return found

    def _new_pair(self, key: str, text: str) -> bytes:
        """Returns the pair of a short text, and remembers it."""
        encoded = self._text_pair(key, text)
        if len(self._remembered) < MOST_REMEMBERED:
            self._remembered[key, text] = encoded
        return encoded

    def _text_pair(self, key: str, text: str) -> bytes:
        """Returns the same as `_pair` with `_text_value`; the text, which may be long, is copied once."""
        data = encodable(text).encode()
        size = varint(len(data))
        front = self._key(key) + varint(1 + len(size) + len(data)) + _TAG[1] + size
        return varint(len(front) + len(data)) + front + data

    def _other_pair(self, key: str, value: Any) -> bytes:
        """Returns the pair of what is no text. Integers need no form of it in between."""
        if type(value) is int and value in INT64:
            return self._pair(key, b"\x18" + varint(value & WORD))
        return self._pair(key, self._value(any_value(value)))

    def _pair(self, key: str, value: bytes) -> bytes:
        # The value is always there, also an empty one, as protobuf's own writers have it.
        front = self._key(key) + varint(len(value))
        return varint(len(front) + len(value)) + front + value

    def _key(self, key: str) -> bytes:
        """Returns the key of a KeyValue, and the tag of its value."""
        known = self._keys.get(key)
        if known is None:
            known = _sized(_TAG[1], encodable(key).encode()) + _TAG[2]
            if len(self._keys) < MOST_REMEMBERED:
                self._keys[key] = known
        return known

    def _value(self, value: Plain) -> bytes:
        """Returns an AnyValue; nothing for an empty one."""
        for form, given in value.items():
            if form == "stringValue":
                return _text_value(given)
            if form == "arrayValue":
                items = [_sized(_TAG[1], self._value(item)) for item in given["values"]]
                return _sized(_TAG[5], b"".join(items))
            if form == "kvlistValue":
                return _sized(_TAG[6], _repeated(_TAG[1], self._plain_pairs(given["values"])))
            return _SCALARS[form](given)
        return b""

    def _plain_pairs(self, pairs: Iterable[Plain]) -> list[bytes]:
        return [self._pair(pair["key"], self._value(pair["value"])) for pair in pairs]

    def span(self, span: Span, labels: Mapping[str, Any]) -> bytes:
        """Returns a Span."""
        end, attributes, fields, flags = facts_of(span, labels)
        parts = [
            _ids(span),
            b"\x22\x08" + bytes.fromhex(span.parent_span_id) if span.parent_span_id else b"",
            _text(5, span.name),
            number_field(6, KIND_NUMBERS.get(span.otel_kind, 1)),
            _TIMES(0x39, span.start_time_unix_nano, 0x41, end),
            _repeated(_TAG[9], self.pairs(attributes)),
        ]
        if fields:
            parts.append(_text(3, fields.get(names.TRACE_STATE)))
            parts += [number_field(field, fields.get(name, 0)) for name, field in _COUNTS]
        parts += [_sized(_TAG[11], self._event(event)) for event in span.events]
        parts += [_sized(_TAG[13], self._link(link)) for link in span.links]
        parts.append(_status(span))
        if flags:
            parts.append(b"\x85\x01" + _FIXED32(flags))
        return b"".join(parts)

    def _event(self, event: Event) -> bytes:
        attributes, fields = split_kept(event.attributes, EVENT_FIELDS)
        return (
            b"\x09"
            + _FIXED64(event.time_unix_nano)
            + _text(2, event.name)
            + _repeated(_TAG[3], self.pairs(attributes))
            + number_field(4, fields.get(names.DROPPED_ATTRIBUTES, 0))
        )

    def _link(self, link: Link) -> bytes:
        attributes, fields = split_kept(link.attributes, LINK_FIELDS)
        return (
            _ids(link)
            + _text(3, fields.get(names.TRACE_STATE))
            + _repeated(_TAG[4], self.pairs(attributes))
            + number_field(5, fields.get(names.DROPPED_ATTRIBUTES, 0))
            + (b"\x35" + _FIXED32(link.flags) if link.flags else b"")
        )


_DROPPED: Final = "droppedAttributesCount"
_COUNTS: Final = (
    (names.DROPPED_ATTRIBUTES, 10),
    (names.DROPPED_EVENTS, 12),
    (names.DROPPED_LINKS, 14),
)
_TAG: Final = tuple(varint(field << 3 | LEN) for field in range(16))
_SCALARS: Final[Mapping[str, Callable[[Any], bytes]]] = {
    "boolValue": lambda given: b"\x10\x01" if given else b"\x10\x00",
    "intValue": lambda given: b"\x18" + varint(int(given) & WORD),
    "doubleValue": lambda given: b"\x21" + _DOUBLE(float(given)),
    "bytesValue": lambda given: length_delimited(7, b64decode(given)),
}


def _ids(part: Span | Link) -> bytes:
    trace_id, span_id = bytes.fromhex(part.trace_id), bytes.fromhex(part.span_id)
    if len(trace_id) == 16 and len(span_id) == 8:
        return b"\x0a\x10" + trace_id + b"\x12\x08" + span_id
    return length_delimited(1, trace_id) + length_delimited(2, span_id)


def _status(span: Span) -> bytes:
    number = number_field(3, STATUS_NUMBERS.get(span.status, 0))
    return _sized(_TAG[15], _text(2, span.status_message) + number)


def _sized(tag: bytes, data: bytes) -> bytes:
    """Returns a field whose tag is written already."""
    return tag + varint(len(data)) + data


def _text_value(text: str) -> bytes:
    """Returns the AnyValue of a text."""
    data = encodable(text).encode()
    return b"\x0a" + varint(len(data)) + data


def _repeated(tag: bytes, messages: Sequence[bytes]) -> bytes:
    """Returns the fields of messages that are behind their lengths already."""
    return tag + tag.join(messages) if messages else b""


def _with_size(tag: bytes, parts: list[bytes]) -> list[bytes]:
    """Returns the parts of a field behind its tag and its size."""
    return [tag + varint(sum(map(len, parts))), *parts]


def _text(field: int, text: Any) -> bytes:
    """Returns a text field; nothing where it is empty, or a sender's own attribute of that name is no text."""
    if not text or not isinstance(text, str):
        return b""
    return _sized(_TAG[field], encodable(text).encode())
