"""OpenAI's client under Logfire."""

import logfire
import story
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

logfire.configure(
    send_to_logfire=False,
    console=False,
    additional_span_processors=[SimpleSpanProcessor(OTLPSpanExporter(f"{story.URL}/v1/traces"))],
)
logfire.instrument_openai()
story.openai_conversation()
logfire.force_flush()
