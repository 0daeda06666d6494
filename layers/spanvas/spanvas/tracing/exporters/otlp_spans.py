"""Spans as an OTLP endpoint can take them.

Tempo cuts attributes at 2,048 bytes and Grafana shows objects as empty, so long texts become previews that say how
long they were, what their digest is and where the whole is kept, and structures become JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import (
    Link,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
)

from spanvas.model.span import Span
from spanvas.storage.values import jsonable

PREVIEW_BYTES: Final = 2_048
INT_LIMIT: Final = 2**63
SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)


class SpanEncoder:
    """Our spans as the SDK's, which the stock exporter encodes."""

    def __init__(self) -> None:
        self._resource: tuple[Mapping[str, Any], Resource] | None = None

    def encode(self, span: Span, execution_id: str) -> ReadableSpan:
        """`execution_id` names the place where the whole span can be read."""
        trace_id = int(span.trace_id, 16)
        place = f"/v1/executions/{execution_id}/spans/{span.span_id}"
        parent = span.parent_span_id
        return ReadableSpan(
            name=_encodable(span.name),
            context=SpanContext(trace_id, int(span.span_id, 16), False, SAMPLED),
            parent=SpanContext(trace_id, int(parent, 16), False, SAMPLED) if parent else None,
            resource=self._resource_of(span.resource),
            attributes=export_safe(span.attributes, place),
            events=[
                Event(
                    _encodable(event.name),
                    export_safe(event.attributes, place),
                    event.time_unix_nano,
                )
                for event in span.events
            ],
            links=[
                Link(
                    SpanContext(int(link.trace_id, 16), int(link.span_id, 16), True, SAMPLED),
                    export_safe(link.attributes, place),
                )
                for link in span.links
            ],
            kind=SpanKind[span.otel_kind.upper()],
            status=Status(StatusCode[span.status.upper()], _encodable(span.status_message) or None),
            start_time=span.start_time_unix_nano,
            end_time=span.end_time_unix_nano,
            instrumentation_scope=InstrumentationScope(span.scope_name, span.scope_version),
        )

    def _resource_of(self, resource: Mapping[str, Any]) -> Resource:
        known = self._resource
        if known is None or known[0] is not resource:
            known = self._resource = (resource, Resource(export_safe(resource, "")))
        return known[1]


def export_safe(attributes: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Attributes of which no value is longer than a preview.

    A text that was cut has three companions: `NAME.bytes`, its size in UTF-8, `NAME.sha256`, and `NAME_ref`, where
    the whole is. None has no form in OTLP and is left out.
    """
    safe: dict[str, Any] = {}
    for name, value in attributes.items():
        if value is None:
            continue
        name = _encodable(name)  # noqa: PLW2901 - the name under which it is exported
        plain = _plain(value)
        if isinstance(plain, str) and len(plain) * 4 > PREVIEW_BYTES:
            data = plain.encode()
            if len(data) > PREVIEW_BYTES:
                plain = data[:PREVIEW_BYTES].decode("utf-8", "ignore")
                safe[f"{name}.bytes"] = len(data)
                safe[f"{name}.sha256"] = sha256(data).hexdigest()
                if place:
                    safe[f"{name}_ref"] = f"{place}#{name}"
        safe[name] = plain
    return safe


def _plain(value: Any) -> Any:
    """A scalar, a short list of scalars, or text."""
    if isinstance(value, str):
        return _encodable(value)
    if isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return value if -INT_LIMIT <= value < INT_LIMIT else _json(value)
    if isinstance(value, (list, tuple)) and _is_short(value):
        return [_plain(item) for item in value]
    return _json(value)


def _is_short(values: list[Any] | tuple[Any, ...]) -> bool:
    """Lists of one scalar type that fit in a preview stay lists: OTLP arrays are homogeneous for most readers."""
    kinds = {type(item) for item in values}
    if len(kinds) > 1 or not kinds <= {str, int, float, bool}:
        return False
    return sum(len(item) * 4 if isinstance(item, str) else 8 for item in values) <= PREVIEW_BYTES


def _json(value: Any) -> str:
    return json.dumps(jsonable(value), ensure_ascii=False, separators=(",", ":"))


def _encodable(text: str) -> str:
    """Protobuf refuses lone surrogates, and the batch with them."""
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
