"""`POST /v1beta/models/{id}:generateContent` and `:streamGenerateContent` of Gemini."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from tests.dialects.model_apis.script import turn_for

MODEL: Final = "gemini-2.5-flash"


def generate(request: dict[str, Any]) -> dict[str, Any]:
    offered = [
        function["name"]
        for tool in request.get("tools") or ()
        for function in tool.get("functionDeclarations", ())
    ]
    turn = turn_for(request["contents"], offered)
    prompt, completed, cached, reasoning = turn.usage
    parts: list[dict[str, Any]] = [
        {"functionCall": {"name": call.name, "args": call.arguments}} for call in turn.calls
    ] or [{"text": turn.text}]
    reason = "SAFETY" if turn.is_filtered else "STOP"
    content = {"role": "model", "parts": parts}
    return {
        "candidates": [{"content": content, "finishReason": reason, "index": 0}],
        "usageMetadata": {
            "promptTokenCount": prompt,
            "candidatesTokenCount": completed - reasoning,
            "thoughtsTokenCount": reasoning,
            "cachedContentTokenCount": cached,
            "totalTokenCount": prompt + completed,
        },
        "modelVersion": MODEL,
        "responseId": "g1" if turn.calls else "g2",
    }


def stream(request: dict[str, Any]) -> Iterator[str]:
    """One chunk, as a server-sent event."""
    yield f"data: {json.dumps(generate(request))}\r\n\r\n"
