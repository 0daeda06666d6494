"""A model call as OpenTelemetry's GenAI conventions have it, from what callers have at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.semantics.messages import messages_of
from spanvas.semantics.parts import parts_of
from spanvas.tracing.content import json_text

USAGE: Final = {
    "input_tokens": names.INPUT_TOKENS[0],
    "output_tokens": names.OUTPUT_TOKENS[0],
    "cache_read_tokens": names.CACHE_READ_TOKENS[0],
    "cache_write_tokens": names.CACHE_WRITE_TOKENS[0],
    "reasoning_tokens": names.REASONING_TOKENS[0],
}


def generation_attributes(
    model: str,
    provider: str,
    operation: str,
    *,
    usage: Any = None,
    finish_reasons: Sequence[str] | None = None,
    parameters: Mapping[str, Any] | None = None,
    response_model: str = "",
    response_id: str = "",
) -> dict[str, Any]:
    """Everything but the content. Tokens that were not reported are absent, not 0."""
    attributes: dict[str, Any] = {
        names.KIND: kinds.MODEL,
        names.OPERATION: operation,
        names.REQUEST_MODEL: model,
    }
    optional = {
        names.PROVIDER[0]: provider,
        names.RESPONSE_MODEL: response_model,
        names.RESPONSE_ID: response_id,
        names.FINISH_REASONS: list(finish_reasons or ()),
    }
    attributes |= {name: value for name, value in optional.items() if value}
    for field, name in USAGE.items():
        number = usage.get(field) if isinstance(usage, Mapping) else getattr(usage, field, None)
        if isinstance(number, int) and number >= 0:
            attributes[name] = number
    for field, value in (parameters or {}).items():
        if value is not None:
            attributes[f"gen_ai.request.{field}"] = value
    return attributes


def generation_content(
    system: Any, input_messages: Any, output_messages: Any, tool_definitions: Any
) -> dict[str, str]:
    """The content, as JSON texts: what instrumentations of the GenAI conventions write."""
    content = {
        names.SYSTEM_INSTRUCTIONS: parts_of(system),
        names.INPUT_MESSAGES: _messages(input_messages, "user"),
        names.OUTPUT_MESSAGES: _messages(output_messages, "assistant"),
        names.TOOL_DEFINITIONS: tool_definitions,
    }
    return {name: json_text(value) for name, value in content.items() if value is not None}


def _messages(messages: Any, role: str) -> list[dict[str, Any]] | None:
    """A plain text is the one message of its side."""
    if isinstance(messages, str):
        return [{"role": role, "parts": [{"type": "text", "content": messages}]}]
    if isinstance(messages, Sequence):
        messages = [
            {"role": role, "content": item} if isinstance(item, str) else item for item in messages
        ]
    return messages_of(messages)
