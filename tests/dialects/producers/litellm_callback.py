"""LiteLLM with its own callback for OpenTelemetry: OpenAI, Anthropic, an embedding, a refusal; awaited, or not."""

import asyncio
import os
import time

import story

os.environ |= {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    "OTEL_EXPORTER_OTLP_ENDPOINT": f"{story.URL}/v1/traces",
}
import litellm
from opentelemetry import trace

litellm.callbacks = ["otel"]
OPENAI = {"api_base": f"{story.URL}/v1", "api_key": "none", "max_retries": 0}
GPT = {"model": f"openai/{story.MODEL}", **OPENAI}
CLAUDE = {"model": "anthropic/claude-sonnet-4-5", "api_base": story.URL, "api_key": "none"}
EMBEDDER = {"model": "openai/text-embedding-3-small", **OPENAI}
is_async = "STORY_ASYNC" in os.environ
complete = litellm.acompletion if is_async else litellm.completion
embed = litellm.aembedding if is_async else litellm.embedding


async def ask(call, **options):
    answer = call(**options)
    if is_async:
        await answer


def said(text):
    return [{"role": "user", "content": text}]


async def talk():
    tools = [story.OPENAI_TOOL]
    await ask(complete, **GPT, messages=story.opening(), tools=tools, user="u1")
    await ask(complete, **CLAUDE, messages=said("Hello"))
    await ask(embed, **EMBEDDER, input=["parcels in Lyon"])
    try:
        await ask(complete, **GPT, messages=said("FAIL401"))
    except litellm.AuthenticationError:
        await asyncio.sleep(1)
        return
    raise AssertionError("it was not refused")


asyncio.run(talk())
time.sleep(1)
trace.get_tracer_provider().force_flush()
