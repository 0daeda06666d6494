"""Spans through OpenTelemetry's own exporter, `opentelemetry-exporter-otlp`, by HTTP or gRPC.

It is imported from the function's package or a layer of its own. It is called in the worker's thread alone: the budget
of an invocation and the breaker hold for it as for our own client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from spanvas.collector.results import ExportOutcome, ExportResult
from spanvas.model.span import ERROR, OK, Span
from spanvas.otel_variables import DEFLATE, GRPC, GZIP, OtlpTarget
from spanvas.otlp.export_safe import export_safe
from spanvas.tracing.otlp_exporter import SpanSink

FAILED: Final = "OpenTelemetry's exporter could not send the spans; its own log lines say why"
STATUS_CODES: Final = {OK: StatusCode.OK, ERROR: StatusCode.ERROR}


def stock_sink(target: OtlpTarget) -> SpanSink:
    """Returns a sink that exports through OpenTelemetry's exporter. Raises ImportError where it is not installed."""
    exporter = _grpc(target) if target.protocol == GRPC else _http(target)
    resources: dict[int, tuple[Mapping[str, Any], Resource]] = {}

    def resource_of(span: Span) -> Resource:
        known = resources.get(id(span.resource))
        if known is None or known[0] is not span.resource:
            made = Resource(export_safe(span.resource, ""))
            known = resources[id(span.resource)] = (span.resource, made)
        return known[1]

    def send(spans: Sequence[Span], place_of: Callable[[Span], str]) -> ExportResult:
        resources.clear()
        read = [readable_span(span, place_of(span), resource_of(span)) for span in spans]
        if exporter.export(read) is SpanExportResult.SUCCESS:
            return ExportResult(ExportOutcome.TAKEN)
        return ExportResult(ExportOutcome.LATER, message=FAILED)

    return send


def readable_span(span: Span, place: str, resource: Resource) -> ReadableSpan:
    """Returns a span as the SDK's exporters take it, with attributes as any backend can take them."""
    trace_id = int(span.trace_id, 16)
    end = span.end_time_unix_nano
    return ReadableSpan(
        name=span.name,
        context=_context(trace_id, span.span_id),
        parent=_context(trace_id, span.parent_span_id) if span.parent_span_id else None,
        resource=resource,
        attributes=export_safe(span.attributes, place),
        events=[
            Event(event.name, export_safe(event.attributes, place), event.time_unix_nano)
            for event in span.events
        ],
        links=[
            Link(
                _context(int(link.trace_id, 16), link.span_id),
                export_safe(link.attributes, place),
            )
            for link in span.links
        ],
        kind=SpanKind[span.otel_kind.upper()],
        status=Status(
            STATUS_CODES.get(span.status, StatusCode.UNSET),
            span.status_message if span.status == ERROR else None,
        ),
        start_time=span.start_time_unix_nano,
        end_time=None if end is None else max(end, span.start_time_unix_nano + 1),
        instrumentation_scope=InstrumentationScope(span.scope_name, span.scope_version),
    )


def _context(trace_id: int, span_id: str) -> SpanContext:
    return SpanContext(trace_id, int(span_id, 16), False, TraceFlags(TraceFlags.SAMPLED))


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
