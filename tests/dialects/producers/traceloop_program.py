"""Traceloop's SDK: its decorators, OpenAI's client, a vector store; retried, too long, filtered."""

import json
import os

os.environ |= {"TRACELOOP_TELEMETRY": "false", "ANONYMIZED_TELEMETRY": "False"}

import chromadb
import story
from openai import OpenAI
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import agent, task, tool, workflow

Traceloop.init(
    app_name="parcels",
    exporter=OTLPSpanExporter(f"{story.URL}/v1/traces"),
    disable_batch=True,
    telemetry_enabled=False,
)
client = OpenAI(base_url=f"{story.URL}/v1", api_key="none", max_retries=1)
TEXTS = ["Parcel 4711 is in Lyon.", "Parcel 4712 is in Nice."]
VECTORS = [[1.0, 0.0], [0.0, 1.0]]


@tool(name="lookup_parcel")
def lookup_parcel(parcel_id):
    return story.lookup_parcel(parcel_id)


@task(name="retrieve")
def retrieve(question):
    store = chromadb.EphemeralClient().create_collection("parcels", embedding_function=None)
    store.add(ids=["a", "b"], documents=TEXTS, embeddings=VECTORS)
    client.embeddings.create(model="text-embedding-3-small", input=question)
    return store.query(query_embeddings=VECTORS[:1], n_results=2)["documents"]


@agent(name="clerk")
def clerk(question):
    messages = story.opening(question)
    first = client.chat.completions.create(
        model=story.MODEL, messages=messages, tools=[story.OPENAI_TOOL]
    )
    asked = first.choices[0].message
    messages.append(asked.model_dump(exclude_none=True))
    for call in asked.tool_calls:
        result = lookup_parcel(**json.loads(call.function.arguments))
        messages.append(story.tool_message(call.id, result))
    chunks = client.chat.completions.create(
        model=story.MODEL,
        messages=messages,
        stream=True,
        stream_options={"include_usage": True},
    )
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


@workflow(name="parcel desk")
def desk(question):
    Traceloop.set_association_properties({"session_id": "sess-tl", "user_id": "u1"})
    retrieve(question)
    answer = clerk(question)
    for word in ("Hello", "RETRY429", "FILTER"):
        client.chat.completions.create(**story.asking(word))
    story.refused(lambda: client.chat.completions.create(**story.asking("CTXLEN")))
    return answer


desk(story.QUESTIONS)
