"""`POST /v1/messages` of Anthropic, whole or as a stream, and the same body through Bedrock's `invoke`.

Anthropic counts what came from the cache, and what went into it, beside the input.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from tests.dialects.model_apis.script import THOUGHT, Turn, turn_for

WRITTEN: Final = 100
"""Tokens that each direct call writes into the cache."""


def message(request: dict[str, Any]) -> dict[str, Any]:
    turn = _turn(request)
    return _message(turn, request["model"], _content(turn, is_direct=True), WRITTEN)


def invoke(request: dict[str, Any]) -> dict[str, Any]:
    """`POST /model/{id}/invoke`: no reasoning, and nothing goes into the cache."""
    turn = _turn(request)
    return _message(turn, "claude-sonnet-4-20250514", _content(turn, is_direct=False), 0)


def stream(request: dict[str, Any]) -> Iterator[str]:
    """The events, as server-sent events. The count of the output is that of the last one."""
    whole = message(request)
    begun = {**whole, "content": [], "stop_reason": None}
    begun["usage"] = {**whole["usage"], "output_tokens": 1}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": begun}]
    for index, block in enumerate(whole["content"]):
        events += _of_block(index, block)
    delta = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    output = {"output_tokens": whole["usage"]["output_tokens"]}
    events.append({"type": "message_delta", "delta": delta, "usage": output})
    events.append({"type": "message_stop"})
    for event in events:
        yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"


def _of_block(index: int, block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    start, delta = {
        "thinking": (
            {"type": "thinking", "thinking": "", "signature": ""},
            {"type": "thinking_delta", "thinking": block.get("thinking")},
        ),
        "text": (
            {"type": "text", "text": ""},
            {"type": "text_delta", "text": block.get("text")},
        ),
        "tool_use": (
            {**block, "input": {}},
            {"type": "input_json_delta", "partial_json": json.dumps(block.get("input"))},
        ),
    }[block["type"]]
    yield {"type": "content_block_start", "index": index, "content_block": start}
    yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _turn(request: dict[str, Any]) -> Turn:
    return turn_for(request["messages"], [tool["name"] for tool in request.get("tools") or ()])


def _content(turn: Turn, *, is_direct: bool) -> list[dict[str, Any]]:
    if not turn.calls:
        return [{"type": "text", "text": turn.text}] if turn.text else []
    calls = [
        {"type": "tool_use", "id": call.call_id, "name": call.name, "input": call.arguments}
        for call in turn.calls
    ]
    thought = {"type": "thinking", "thinking": THOUGHT, "signature": "c2ln"}
    return [thought, {"type": "text", "text": THOUGHT}, *calls] if is_direct else calls


def _message(turn: Turn, model: str, content: list[dict[str, Any]], written: int) -> dict[str, Any]:
    prompt, completed, cached, _ = turn.usage
    reason = "refusal" if turn.is_filtered else "tool_use" if turn.calls else "end_turn"
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": reason,
        "stop_sequence": None,
        "usage": {
            "input_tokens": prompt - cached - written,
            "output_tokens": completed,
            "cache_read_input_tokens": cached,
            "cache_creation_input_tokens": written,
        },
    }
