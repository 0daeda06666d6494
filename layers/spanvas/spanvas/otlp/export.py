"""Spans as an ExportTraceServiceRequest in OTLP's JSON encoding: what any OTLP endpoint takes, ours included.

Whole values, nothing shortened. What the store keeps under a mark, since JSON has no form for it (`model.values`), is
given its form in OTLP again. Fields that are kept as attributes, for want of a place, become fields again.

Sources: OTLP specification, "JSON Protobuf Encoding"; protobuf.dev, "ProtoJSON Format".
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from spanvas import attributes as names
from spanvas.model.span import Event, Link, Span
from spanvas.model.values import encodable
from spanvas.otlp.intake import KIND_NUMBERS, STATUS_NUMBERS, TIME_LIMIT
from spanvas.otlp.kept_fields import (
    EVENT_FIELDS,
    LINK_FIELDS,
    RESOURCE_FIELDS,
    SCOPE_FIELDS,
    SPAN_FIELDS,
    STAND_FOR_FIELDS,
    split_kept,
    split_origin,
)
from spanvas.otlp.scalars import INT64

fast_dumps: Callable[[Any], bytes] | None
try:  # the functions bring orjson; elsewhere the standard library does
    from orjson import dumps as fast_dumps
except ImportError:  # pragma: no cover - the tests have orjson
    fast_dumps = None

EncodeAttributes = Callable[[Mapping[str, Any]], list[Any]]
"""Makes KeyValues of attributes, one of each, in their order."""
EncodeSpan = Callable[[Span, Mapping[str, Any]], Any]
"""Makes what stands for a span, and for what it says of its execution."""
LabelsOf = Callable[[Span], Mapping[str, Any]]
"""Returns what a span says of its execution, where it does not say that itself."""
NO_LABELS: Final[Mapping[str, Any]] = {}

SCHEMA_URL: Final = "schemaUrl"
FIELDS: Final = {
    names.DROPPED_ATTRIBUTES: "droppedAttributesCount",
    names.DROPPED_EVENTS: "droppedEventsCount",
    names.DROPPED_LINKS: "droppedLinksCount",
    names.TRACE_STATE: "traceState",
    names.RESOURCE_SCHEMA_URL: SCHEMA_URL,
    names.SCOPE_SCHEMA_URL: SCHEMA_URL,
}
"""Names of the fields that are kept as attributes, `kept_fields`."""


def attributes_json(attributes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Returns attributes as KeyValues of OTLP's JSON encoding."""
    return [
        {"key": name, "value": {"stringValue": value} if type(value) is str else any_value(value)}
        for name, value in attributes.items()
    ]


def no_labels(_: Span) -> Mapping[str, Any]:
    """Returns nothing: a span says what it says itself."""
    return NO_LABELS


def encode_json(spans: Iterable[Span], labels_of: LabelsOf = no_labels) -> bytes:
    """Returns one request with all these spans, grouped by resource and scope, in the order given."""
    return dump(request_of(spans, labels_of=labels_of))


class SpanFacts(NamedTuple):
    """What OTLP says of a span in other ways than we do.

    `attributes` are without those that stand for fields of OTLP, which are `fields`, by their names as attributes.
    """

    end_time_unix_nano: int
    attributes: Mapping[str, Any]
    fields: Mapping[str, Any]
    flags: int


def facts_of(span: Span, labels: Mapping[str, Any]) -> SpanFacts:
    """Returns what both encodings of a request have to know of a span."""
    attributes = {**labels, **span.attributes} if labels else span.attributes
    end = span.end_time_unix_nano
    if end is None:
        end = min(span.start_time_unix_nano + 1, TIME_LIMIT - 1)
        attributes = {**attributes, names.OPEN: True}
    if STAND_FOR_FIELDS.isdisjoint(attributes):
        return SpanFacts(end, attributes, {}, span.flags)
    attributes, flags = split_origin(span, attributes)
    return SpanFacts(end, *split_kept(attributes, SPAN_FIELDS), flags)


