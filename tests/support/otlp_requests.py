"""OTLP requests for tests, made with opentelemetry-proto's own classes, and what is expected of them."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.support.builders import SECOND, T0, span_id

TRACE = "5b8efff798038103d269b633813fc60c"


def any_value(value: Any) -> AnyValue:
    match value:
        case None:
            return AnyValue()
        case bool():
            return AnyValue(bool_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case str():
            return AnyValue(string_value=value)
        case bytes():
            return AnyValue(bytes_value=value)
        case dict():
            return AnyValue(kvlist_value=KeyValueList(values=key_values(value)))
        case _:
            return AnyValue(array_value=ArrayValue(values=[any_value(item) for item in value]))


def key_values(attributes: dict[str, Any]) -> list[KeyValue]:
    return [KeyValue(key=key, value=any_value(value)) for key, value in attributes.items()]


def make_proto_span(
    label: str = "a",
    parent: str | None = None,
    start: float = 0,
    attributes: dict[str, Any] | None = None,
    **overrides: Any,
) -> Span:
    """Starts `start` seconds after T0 and lasts a second, like `tests.support.builders.make_span`."""
    begin = T0 + round(start * SECOND)
    fields: dict[str, Any] = {
        "trace_id": bytes.fromhex(TRACE),
        "span_id": bytes.fromhex(span_id(label)),
        "name": label,
        "kind": Span.SPAN_KIND_INTERNAL,
        "start_time_unix_nano": begin,
        "end_time_unix_nano": begin + SECOND,
        "attributes": key_values(attributes or {}),
    }
    if parent:
        fields["parent_span_id"] = bytes.fromhex(span_id(parent))
    return Span(**{**fields, **overrides})


def make_request(
    *spans: Span, resource: dict[str, Any] | None = None, scope: tuple[str, str] = ("test", "1")
) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    group.resource.attributes.extend(
        key_values({"service.name": "planner"} if resource is None else resource)
    )
    scope_spans = group.scope_spans.add()
    scope_spans.scope.name, scope_spans.scope.version = scope
    scope_spans.spans.extend(spans)
    return request


def cut_to_spans(body: bytes) -> list[bytes]:
    """A request for each span of one, by their ends: as an exporter sends them that waits for none."""
    cut = []
    for group in ExportTraceServiceRequest.FromString(body).resource_spans:
        for scope_spans in group.scope_spans:
            for span in scope_spans.spans:
                single = ExportTraceServiceRequest()
                alone = single.resource_spans.add(resource=group.resource)
                alone.scope_spans.add(scope=scope_spans.scope, spans=[span])
                cut.append((span.end_time_unix_nano, single.SerializeToString()))
    return [body for _, body in sorted(cut, key=itemgetter(0))]


def as_json(request: ExportTraceServiceRequest) -> dict[str, Any]:
    """OTLP's JSON encoding, written here a second time to be compared with."""
    return {
        "resourceSpans": [
            {
                "resource": {
                    "attributes": _attributes(group.resource.attributes),
                    "droppedAttributesCount": group.resource.dropped_attributes_count,
                },
                "scopeSpans": [
                    {
                        "scope": {
                            "name": scope.scope.name,
                            "version": scope.scope.version,
                            "attributes": _attributes(scope.scope.attributes),
                            "droppedAttributesCount": scope.scope.dropped_attributes_count,
                        },
                        "spans": [_span(span) for span in scope.spans],
                        "schemaUrl": scope.schema_url,
                    }
                    for scope in group.scope_spans
                ],
                "schemaUrl": group.schema_url,
            }
            for group in request.resource_spans
        ]
    }


def _span(span: Span) -> dict[str, Any]:
    return {
        "traceId": span.trace_id.hex(),
        "spanId": span.span_id.hex(),
        "parentSpanId": span.parent_span_id.hex(),
        "traceState": span.trace_state,
        "name": span.name,
        "kind": span.kind,
        "startTimeUnixNano": str(span.start_time_unix_nano),
        "endTimeUnixNano": str(span.end_time_unix_nano),
        "attributes": _attributes(span.attributes),
        "droppedAttributesCount": span.dropped_attributes_count,
        "events": [
            {
                "timeUnixNano": str(event.time_unix_nano),
                "name": event.name,
                "attributes": _attributes(event.attributes),
                "droppedAttributesCount": event.dropped_attributes_count,
            }
            for event in span.events
        ],
        "droppedEventsCount": span.dropped_events_count,
        "links": [
            {
                "traceId": link.trace_id.hex(),
                "spanId": link.span_id.hex(),
                "traceState": link.trace_state,
                "attributes": _attributes(link.attributes),
                "droppedAttributesCount": link.dropped_attributes_count,
                "flags": link.flags,
            }
            for link in span.links
        ],
        "droppedLinksCount": span.dropped_links_count,
        "flags": span.flags,
        "status": {"code": span.status.code, "message": span.status.message},
    }


def _attributes(attributes: Iterable[KeyValue]) -> list[dict[str, Any]]:
    return [{"key": item.key, "value": _any_value(item.value)} for item in attributes]


def _any_value(value: AnyValue) -> dict[str, Any]:
    match value.WhichOneof("value"):
        case None:
            return {}
        case "string_value":
            return {"stringValue": value.string_value}
        case "bool_value":
            return {"boolValue": value.bool_value}
        case "int_value":
            return {"intValue": str(value.int_value)}
        case "double_value":
            return {"doubleValue": _double(value.double_value)}
        case "bytes_value":
            return {"bytesValue": base64.b64encode(value.bytes_value).decode()}
        case "array_value":
            items = [_any_value(item) for item in value.array_value.values]
            return {"arrayValue": {"values": items}}
        case _:
            return {"kvlistValue": {"values": _attributes(value.kvlist_value.values)}}


def _double(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def plain(value: AnyValue) -> Any:
    """What a value is in Python, as the protobuf package reads it."""
    match value.WhichOneof("value"):
        case None:
            return None
        case "array_value":
            return [plain(item) for item in value.array_value.values]
        case "kvlist_value":
            return {item.key: plain(item.value) for item in value.kvlist_value.values}
        case str(name):
            return getattr(value, name)
