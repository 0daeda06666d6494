"""Converse's messages and usage in the normal form of the traces (OpenTelemetry GenAI conventions)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def as_parts(content: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Blocks of one message as parts; kinds that are not known here are kept under their name."""
    parts: list[dict[str, Any]] = []
    for block in content:
        for kind, value in block.items():
            if kind == "text":
                parts.append({"type": "text", "content": value})
            elif kind == "reasoningContent":
                text = value.get("reasoningText", {}).get("text", "")
                parts.append({"type": "reasoning", "content": text})
            elif kind == "toolUse":
                parts.append(
                    {
                        "type": "tool_call",
                        "id": value["toolUseId"],
                        "name": value["name"],
                        "arguments": value["input"],
                    }
                )
            elif kind == "toolResult":
                response = [part.get("json", part.get("text")) for part in value["content"]]
                parts.append(
                    {
                        "type": "tool_call_response",
                        "id": value["toolUseId"],
                        "response": response[0] if len(response) == 1 else response,
                    }
                )
            elif kind != "cachePoint":
                parts.append({"type": kind})
    return parts


def as_messages(conversation: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"role": message["role"], "parts": as_parts(message["content"])} for message in conversation
    ]


def as_usage(usage: Mapping[str, int]) -> dict[str, int]:
    """Tokens of one call. Bedrock's `inputTokens` leaves cached ones out, the conventions' input includes them."""
    read = usage.get("cacheReadInputTokens", 0)
    written = usage.get("cacheWriteInputTokens", 0)
    return {
        "input_tokens": usage.get("inputTokens", 0) + read + written,
        "output_tokens": usage.get("outputTokens", 0),
        "cache_read_tokens": read,
        "cache_write_tokens": written,
    }


def text_of(content: Iterable[Mapping[str, Any]]) -> str:
    """The text blocks of an answer, joined."""
    return "".join(block["text"] for block in content if "text" in block)
