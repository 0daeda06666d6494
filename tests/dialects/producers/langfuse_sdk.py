"""Langfuse's SDK: decorated functions, its drop-in for OpenAI's client, and a generation of the program's own."""

import json

import story
from langfuse import Langfuse, observe, propagate_attributes
from langfuse.openai import OpenAI

langfuse = Langfuse(public_key="pk-none", secret_key="none", base_url=story.URL)
client = OpenAI(base_url=f"{story.URL}/v1", api_key="none", max_retries=0)


@observe(as_type="tool")
def lookup_parcel(parcel_id):
    return story.lookup_parcel(parcel_id)


@observe(as_type="retriever", name="find")
def find(question):
    return [{"id": "a", "content": "Parcel 4711 is in Lyon.", "score": 0.9}]


@observe(as_type="agent", name="Clerk")
def clerk(question):
    find(question)
    messages = story.opening()
    first = client.chat.completions.create(
        model=story.MODEL, messages=messages, tools=[story.OPENAI_TOOL]
    )
    asked = first.choices[0].message
    messages.append(asked.model_dump(exclude_none=True))
    for call in asked.tool_calls:
        result = lookup_parcel(*json.loads(call.function.arguments).values())
        messages.append(story.tool_message(call.id, result))
    chunks = client.chat.completions.create(
        model=story.MODEL,
        messages=messages,
        tools=[story.OPENAI_TOOL],
        stream=True,
        stream_options={"include_usage": True},
    )
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


@observe(name="Parcel desk")
def desk(question):
    with propagate_attributes(session_id="sess-lf", user_id="u1"):
        answer = clerk(question)
        with langfuse.start_as_current_observation(
            as_type="generation", name="manual", model="claude-sonnet-4-5", input="Hi"
        ) as generation:
            generation.update(
                output="Hello",
                usage_details={"input": 10, "output": 5, "cache_read_input_tokens": 3},
                cost_details={"input": 0.001, "output": 0.002, "total": 0.003},
            )
        story.refused(lambda: client.chat.completions.create(**story.asking("FAIL401")))
        return answer


desk(story.QUESTIONS)
langfuse.flush()
