"""What the answer of a model's client says of the call: messages, usage, model, id and why it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from spanvas import attributes as names
from spanvas.semantics.client_usage import TOP_NAMES, usage_in
from spanvas.semantics.values import at
from spanvas.tracing.plain_values import attribute_of, plain

USAGE: Final = {
    "input_tokens": names.INPUT_TOKENS[0],
    "output_tokens": names.OUTPUT_TOKENS[0],
    "cache_read_tokens": names.CACHE_READ_TOKENS[0],
    "cache_write_tokens": names.CACHE_WRITE_TOKENS[0],
    "reasoning_tokens": names.REASONING_TOKENS[0],
}
USAGES: Final = (
    ("usage",),
    ("usage_metadata",),
    ("usageMetadata",),
    ("response_metadata", "token_usage"),
    ("response_metadata", "usage"),
    ("metadata", "usage"),
)
"""Where answers have their usage, besides their own fields."""
MODELS: Final = (
    ("model",),
    ("model_version",),
    ("modelVersion",),
    ("response_metadata", "model_name"),
    ("response_metadata", "model"),
)
IDS: Final = (
    ("response_id",),
    ("responseId",),
    ("ResponseMetadata", "RequestId"),
    ("response_metadata", "id"),
    ("id",),
)
REASONS: Final = ("finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason")
HOLDERS: Final = ("choices", "candidates", "output", "message", "generations")
"""Where answers have their messages."""
ANSWERS: Final = ("output_text", "response", "text", "completion", "generation", "outputText")
"""Where they have a text instead."""
ABOUT: Final = frozenset(
    {
        "id", "object", "created", "created_at", "model", "usage", "usage_metadata", "response_metadata", "type",
        "stop_reason", "stop_sequence", "ResponseMetadata", "metrics", "service_tier", "container",
        "context_management", "example", "invalid_tool_calls",
    }
)  # fmt: skip
"""Fields of an answer that is a message itself, which are no part of what it says."""


def usage_attributes(usage: Any) -> dict[str, int]:
    """Returns the attributes of a usage in the form of any client library; empty where it has none that is known."""
    value = plain(usage)
    if not isinstance(value, Mapping):
        fields = {name: attribute_of(usage, name) for name in TOP_NAMES}
        value = plain({name: item for name, item in fields.items() if item is not None})
    return {USAGE[field]: number for field, number in usage_in(value).items()}


def response_attributes(answer: Any) -> dict[str, Any]:
    """Returns the attributes of a plain answer, without its content: what it does not say is absent."""
    if not isinstance(answer, Mapping):
        return {}
    reasons = list(_reasons(answer))
    attributes: dict[str, Any] = {
        names.RESPONSE_MODEL: _text(answer, MODELS),
        names.RESPONSE_ID: _text(answer, IDS),
        names.FINISH_REASONS: reasons,
    }
    found = {name: value for name, value in attributes.items() if value}
    for path in (*USAGES, ()):
        usage = at(answer, *path) if path else answer
        tokens = usage_attributes(usage) if isinstance(usage, Mapping) else {}
        if tokens:
            return found | tokens
    return found


def answer_messages(answer: Any) -> Any:
    """Returns the messages in a plain answer, in the form that its API has for them."""
    if not isinstance(answer, Mapping):
        return answer
    for name in HOLDERS:
        value = answer.get(name)
        if value and not isinstance(value, str):
            inner = (
                value.get("message") if name == "output" and isinstance(value, Mapping) else None
            )
            return inner or {name: value}
    if not answer.get("content") and not answer.get("tool_calls"):
        for name in ANSWERS:
            if isinstance(answer.get(name), str):
                return answer[name]
    return {name: value for name, value in answer.items() if name not in ABOUT}


def _reasons(answer: Mapping[str, Any]) -> Iterator[str]:
    """Why it ended: of each choice, or of the whole."""
    items = answer.get("choices") or answer.get("candidates")
    for item in items if isinstance(items, list) else [answer]:
        of_item = [item, at(item, "response_metadata")] if isinstance(item, Mapping) else []
        reason = next(
            (
                found
                for place in of_item
                if isinstance(place, Mapping)
                for name in REASONS
                if isinstance(found := place.get(name), str) and found
            ),
            None,
        )
        if reason is None and isinstance(item, Mapping):
            reason = at(item, "incomplete_details", "reason")
        if isinstance(reason, str):
            yield reason


def _text(answer: Mapping[str, Any], paths: tuple[tuple[str, ...], ...]) -> str:
    for path in paths:
        found = at(answer, *path)
        if isinstance(found, str) and found:
            return found
    return ""
