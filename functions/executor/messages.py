"""What the executor reads in Converse's answers: text, and usage in the terms of OpenTelemetry's conventions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


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
