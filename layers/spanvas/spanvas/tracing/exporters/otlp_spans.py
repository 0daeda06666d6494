"""Our spans as the SDK's, which the stock exporter encodes."""

from __future__ import annotations

from collections.abc import Mapping
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
from spanvas.otlp.export_safe import encodable, export_safe

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
            name=encodable(span.name),
            context=SpanContext(trace_id, int(span.span_id, 16), False, SAMPLED),
            parent=SpanContext(trace_id, int(parent, 16), False, SAMPLED) if parent else None,
            resource=self._resource_of(span.resource),
            attributes=export_safe(span.attributes, place),
            events=[
                Event(
                    encodable(event.name),
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
            status=Status(StatusCode[span.status.upper()], encodable(span.status_message) or None),
            start_time=span.start_time_unix_nano,
            end_time=span.end_time_unix_nano,
            instrumentation_scope=InstrumentationScope(span.scope_name, span.scope_version),
        )

    def _resource_of(self, resource: Mapping[str, Any]) -> Resource:
        known = self._resource
        if known is None or known[0] is not resource:
            known = self._resource = (resource, Resource(export_safe(resource, "")))
        return known[1]
