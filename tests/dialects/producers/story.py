"""What every producer tells, and where its spans go. Run by `.venv-dialects`, never imported by the tests."""

import json
import os

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

URL = os.environ["STORY_URL"]
MODEL = "gpt-4o"
BEDROCK_MODEL = "us.anthropic.claude-sonnet-4-20250514-v1:0"
SYSTEM = "You answer questions about parcels."
QUESTION = "Where is parcel 4711?"
RESULT = {"city": "Lyon", "status": "in transit"}
SCHEMA = {
    "type": "object",
    "properties": {"parcel_id": {"type": "string"}},
    "required": ["parcel_id"],
}
DESCRIPTION = "Where a parcel is."
OPENAI_TOOL = {
    "type": "function",
    "function": {"name": "lookup_parcel", "description": DESCRIPTION, "parameters": SCHEMA},
}


def provider() -> TracerProvider:
    """A tracer provider that sends every span at once, as the global one."""
    made = TracerProvider(resource=Resource({"service.name": "story"}))
    made.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(f"{URL}/v1/traces")))
    trace.set_tracer_provider(made)
    return made


def lookup_parcel(parcel_id: str) -> dict:
    """Where a parcel is."""
    assert parcel_id == "4711"
    return RESULT


def openai_client():
    from openai import OpenAI

    return OpenAI(base_url=f"{URL}/v1", api_key="none", max_retries=0)


def openai_conversation() -> None:
    """Two chat completions with a tool between them, and an embedding."""
    client = openai_client()
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}]
    first = client.chat.completions.create(
        model=MODEL, messages=messages, tools=[OPENAI_TOOL], temperature=0.2
    )
    asked = first.choices[0].message
    call = asked.tool_calls[0]
    result = lookup_parcel(**json.loads(call.function.arguments))
    messages += [
        asked.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)},
    ]
    client.chat.completions.create(
        model=MODEL, messages=messages, tools=[OPENAI_TOOL], temperature=0.2
    )
    client.embeddings.create(model="text-embedding-3-small", input="parcels in Lyon")


def bedrock_client():
    import boto3

    return boto3.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=URL,
        aws_access_key_id="none",
        aws_secret_access_key="none",
    )
