"""`POST /v1/responses` of OpenAI, whole or as a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.dialects.model_apis.script import THOUGHT, Turn, turn_for


def response(request: dict[str, Any]) -> dict[str, Any]:
    turn = _turn(request)
    return {
        **_head(request, turn),
        "status": "completed",
        "output": _items(turn),
        "usage": _usage(turn),
    }


def stream(request: dict[str, Any]) -> Iterator[str]:
    """The events, as server-sent events."""
    whole = response(request)
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": begun},
        {"type": "response.in_progress", "response": begun},
    ]
    for index, item in enumerate(whole["output"]):
        events += _of_item(index, item)
    events.append({"type": "response.completed", "response": whole})
    for number, event in enumerate(events):
        data = json.dumps({**event, "sequence_number": number})
        yield f"event: {event['type']}\ndata: {data}\n\n"


def _of_item(index: int, item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    place = {"output_index": index, "item_id": item["id"]}
    yield {"type": "response.output_item.added", "output_index": index, "item": item}
    if item["type"] == "message":
        (part,) = item["content"]
        at = {**place, "content_index": 0}
        yield {"type": "response.content_part.added", **at, "part": {**part, "text": ""}}
        yield {"type": "response.output_text.delta", **at, "delta": part["text"], "logprobs": []}
        yield {"type": "response.output_text.done", **at, "text": part["text"], "logprobs": []}
        yield {"type": "response.content_part.done", **at, "part": part}
    if item["type"] == "function_call":
        arguments = item["arguments"]
        yield {"type": "response.function_call_arguments.delta", **place, "delta": arguments}
        yield {
            "type": "response.function_call_arguments.done",
            **place,
            "name": item["name"],
            "arguments": arguments,
        }
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def _turn(request: dict[str, Any]) -> Turn:
    tools = [tool["name"] for tool in request.get("tools") or () if "name" in tool]
    return turn_for(request["input"], tools)


def _head(request: dict[str, Any], turn: Turn) -> dict[str, Any]:
    return {
        "id": "resp_1" if turn.calls else "resp_2",
        "object": "response",
        "created_at": 1790000000,
        "error": None,
        "incomplete_details": None,
        "instructions": request.get("instructions"),
        "metadata": {},
        "model": f"{request['model']}-2024-08-06",
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": request.get("tools") or [],
        "top_p": 1.0,
        "service_tier": "default",
        "text": {"format": {"type": "text"}},
        "truncation": "disabled",
    }


def _items(turn: Turn) -> list[dict[str, Any]]:
    thought = {
        "type": "reasoning",
        "id": "rs_1",
        "summary": [{"type": "summary_text", "text": THOUGHT}],
    }
    items = [thought] if turn.usage[3] else []
    if not turn.calls:
        part = {"type": "output_text", "text": turn.text, "annotations": [], "logprobs": []}
        message = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed"}
        return [*items, {**message, "content": [part]}]
    return items + [
        {
            "type": "function_call",
            "id": f"fc_{number}",
            "call_id": call.call_id,
            "name": call.name,
            "arguments": json.dumps(call.arguments),
            "status": "completed",
        }
        for number, call in enumerate(turn.calls, 1)
    ]


def _usage(turn: Turn) -> dict[str, Any]:
    prompt, completed, cached, reasoning = turn.usage
    return {
        "input_tokens": prompt,
        "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0},
        "output_tokens": completed,
        "output_tokens_details": {"reasoning_tokens": reasoning},
        "total_tokens": prompt + completed,
    }
