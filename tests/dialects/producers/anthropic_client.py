"""Anthropic's client, which writes spans of its own, under an instrumentation as well.

A whole answer, a streamed one, an image, a refusal, and a request that is answered when it is made again.
"""

import json
import os

import story
from anthropic import Anthropic

provider = story.provider()
if os.environ["STORY_INSTRUMENTATION"] == "traceloop":
    from opentelemetry.instrumentation.anthropic import AnthropicInstrumentor
else:
    from openinference.instrumentation.anthropic import AnthropicInstrumentor
AnthropicInstrumentor().instrument(tracer_provider=provider)
client = Anthropic(base_url=story.URL, api_key="none", max_retries=1)
MODEL = {"model": "claude-sonnet-4-5", "max_tokens": 1024}
TOOL = {
    "name": "lookup_parcel",
    "description": story.DESCRIPTION,
    "input_schema": story.SCHEMA,
}
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def say(text):
    return {"role": "user", "content": text}


def talk():
    messages = [say(story.QUESTIONS)]
    asked = client.messages.create(**MODEL, system=story.SYSTEM, messages=messages, tools=[TOOL])
    messages.append({"role": "assistant", "content": [b.model_dump() for b in asked.content]})
    results = [
        {
            "type": "tool_result",
            "tool_use_id": block.id,
            "content": json.dumps(story.lookup_parcel(**block.input)),
        }
        for block in asked.content
        if block.type == "tool_use"
    ]
    messages.append(say(results))
    with client.messages.stream(
        **MODEL, system=story.SYSTEM, messages=messages, tools=[TOOL]
    ) as stream:
        stream.until_done()
    source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
    pictured = [{"type": "image", "source": source}, {"type": "text", "text": "What is this?"}]
    client.messages.create(**MODEL, messages=[say(pictured)])
    story.refused(lambda: client.messages.create(**MODEL, messages=[say("FAIL401")]))
    client.messages.create(**MODEL, messages=[say("RETRY429")])


story.desk(talk)
