"""An export request in protobuf, from the plain values of its JSON encoding (`export.request_of`).

So both encodings of a stored execution say the same, by one set of rules. Attributes alone, of which a trace has
thousands, are KeyValues in bytes there already. Sources: opentelemetry-proto,
`trace/v1/trace.proto` and `common/v1/common.proto`; protobuf.dev, "Encoding".
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping, Sequence
from struct import Struct
from typing import Any, Final

from spanvas.model.span import Span
from spanvas.model.values import encodable
from spanvas.otlp.export import any_value, request_of
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


def encode_request(spans: Iterable[Span]) -> bytes:
    """Returns one ExportTraceServiceRequest with all these spans, as `export.encode_json` does.

    A `TracesData` and Tempo's `Trace` are the same bytes.
    """
    writer = _Writer()
    request = request_of(spans, writer.pairs)
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
        head = _repeated(_TAG[1], described["attributes"]) + _number(2, described, _DROPPED)
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
            + _number(4, described, _DROPPED)
        )
        parts = [_sized(_TAG[1], head)]
        for span in scope["spans"]:
            encoded = self._span(span)
            parts += (_TAG[2] + varint(len(encoded)), encoded)
        return _with_size(_TAG[2], [*parts, _text(3, scope.get("schemaUrl", ""))])

    def pairs(self, attributes: Mapping[str, Any]) -> list[bytes]:
        """Returns attributes as KeyValues, each behind its length."""
        return [
            self._text_pair(name, value)
            if type(value) is str
            else self._pair(name, self._value(any_value(value)))
            for name, value in attributes.items()
        ]

    def _text_pair(self, key: str, text: str) -> bytes:
        if len(text) > SHORT:
            return self._pair(key, _sized(_TAG[1], encodable(text).encode()))
        known = self._remembered.get((key, text))
        if known is None:
            known = self._pair(key, _sized(_TAG[1], encodable(text).encode()))
            if len(self._remembered) < MOST_REMEMBERED:
                self._remembered[key, text] = known
        return known

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
                return _sized(_TAG[1], encodable(given).encode())
            if form == "arrayValue":
                items = [_sized(_TAG[1], self._value(item)) for item in given["values"]]
                return _sized(_TAG[5], b"".join(items))
            if form == "kvlistValue":
                return _sized(_TAG[6], _repeated(_TAG[1], self._plain_pairs(given["values"])))
            return _SCALARS[form](given)
        return b""

    def _plain_pairs(self, pairs: Iterable[Plain]) -> list[bytes]:
        return [self._pair(pair["key"], self._value(pair["value"])) for pair in pairs]

    def _span(self, span: Plain) -> bytes:
        parts = [
            _ids(bytes.fromhex(span["traceId"]), bytes.fromhex(span["spanId"])),
            _text(3, span["traceState"]) if "traceState" in span else b"",
            b"\x22\x08" + bytes.fromhex(span["parentSpanId"]) if "parentSpanId" in span else b"",
            _text(5, span["name"]),
            number_field(6, span["kind"]),
            _TIMES(0x39, int(span["startTimeUnixNano"]), 0x41, int(span["endTimeUnixNano"])),
            _repeated(_TAG[9], span["attributes"]),
        ]
        parts += [_sized(_TAG[11], self._event(event)) for event in span.get("events", ())]
        parts += [_sized(_TAG[13], self._link(link)) for link in span.get("links", ())]
        parts += [_number(field, span, name) for name, field in _COUNTS]
        status = span["status"]
        parts.append(
            _sized(
                _TAG[15],
                _text(2, status.get("message", "")) + number_field(3, status.get("code", 0)),
            )
        )
        if "flags" in span:
            parts.append(b"\x85\x01" + _FIXED32(span["flags"]))
        return b"".join(parts)

    def _event(self, event: Plain) -> bytes:
        return (
            b"\x09"
            + _FIXED64(int(event["timeUnixNano"]))
            + _text(2, event["name"])
            + _repeated(_TAG[3], event["attributes"])
            + _number(4, event, _DROPPED)
        )

    def _link(self, link: Plain) -> bytes:
        return (
            _ids(bytes.fromhex(link["traceId"]), bytes.fromhex(link["spanId"]))
            + _text(3, link.get("traceState", ""))
            + _repeated(_TAG[4], link["attributes"])
            + _number(5, link, _DROPPED)
            + (b"\x35" + _FIXED32(link["flags"]) if "flags" in link else b"")
        )


_DROPPED: Final = "droppedAttributesCount"
_COUNT_LIMIT: Final = 2**32
_COUNTS: Final = (
    (_DROPPED, 10),
    ("droppedEventsCount", 12),
    ("droppedLinksCount", 14),
)
_TAG: Final = tuple(varint(field << 3 | LEN) for field in range(16))
_SCALARS: Final[Mapping[str, Callable[[Any], bytes]]] = {
    "boolValue": lambda given: b"\x10\x01" if given else b"\x10\x00",
    "intValue": lambda given: b"\x18" + varint(int(given) & WORD),
    "doubleValue": lambda given: b"\x21" + _DOUBLE(float(given)),
    "bytesValue": lambda given: length_delimited(7, b64decode(given)),
}


def _ids(trace_id: bytes, span_id: bytes) -> bytes:
    return length_delimited(1, trace_id) + length_delimited(2, span_id)


def _number(field: int, part: Plain, name: str) -> bytes:
    """Returns a count of a part; nothing where it has none, or a sender's own attribute of that name is no count."""
    count = part.get(name, 0)
    return number_field(field, count) if type(count) is int and 0 <= count < _COUNT_LIMIT else b""


def _sized(tag: bytes, data: bytes) -> bytes:
    """Returns a field whose tag is written already."""
    return tag + varint(len(data)) + data


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
