"""What the SDK's spans say beside attributes is kept, and sent as OpenTelemetry's own exporter sends it."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    TraceFlags,
    TraceState,
    set_span_in_context,
)

from spanvas.model.span import Span
from spanvas.otlp.protobuf_export import encode_protobuf
from spanvas.storage.codec import decode_spans
from spanvas.storage.codec import encode_spans as stored
from spanvas.tracing.convert import Converter
from spanvas.tracing.stock_exporter import readable_span, sdk_resource

PARENT, SAMPLED = 0x300, 1
"""Of the flags: those of the parent, and that of a trace that is sampled."""
SCHEMA = "https://opentelemetry.io/schemas/1.37.0"


def context(number: int, *, is_remote: bool, state: str = "") -> SpanContext:
    found = TraceState.from_header([state]) if state else None
    return SpanContext(number, number, is_remote, TraceFlags(TraceFlags.SAMPLED), found)


@pytest.fixture(params=[True, False], ids=["remote parent", "local parent"])
def span(request: pytest.FixtureRequest) -> ReadableSpan:
    provider = TracerProvider(
        resource=Resource({"service.name": "triage"}, SCHEMA),
        span_limits=SpanLimits(
            max_span_attributes=1, max_events=1, max_links=1, max_event_attributes=1
        ),
        shutdown_on_exit=False,
    )
    tracer = provider.get_tracer("lib", "2", f"{SCHEMA}-scope", {"team": "search"})
    above = context(3, is_remote=request.param, state="vendor=1")
    made: Any = tracer.start_span(
        "step",
        set_span_in_context(NonRecordingSpan(above)),
        attributes={"a": 1, "b": 2},
        links=[
            Link(context(4, is_remote=True)),
            Link(context(5, is_remote=True, state="vendor=2"), {"why": "retry"}),
        ],
    )
    made.add_event("one", {"k": 1})
    made.add_event("two", {"k": 1, "l": 2})
    made.end()
    return made


def converted(span: ReadableSpan) -> Span:
    [found] = decode_spans(stored([Converter().convert(span, recorded_at_unix_nano=1)]))
    return found


def normal(request: ExportTraceServiceRequest) -> Any:
    """A request as plain values without what OpenTelemetry's exporter leaves out: the flags of the trace, the trace
    state of links."""
    [group] = request.resource_spans
    [scope_spans] = group.scope_spans
    for span in scope_spans.spans:
        span.flags &= PARENT
        for link in span.links:
            link.flags &= PARENT
            link.trace_state = ""
    return MessageToDict(request)


def test_it_is_sent_as_by_opentelemetrys_exporter(span: ReadableSpan) -> None:
    sent = ExportTraceServiceRequest.FromString(encode_protobuf([converted(span)], lambda span: ""))
    [ours] = sent.resource_spans[0].scope_spans[0].spans
    assert (ours.flags & SAMPLED, ours.links[0].flags & SAMPLED) == (1, 1)
    assert ours.links[0].trace_state == "vendor=2"
    assert (ours.trace_state, ours.dropped_attributes_count, ours.dropped_events_count) == (
        "vendor=1",
        1,
        1,
    )
    assert normal(sent) == normal(encode_spans([span]))


def test_the_stock_exporter_gets_it_too(span: ReadableSpan) -> None:
    kept = converted(span)
    again = encode_spans([readable_span(kept, "", sdk_resource(kept.resource))])
    assert normal(again) == normal(encode_spans([span]))


def test_a_span_of_the_plainest_kind_takes_its_flags_alone() -> None:
    plain: Any = TracerProvider(shutdown_on_exit=False).get_tracer("lib").start_span("step")
    plain.end()
    found = Converter().convert(plain, recorded_at_unix_nano=1)
    assert (found.attributes, found.scope_attributes, found.flags & SAMPLED) == ({}, {}, 1)
