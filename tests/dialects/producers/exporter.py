"""Spans through OpenTelemetry's own exporter, set up by its environment variables alone. Prints the trace id."""

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, Status, StatusCode

provider = TracerProvider(resource=Resource({"service.name": "trips", "service.version": "7"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer("trips.planner", "1.2.3")

with tracer.start_as_current_span("plan trip", kind=trace.SpanKind.SERVER) as root:
    root.set_attributes(
        {
            "text": "Zürich 🚂",
            "long": "x" * 3000,
            "whole": 2**53 + 1,
            "real": 1.5,
            "yes": True,
            "texts": ["a", "b"],
            "numbers": [1, 2],
            "spanvas.execution.id": f"trip-{root.get_span_context().trace_id:032x}",
        }
    )
    link = Link(root.get_span_context(), {"why": "retry"})
    with tracer.start_as_current_span("call", kind=trace.SpanKind.CLIENT, links=[link]) as call:
        call.add_event("waited", {"ms": 12})
        call.set_status(Status(StatusCode.ERROR, "no seats"))
provider.force_flush()

with tracer.start_as_current_span("afterwards", links=[Link(root.get_span_context())]) as after:
    after.set_attribute("spanvas.execution.id", f"trip-{root.get_span_context().trace_id:032x}")
provider.shutdown()
print(f"{root.get_span_context().trace_id:032x}")
