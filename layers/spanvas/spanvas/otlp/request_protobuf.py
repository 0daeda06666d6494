"""An export request in protobuf, in the groups of its JSON encoding (`export.request_of`).

Spans and attributes (`key_values`), of which a trace has thousands, are bytes there already. What a span says is what
JSON says of it (`export.facts_of`). Sources: opentelemetry-proto, `trace/v1/trace.proto` and `common/v1/common.proto`;
protobuf.dev, "Encoding".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from struct import Struct
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model.span import UNSET, Event, Link, Span
from spanvas.otlp.export import NO_LABELS, LabelsOf, facts_of, no_labels, request_of
from spanvas.otlp.intake import KIND_NUMBERS, STATUS_NUMBERS
from spanvas.otlp.kept_fields import EVENT_FIELDS, LINK_FIELDS, split_kept
from spanvas.otlp.key_values import MOST_REMEMBERED, SIZES, TAG, KeyValues, repeated, sized, utf8
from spanvas.otlp.wire import length_delimited, number_field, varint

_FIXED64 = Struct("<Q").pack
_TIMES = Struct("<BQBQ").pack
"""Of the fields 7 and 8 of a span, each behind its tag."""
_FIXED32 = Struct("<I").pack

Plain = Mapping[str, Any]


def encode_request(spans: Iterable[Span], labels_of: LabelsOf = no_labels) -> bytes:
    """Returns one ExportTraceServiceRequest with all these spans, as `export.encode_json` does.

    A `TracesData` and Tempo's `Trace` are the same bytes. Labels have names that stand for no field (`kept_fields`).
    """
    return b"".join(request_parts(spans, labels_of))


def request_parts(spans: Iterable[Span], labels_of: LabelsOf = no_labels) -> list[bytes]:
    """Returns the same in parts: a whole trace is copied once by whoever puts it into a message of its own."""
    writer = _Writer()
    request = request_of(spans, writer.pairs, writer.span, labels_of)
    return [part for one in request["resourceSpans"] for part in writer.resource_spans(one)]


def field_in_parts(field: int, parts: Sequence[bytes]) -> list[bytes]:
    """Returns a field that holds a message, in parts, from the parts of the message."""
    return [TAG[field] + varint(sum(map(len, parts))), *parts]


class _Writer:
    """Writes the messages of one request, and remembers what many spans say alike."""

    def __init__(self) -> None:
        self.pairs = KeyValues().of
        self._labels: dict[int, tuple[Plain, list[bytes]]] = {}
        self._titles: dict[tuple[str, str], bytes] = {}

    def resource_spans(self, resource: Plain) -> list[bytes]:
        """Returns a field with all spans of a resource, in parts."""
        described = resource["resource"]
        head = repeated(TAG[1], described["attributes"]) + number_field(
            2, described.get(_DROPPED, 0)
        )
        parts = [sized(TAG[1], head)]
        for scope in resource["scopeSpans"]:
            parts += self._scope_spans(scope)
        return field_in_parts(1, [*parts, _text(3, resource.get("schemaUrl", ""))])

    def _scope_spans(self, scope: Plain) -> list[bytes]:
        described = scope["scope"]
        head = (
            _text(1, described["name"])
            + _text(2, described.get("version", ""))
            + repeated(TAG[3], described.get("attributes", ()))
            + number_field(4, described.get(_DROPPED, 0))
        )
        parts = [sized(TAG[1], head)]
        for span in scope["spans"]:
            parts += (TAG[2] + SIZES[len(span)], span)
        return field_in_parts(2, [*parts, _text(3, scope.get("schemaUrl", ""))])

    def span(self, span: Span, labels: Mapping[str, Any]) -> bytes:
        """Returns a Span."""
        said: Sequence[bytes] = ()
        if labels and labels.keys().isdisjoint(span.attributes):
            said, labels = self._pairs_of(labels), NO_LABELS
        end, attributes, fields, flags = facts_of(span, labels)
        title = span.name, span.otel_kind
        parts = [
            _ids(span),
            b"\x22\x08" + bytes.fromhex(span.parent_span_id) if span.parent_span_id else b"",
            self._titles.get(title) or self._new_title(*title),
            _TIMES(0x39, span.start_time_unix_nano, 0x41, end),
            repeated(TAG[9], [*said, *self.pairs(attributes)]),
        ]
        if fields:
            parts.append(_text(3, fields.get(names.TRACE_STATE)))
            parts += [number_field(field, fields.get(name, 0)) for name, field in _COUNTS]
        if span.events:
            parts += [sized(TAG[11], self._event(event)) for event in span.events]
        if span.links:
            parts += [sized(TAG[13], self._link(link)) for link in span.links]
        parts.append(_status(span))
        if flags:
            parts.append(b"\x85\x01" + _FIXED32(flags))
        return b"".join(parts)

    def _pairs_of(self, labels: Mapping[str, Any]) -> list[bytes]:
        """Returns the pairs of what all spans of an execution say of it."""
        known = self._labels.get(id(labels))
        if known is None:  # it is kept with them, so that its id is not given to another one
            known = self._labels[id(labels)] = (labels, self.pairs(labels))
        return known[1]

    def _new_title(self, name: str, otel_kind: str) -> bytes:
        """Returns the name and the kind of a span, and remembers them."""
        encoded = _text(5, name) + number_field(6, KIND_NUMBERS.get(otel_kind, 1))
        if len(self._titles) < MOST_REMEMBERED:
            self._titles[name, otel_kind] = encoded
        return encoded

    def _event(self, event: Event) -> bytes:
        attributes, fields = split_kept(event.attributes, EVENT_FIELDS)
        return (
            b"\x09"
            + _FIXED64(event.time_unix_nano)
            + _text(2, event.name)
            + repeated(TAG[3], self.pairs(attributes))
            + number_field(4, fields.get(names.DROPPED_ATTRIBUTES, 0))
        )

    def _link(self, link: Link) -> bytes:
        attributes, fields = split_kept(link.attributes, LINK_FIELDS)
        return (
            _ids(link)
            + _text(3, fields.get(names.TRACE_STATE))
            + repeated(TAG[4], self.pairs(attributes))
            + number_field(5, fields.get(names.DROPPED_ATTRIBUTES, 0))
            + (b"\x35" + _FIXED32(link.flags) if link.flags else b"")
        )


_DROPPED: Final = "droppedAttributesCount"
_COUNTS: Final = (
    (names.DROPPED_ATTRIBUTES, 10),
    (names.DROPPED_EVENTS, 12),
    (names.DROPPED_LINKS, 14),
)
_PLAIN_STATUS: Final = {
    status: sized(TAG[15], number_field(3, number)) for status, number in STATUS_NUMBERS.items()
}
"""The status of a span without a message."""


def _ids(part: Span | Link) -> bytes:
    trace_id, span_id = bytes.fromhex(part.trace_id), bytes.fromhex(part.span_id)
    if len(trace_id) == 16 and len(span_id) == 8:
        return b"\x0a\x10" + trace_id + b"\x12\x08" + span_id
    return length_delimited(1, trace_id) + length_delimited(2, span_id)


def _status(span: Span) -> bytes:
    if not span.status_message:
        return _PLAIN_STATUS.get(span.status) or _PLAIN_STATUS[UNSET]
    number = number_field(3, STATUS_NUMBERS.get(span.status, 0))
    return sized(TAG[15], _text(2, span.status_message) + number)


def _text(field: int, text: Any) -> bytes:
    """Returns a text field; nothing where it is empty, or a sender's own attribute of that name is no text."""
    if not text or not isinstance(text, str):
        return b""
    return sized(TAG[field], utf8(text))
