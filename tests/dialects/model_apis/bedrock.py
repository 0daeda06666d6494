"""`POST /model/{id}/converse` of Bedrock, whose `inputTokens` are those that were not cached."""

from __future__ import annotations

from typing import Any

from tests.dialects.model_apis.script import turn_for


def converse(request: dict[str, Any]) -> dict[str, Any]:
    tools = (request.get("toolConfig") or {}).get("tools", ())
    turn = turn_for(request["messages"], [tool["toolSpec"]["name"] for tool in tools])
    prompt, completed, cached, _ = turn.usage
    content: list[dict[str, Any]] = [
        {"toolUse": {"toolUseId": call.call_id, "name": call.name, "input": call.arguments}}
        for call in turn.calls
    ] or [{"text": turn.text}]
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": "tool_use" if turn.calls else "end_turn",
        "usage": {
            "inputTokens": prompt - cached,
            "outputTokens": completed,
            "totalTokens": prompt + completed,
            "cacheReadInputTokens": cached,
            "cacheWriteInputTokens": 0,
        },
        "metrics": {"latencyMs": 12},
    }
