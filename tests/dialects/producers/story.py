"""What every producer tells, and where its spans go. Run beside the libraries, never imported by tests."""

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
QUESTIONS = "Where are parcels 4711 and 4712?"
RESULTS = {
    "4711": {"city": "Lyon", "status": "in transit"},
    "4712": {"city": "Lyon", "status": "delivered"},
}
ANSWER = "Parcel 4711 is in Lyon, on its way to you."
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
    return RESULTS[parcel_id]


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


def opening(question: str = QUESTIONS) -> list:
    """The messages with which a conversation of OpenAI's client begins."""
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": question}]


def tool_message(call_id: str, result: dict) -> dict:
    return {"role": "tool", "tool_call_id": call_id, "content": json.dumps(result)}


def asking(word: str) -> dict:
    """A request of OpenAI's chat; FAIL401, RETRY429, CTXLEN and FILTER are treated as they say."""
    return {"model": MODEL, "messages": [{"role": "user", "content": word}]}


def refused(call) -> None:
    """Calls what has to raise."""
    try:
        call()
    except Exception:  # noqa: BLE001 - each library has its own
        return
    raise AssertionError("it was not refused")


def desk(run, name: str = "parcel desk") -> None:
    """Runs a program in a span of its own."""
    with trace.get_tracer("app").start_as_current_span(name):
        run()


def looked_up(parcel_id: str) -> str:
    """What the tool gives, as the text that most frameworks hand to a model."""
    return json.dumps(lookup_parcel(parcel_id))
