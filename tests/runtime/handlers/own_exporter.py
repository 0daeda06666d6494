"""A function that has set up OpenTelemetry itself, with the stock exporter; runs in sandboxes only."""

import os

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(os.environ["OWN_ENDPOINT"])))
trace.set_tracer_provider(provider)


def handler(event, _context):
    with trace.get_tracer("own").start_as_current_span("own work"):
        return event
