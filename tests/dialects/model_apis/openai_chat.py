"""`POST /v1/chat/completions` and `/v1/embeddings` of OpenAI, whole or as a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.dialects.model_apis.script import Turn, turn_for


def completion(request: dict[str, Any]) -> dict[str, Any]:
    turn = _turn(request)
    message: dict[str, Any] = {"role": "assistant", "content": turn.text, "refusal": None}
    if turn.calls:
        message |= {"content": None, "tool_calls": _tool_calls(turn)}
    choice = {"index": 0, "message": message, "finish_reason": _reason(turn), "logprobs": None}
    head = _head(request, turn, "chat.completion")
    return {**head, "choices": [choice], "usage": _usage(turn)}


def stream(request: dict[str, Any]) -> Iterator[str]:
    """The chunks, as server-sent events."""
    turn = _turn(request)
    head = _head(request, turn, "chat.completion.chunk")
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": None if turn.calls else ""}]
    for index, call in enumerate(_tool_calls(turn)):
        function = call["function"]
        begun = {**call, "function": {"name": function["name"], "arguments": ""}}
        deltas.append({"tool_calls": [{"index": index, **begun}]})
        rest = {"index": index, "function": {"arguments": function["arguments"]}}
        deltas.append({"tool_calls": [rest]})
    if not turn.calls:
        deltas += [{"content": word} for word in turn.text.partition(" ")]
    for delta in deltas:
        yield _chunk(head, delta, None)
    yield _chunk(head, {}, _reason(turn))
    if (request.get("stream_options") or {}).get("include_usage"):
        yield _event({**head, "choices": [], "usage": _usage(turn)})
    yield "data: [DONE]\n\n"


def embedding(request: dict[str, Any]) -> dict[str, Any]:
    vectors: Any = [0.25, -0.5, 0.125]
    if request.get("encoding_format") == "base64":
        vectors = "AACAPgAAAL8AAAA+"
    inputs = request["input"] if isinstance(request["input"], list) else [request["input"]]
    return {
        "object": "list",
        "data": [
            {"object": "embedding", "index": index, "embedding": vectors}
            for index in range(len(inputs))
        ],
        "model": request["model"],
        "usage": {"prompt_tokens": 5, "total_tokens": 5},
    }


def _turn(request: dict[str, Any]) -> Turn:
    tools = [tool["function"]["name"] for tool in request.get("tools") or ()]
    return turn_for(request["messages"], tools)


def _tool_calls(turn: Turn) -> list[dict[str, Any]]:
    return [
        {
            "id": call.call_id,
            "type": "function",
            "function": {"name": call.name, "arguments": json.dumps(call.arguments)},
        }
        for call in turn.calls
    ]


def _reason(turn: Turn) -> str:
    if turn.is_filtered:
        return "content_filter"
    return "tool_calls" if turn.calls else "stop"


def _head(request: dict[str, Any], turn: Turn, kind: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1" if turn.calls else "chatcmpl-2",
        "object": kind,
        "created": 1790000000,
        "model": f"{request['model']}-2024-08-06",
        "service_tier": "default",
        "system_fingerprint": "fp_scripted",
    }


def _usage(turn: Turn) -> dict[str, Any]:
    prompt, completed, cached, reasoning = turn.usage
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completed,
        "total_tokens": prompt + completed,
        "prompt_tokens_details": {"cached_tokens": cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": reasoning, "audio_tokens": 0},
    }


def _chunk(head: dict[str, Any], delta: dict[str, Any], reason: str | None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
    return _event({**head, "choices": [choice]})


def _event(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value)}\n\n"
