"""Spans through OpenTelemetry's own exporter, `opentelemetry-exporter-otlp`, by HTTP or gRPC.

It is imported from the function's package or a layer of its own. It is called in the worker's thread alone: the budget
of an invocation and the breaker hold for it as for our own client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from opentelemetry.attributes import BoundedAttributes
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.util import BoundedList
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import (
    Link,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    TraceState,
)

from spanvas import attributes as names
from spanvas.collector.results import ExportOutcome, ExportResult
from spanvas.model.span import ERROR, OK, Span
from spanvas.model.span import Link as SpanLink
from spanvas.otel_variables import DEFLATE, GRPC, GZIP, OtlpTarget
from spanvas.otlp.export_safe import export_safe
from spanvas.otlp.kept_fields import (
    EVENT_FIELDS,
    LINK_FIELDS,
    PARENT_IS_REMOTE,
    RESOURCE_FIELDS,
    SCOPE_FIELDS,
    SPAN_FIELDS,
    split_kept,
    split_origin,
)
from spanvas.tracing.otlp_exporter import SpanSink

FAILED: Final = "OpenTelemetry's exporter could not send the spans; its own log lines say why"
TRACE_FLAGS: Final = 0xFF
"""Of the flags of OTLP, those of the trace (W3C Trace Context)."""
NO_FIELDS: Final[Mapping[str, Any]] = {}
STATUS_CODES: Final = {OK: StatusCode.OK, ERROR: StatusCode.ERROR}


def stock_sink(target: OtlpTarget) -> SpanSink:
    """Returns a sink that exports through OpenTelemetry's exporter. Raises ImportError where it is not installed."""
    exporter = _grpc(target) if target.protocol == GRPC else _http(target)
    resources: dict[int, tuple[Mapping[str, Any], Resource]] = {}

    def resource_of(span: Span) -> Resource:
        known = resources.get(id(span.resource))
        if known is None or known[0] is not span.resource:
            known = resources[id(span.resource)] = (span.resource, sdk_resource(span.resource))
        return known[1]

    def send(spans: Sequence[Span], place_of: Callable[[Span], str]) -> ExportResult:
        resources.clear()
        read = [readable_span(span, place_of(span), resource_of(span)) for span in spans]
        if exporter.export(read) is SpanExportResult.SUCCESS:
            return ExportResult(ExportOutcome.TAKEN)
        return ExportResult(ExportOutcome.LATER, message=FAILED)

    return send


def sdk_resource(resource: Mapping[str, Any]) -> Resource:
    """Returns a resource as the SDK's exporters take it."""
    attributes, fields = _split(resource, RESOURCE_FIELDS, "")
    return Resource(attributes, fields.get(names.RESOURCE_SCHEMA_URL))


def readable_span(span: Span, place: str, resource: Resource) -> ReadableSpan:
    """Returns a span as the SDK's exporters take it, with attributes as any backend can take them."""
    own, flags = split_origin(span, span.attributes)
    attributes, fields = _split(own, SPAN_FIELDS, place)
    end = span.end_time_unix_nano
    return ReadableSpan(
        name=span.name,
        context=_context(span.trace_id, span.span_id, flags, fields),
        parent=_context(span.trace_id, span.parent_span_id, flags) if span.parent_span_id else None,
        resource=resource,
        attributes=attributes,
        events=_counted(
            [
                Event(
                    event.name,
                    _split(event.attributes, EVENT_FIELDS, place)[0],
                    event.time_unix_nano,
                )
                for event in span.events
            ],
            fields.get(names.DROPPED_EVENTS, 0),
        ),
        links=_counted(
            [_link(link, place) for link in span.links], fields.get(names.DROPPED_LINKS, 0)
        ),
        kind=SpanKind[span.otel_kind.upper()],
        status=Status(
            STATUS_CODES.get(span.status, StatusCode.UNSET),
            span.status_message if span.status == ERROR else None,
        ),
        start_time=span.start_time_unix_nano,
        end_time=None if end is None else max(end, span.start_time_unix_nano + 1),
        instrumentation_scope=_scope(span),
    )


def _scope(span: Span) -> InstrumentationScope:
    attributes, fields = _split(span.scope_attributes, SCOPE_FIELDS, "")
    schema_url = fields.get(names.SCOPE_SCHEMA_URL)
    return InstrumentationScope(span.scope_name, span.scope_version, schema_url, attributes)


def _link(link: SpanLink, place: str) -> Link:
    attributes, fields = _split(link.attributes, LINK_FIELDS, place)
    return Link(_context(link.trace_id, link.span_id, link.flags, fields), attributes)


def _context(
    trace_id: str, span_id: str, flags: int, fields: Mapping[str, Any] = NO_FIELDS
) -> SpanContext:
    header = fields.get(names.TRACE_STATE)
    return SpanContext(
        int(trace_id, 16),
        int(span_id, 16),
        bool(flags & PARENT_IS_REMOTE),
        TraceFlags(flags & TRACE_FLAGS or TraceFlags.SAMPLED),
        TraceState.from_header([header]) if header else None,
    )


def _split(
    attributes: Mapping[str, Any], kept: frozenset[str], place: str
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Returns attributes as any backend can take them, with how many were dropped, and the fields kept among them."""
    rest, fields = split_kept(attributes, kept)
    safe = export_safe(rest, place)
    dropped = fields.get(names.DROPPED_ATTRIBUTES, 0)
    if not dropped:
        return safe, fields
    bounded = BoundedAttributes(attributes=safe, immutable=False)
    bounded.dropped = dropped
    return bounded, fields


def _counted(items: list[Any], dropped: int) -> Sequence[Any]:
    """Returns events or links as a list of the SDK that says how many of them were dropped."""
    if not dropped:
        return items
    bounded: BoundedList[Any] = BoundedList.from_seq(None, items)
    bounded.dropped = dropped
    return bounded


def _http(target: OtlpTarget) -> SpanExporter:
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    codings = {GZIP: Compression.Gzip, DEFLATE: Compression.Deflate}
    return OTLPSpanExporter(
        endpoint=target.url,
        certificate_file=target.certificate or None,
        client_key_file=target.client_key or None,
        client_certificate_file=target.client_certificate or None,
        headers=target.headers,
        timeout=target.timeout_seconds,
        compression=codings.get(target.compression, Compression.NoCompression),
    )


def _grpc(target: OtlpTarget) -> SpanExporter:
    import grpc
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    is_plain = not target.url.startswith("https://")
    credentials = None if is_plain else _grpc_credentials(grpc, target)
    made: SpanExporter = OTLPSpanExporter(
        endpoint=target.url,
        insecure=is_plain,
        credentials=credentials,
        headers=tuple((name.lower(), value) for name, value in target.headers.items()),
        timeout=target.timeout_seconds,
        compression=grpc.Compression.Gzip if target.compression == GZIP else None,
    )
    return made


def _grpc_credentials(grpc: Any, target: OtlpTarget) -> Any:
    from pathlib import Path

    def content(path: str) -> bytes | None:
        return Path(path).read_bytes() if path else None

    return grpc.ssl_channel_credentials(
        content(target.certificate), content(target.client_key), content(target.client_certificate)
    )
