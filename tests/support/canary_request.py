"""One OTLP request with a span for each place of `canary_places`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.builders import T0, span_id
from tests.support.canary_places import TRACE, places


def request_of() -> tuple[dict[str, Any], dict[str, str], list[str]]:
    """Returns the request as OTLP's JSON, each canary by the name of its place, and the ids of the spans."""
    spans = []
    canaries: dict[str, str] = {}
    span_ids = []
    for name, texts, span in places():
        canaries |= {place: text.partition(" ")[0] for place, text in texts.items()}
        spans.append(_resource_spans(name, span))
        span_ids.append(span_id(name))
    return {"resourceSpans": spans}, canaries, span_ids


def _resource_spans(place: str, span: Mapping[str, Any]) -> dict[str, Any]:
    is_root = bool(span.get("is_root"))
    made: dict[str, Any] = {
        "traceId": TRACE,
        "spanId": span_id(place),
        "name": span.get("name", "step"),
        "startTimeUnixNano": str(T0),
        "endTimeUnixNano": str(T0 + 1_000_000),
        "attributes": _attributes(span.get("attributes", {})),
        "events": [
            {
                "name": event["name"],
                "timeUnixNano": str(T0),
                "attributes": _attributes(event["attributes"]),
            }
            for event in span.get("events", ())
        ],
    }
    if not is_root:
        made["parentSpanId"] = span_id("name of a root")
    if "state" in span:
        made["traceState"] = span["state"]
    if "status" in span:
        made["status"] = {"code": 2, "message": span["status"]}
    if "link" in span:
        made["links"] = [
            {
                "traceId": TRACE,
                "spanId": "1" * 16,
                "attributes": _attributes(span["link"]),
                "traceState": span.get("link_state", ""),
            }
        ]
    resource = {"service.name": "shop", **span.get("resource", {})}
    scope = {
        "name": span.get("scope", "tests"),
        "version": span.get("scope_version", "1"),
        "attributes": _attributes(span.get("scope_attributes", {})),
    }
    scope_schema = span.get("scope_schema", "")
    return {
        "resource": {"attributes": _attributes(resource)},
        "scopeSpans": [{"scope": scope, "spans": [made], "schemaUrl": scope_schema}],
        "schemaUrl": span.get("resource_schema", ""),
    }


def _attributes(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": name, "value": _value(value)} for name, value in values.items()]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(item) for item in value]}}
    return {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}
