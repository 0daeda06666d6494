"""Laminar's SDK: observed functions of a session, and OpenAI's client."""

import json

import story
from lmnr import Laminar, observe
from openai import OpenAI

host, _, port = story.URL.rpartition(":")
Laminar.initialize(
    project_api_key="none", base_url=host, http_port=int(port), force_http=True, disable_batch=True
)
client = OpenAI(base_url=f"{story.URL}/v1", api_key="none", max_retries=0)


@observe(span_type="TOOL")
def lookup_parcel(parcel_id):
    return story.looked_up(parcel_id)


@observe(name="parcel desk", session_id="sess-lam", user_id="u1")
def desk(question):
    messages = story.opening(question)
    first = client.chat.completions.create(
        model=story.MODEL, messages=messages, tools=[story.OPENAI_TOOL]
    )
    asked = first.choices[0].message
    messages.append(asked.model_dump(exclude_none=True))
    for call in asked.tool_calls:
        result = lookup_parcel(**json.loads(call.function.arguments))
        messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    last = client.chat.completions.create(model=story.MODEL, messages=messages)
    return last.choices[0].message.content


desk(story.QUESTIONS)
Laminar.flush()