def span_json(span: Span, labels: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a span of OTLP's JSON encoding."""
    encoded: dict[str, Any] = {"traceId": span.trace_id, "spanId": span.span_id}
    if span.parent_span_id:
        encoded["parentSpanId"] = span.parent_span_id
    encoded["name"] = span.name
    encoded["kind"] = KIND_NUMBERS.get(span.otel_kind, 1)
    encoded["startTimeUnixNano"] = str(span.start_time_unix_nano)
    end, attributes, fields, flags = facts_of(span, labels)
    encoded["endTimeUnixNano"] = str(end)
    if flags:
        encoded["flags"] = flags
    encoded["attributes"] = attributes_json(attributes)
    for name, value in fields.items():
        encoded[FIELDS[name]] = value
    if span.events:
        encoded["events"] = [_event(event) for event in span.events]
    if span.links:
        encoded["links"] = [_link(link) for link in span.links]
    encoded["status"] = _status(span)
    return encoded


def request_of(
    spans: Iterable[Span],
    encode: EncodeAttributes = attributes_json,
    encode_span: EncodeSpan = span_json,
    labels_of: LabelsOf = no_labels,
) -> dict[str, Any]:
    """Returns what `encode_json` encodes, as plain values.

    `encode` makes what stands for the attributes of resources and scopes, `encode_span` what stands for spans.
    """
    keys: dict[int, tuple[Mapping[str, Any], bytes]] = {}
    groups: dict[bytes, tuple[Span, dict[tuple[Any, ...], tuple[Span, list[Any]]]]] = {}
    places: dict[tuple[Any, ...], list[Any]] = {}

    def key_of(shared: Mapping[str, Any]) -> bytes:
        if not shared:
            return b""
        known = keys.get(id(shared))
        if known is None:  # it is kept with its key, so that its id is not given to another one
            known = keys[id(shared)] = (shared, dump(attributes_json(shared)))
        return known[1]

    def place_of(span: Span) -> list[Any]:
        """Returns what the spans of the same resource and scope are put into."""
        scopes = groups.setdefault(key_of(span.resource), (span, {}))[1]
        scope = (span.scope_name, span.scope_version, key_of(span.scope_attributes))
        return scopes.setdefault(scope, (span, []))[1]

    for span in spans:
        resource, scope = span.resource, span.scope_attributes
        shared = (
            id(resource) if resource else 0,
            id(scope) if scope else 0,
            span.scope_name,
            span.scope_version,
        )
        place = places.get(shared)
        if place is None:
            place = places[shared] = place_of(span)
        place.append(encode_span(span, labels_of(span)))
    return {
        "resourceSpans": [
            {
                **_resource(first.resource, encode),
                "scopeSpans": [
                    {**_scope(one, encode), "spans": encoded} for one, encoded in scopes.values()
                ],
            }
            for first, scopes in groups.values()
        ]
    }


def dump(value: Any) -> bytes:
    """Returns JSON as UTF-8 bytes, without blanks. Lone surrogates, which UTF-8 cannot hold, are replaced."""
    if fast_dumps is not None:
        try:
            return fast_dumps(value)
        except TypeError:
            # A lone surrogate. It is searched for only now, since hardly any text has one.
            return fast_dumps(_mended(value))
    return json.dumps(  # pragma: no cover - the tests have orjson
        _mended(value), ensure_ascii=False, separators=(",", ":")
    ).encode()


def _event(event: Event) -> dict[str, Any]:
    described = _described(event.attributes, EVENT_FIELDS)
    return {"timeUnixNano": str(event.time_unix_nano), "name": event.name, **described}


def _link(link: Link) -> dict[str, Any]:
    ids = {"traceId": link.trace_id, "spanId": link.span_id}
    flags = {"flags": link.flags} if link.flags else {}
    return {**ids, **flags, **_described(link.attributes, LINK_FIELDS)}


def _described(
    attributes: Mapping[str, Any],
    kept: frozenset[str],
    encode: EncodeAttributes = attributes_json,
) -> dict[str, Any]:
    """Returns the attributes of anything, and the fields that are kept among them."""
    rest, fields = split_kept(attributes, kept)
    encoded: dict[str, Any] = {"attributes": encode(rest)}
    for name, value in fields.items():
        encoded[FIELDS[name]] = value
    return encoded


def _status(span: Span) -> dict[str, Any]:
    code = STATUS_NUMBERS.get(span.status, 0)
    status: dict[str, Any] = {"code": code} if code else {}
    return {**status, "message": span.status_message} if span.status_message else status


def _resource(resource: Mapping[str, Any], encode: EncodeAttributes) -> dict[str, Any]:
    described = _described(resource, RESOURCE_FIELDS, encode)
    schema_url = described.pop(SCHEMA_URL, "")
    return {"resource": described, **({SCHEMA_URL: schema_url} if schema_url else {})}


def _scope(span: Span, encode: EncodeAttributes) -> dict[str, Any]:
    scope: dict[str, Any] = {"name": span.scope_name}
    if span.scope_version:
        scope["version"] = span.scope_version
    if not span.scope_attributes:
        return {"scope": scope}
    described = _described(span.scope_attributes, SCOPE_FIELDS, encode)
    schema_url = described.pop(SCHEMA_URL, "")
    if not described["attributes"]:
        del described["attributes"]
    return {"scope": {**scope, **described}, **({SCHEMA_URL: schema_url} if schema_url else {})}


def any_value(value: Any) -> dict[str, Any]:
    """Returns a value as an AnyValue; empty for None, as OTLP has it. Types that OTLP lacks are described as text."""
    if value is None:
        return {}
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)} if value in INT64 else {"stringValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value if math.isfinite(value) else _non_finite(value)}
    if isinstance(value, (bytes, bytearray)):
        return {"bytesValue": base64.b64encode(value).decode()}
    if isinstance(value, Mapping):
        marked = _marked(value) if len(value) == 1 else None
        return marked or {"kvlistValue": {"values": attributes_json(value)}}
    if isinstance(value, (list, tuple)):
        return {"arrayValue": {"values": [any_value(item) for item in value]}}
    return {"stringValue": str(value)}


def _marked(value: Mapping[str, Any]) -> dict[str, Any] | None:
    """Returns the AnyValue of what `model.values.jsonable` has marked; None where it has no mark."""
    ((mark, content),) = value.items()
    if not isinstance(content, str):
        return None
    if mark == "$bytes":
        return {"bytesValue": content}
    if mark == "$float":
        return {"doubleValue": _non_finite(float(content))}
    if mark in ("$int", "$text"):
        return {"stringValue": content}
    return None


def _non_finite(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _mended(value: Any) -> Any:
    """Returns a value with replacement characters for lone surrogates, which UTF-8 has no bytes for."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, dict):
        return {encodable(key): _mended(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_mended(item) for item in value]
    return value
