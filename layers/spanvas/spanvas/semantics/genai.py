"""Model calls as OpenTelemetry's GenAI conventions write them, current and older names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from spanvas.model import kinds
from spanvas.model.usage import Usage
from spanvas.semantics import attributes as names

OPERATION_KINDS: Final = {
    "chat": kinds.MODEL,
    "generate_content": kinds.MODEL,
    "text_completion": kinds.MODEL,
    "embeddings": kinds.MODEL,
    "retrieval": kinds.RETRIEVAL,
    "execute_tool": kinds.TOOL,
    "invoke_agent": kinds.AGENT,
    "create_agent": kinds.AGENT,
    "invoke_workflow": kinds.NODE,
}


def kind_of(attributes: Mapping[str, Any]) -> str:
    """The kind of a span, from its attributes alone: ours first, then GenAI's operation, then HTTP."""
    own = attributes.get(names.KIND)
    if isinstance(own, str) and own in kinds.KINDS:
        return own
    operation = attributes.get(names.OPERATION)
    if isinstance(operation, str) and operation in OPERATION_KINDS:
        return OPERATION_KINDS[operation]
    if names.TOOL_NAME in attributes:
        return kinds.TOOL
    if names.HTTP_METHOD in attributes or names.HTTP_METHOD_OLD in attributes:
        return kinds.HTTP
    return kinds.OTHER


def usage_of(attributes: Mapping[str, Any]) -> Usage | None:
    """Token counts, or None where none was reported.

    Input includes cached tokens. Where the cached parts exceed it, the instrumentation passed on counts that
    exclude them (Anthropic's own), and they are added.
    """
    reported = [
        _first_int(attributes, name)
        for name in (
            names.INPUT_TOKENS,
            names.OUTPUT_TOKENS,
            names.CACHE_READ_TOKENS,
            names.CACHE_WRITE_TOKENS,
            names.REASONING_TOKENS,
        )
    ]
    if all(number is None for number in reported):
        return None
    input_, output, read, write, reasoning = (number or 0 for number in reported)
    if read + write > input_:
        input_ += read + write
    return Usage(input_, output, read, write, reasoning)


def model_of(attributes: Mapping[str, Any]) -> str | None:
    return _text(attributes.get(names.RESPONSE_MODEL)) or _text(attributes.get(names.REQUEST_MODEL))


def provider_of(attributes: Mapping[str, Any]) -> str | None:
    return _text(first(attributes, names.PROVIDER))


def messages_of(value: Any) -> list[dict[str, Any]] | None:
    """Messages in the normal form `[{role, parts: [...]}]`, from a JSON string or a structured value.

    What is no list of messages is kept whole as one text part, so that nothing is hidden for being odd.
    """
    value = parsed(value)
    if value is None:
        return None
    items = value if isinstance(value, list) else [value]
    return [_message(item) for item in items]


def parts_of(value: Any) -> list[dict[str, Any]] | None:
    """Parts in the normal form, e.g. of system instructions: a list of parts, one part or plain text."""
    value = parsed(value)
    if value is None:
        return None
    return [_part(item) for item in (value if isinstance(value, list) else [value])]


def parsed(value: Any) -> Any:
    """A JSON text as its value; any other value, and text that is not JSON, as it is."""
    if not isinstance(value, str):
        return value
    text = value.lstrip()
    if not text or text[0] not in '[{"':
        return value
    try:
        return json.loads(text)
    except ValueError:
        return value


def first(attributes: Mapping[str, Any], candidates: tuple[str, ...]) -> Any:
    """The value of the first name that is present."""
    for name in candidates:
        if name in attributes:
            return attributes[name]
    return None


def _message(item: Any) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        return {"role": "unknown", "parts": [_part(item)]}
    message: dict[str, Any] = {"role": str(item.get("role") or "unknown")}
    if item.get("name"):
        message["name"] = str(item["name"])
    parts = item.get("parts", item.get("content"))
    message["parts"] = parts_of(parts) or []
    if item.get("finish_reason"):
        message["finish_reason"] = str(item["finish_reason"])
    return message


def _part(item: Any) -> dict[str, Any]:
    if isinstance(item, Mapping) and isinstance(item.get("type"), str):
        part = {str(key): value for key, value in item.items()}
        if part["type"] == "tool_call_response" and "response" not in part and "result" in part:
            part["response"] = part.pop("result")
        return part
    if isinstance(item, str):
        return {"type": "text", "content": item}
    return {"type": "text", "content": json.dumps(item, ensure_ascii=False, default=str)}


def _first_int(attributes: Mapping[str, Any], candidates: tuple[str, ...]) -> int | None:
    value = first(attributes, candidates)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return max(int(value), 0) if value == value and abs(value) < 2**53 else None  # noqa: PLR0124 - NaN


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
