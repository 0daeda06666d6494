"""What people, models and tools wrote in a span, in one normal form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from spanvas.model.span import Span
from spanvas.semantics import attributes as names
from spanvas.semantics.genai import messages_of, parsed, parts_of

PREVIEW_CHARACTERS: Final = 160


def content_of(span: Span) -> dict[str, Any]:
    """The content of a span; only what is there: `system_instructions` (parts), `input_messages`,
    `output_messages` (messages), `tool` {name, call_id, arguments, result}, `tool_definitions`, `documents`,
    `query`, `input`, `output`. Empty where nothing was captured.
    """
    attributes = span.attributes
    content: dict[str, Any] = {
        "system_instructions": parts_of(attributes.get(names.SYSTEM_INSTRUCTIONS)),
        "input_messages": messages_of(attributes.get(names.INPUT_MESSAGES)),
        "output_messages": messages_of(attributes.get(names.OUTPUT_MESSAGES)),
        "tool": _tool(attributes),
        "tool_definitions": parsed(attributes.get(names.TOOL_DEFINITIONS)),
        "documents": parsed(attributes.get(names.RETRIEVAL_DOCUMENTS)),
        "query": attributes.get(names.RETRIEVAL_QUERY),
        "input": parsed(attributes.get(names.INPUT)),
        "output": parsed(attributes.get(names.OUTPUT)),
    }
    return {key: value for key, value in content.items() if value is not None}


def previews_of(attributes: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """First characters of what went in (the newest message) and of what came out."""
    messages = messages_of(attributes.get(names.INPUT_MESSAGES))
    answers = messages_of(attributes.get(names.OUTPUT_MESSAGES))
    before = _message_text(messages[-1]) if messages else None
    after = _message_text(answers[0]) if answers else None
    if before is None:
        before = _plain(attributes, names.TOOL_ARGUMENTS, names.RETRIEVAL_QUERY, names.INPUT)
    if after is None:
        after = _plain(attributes, names.TOOL_RESULT, names.RETRIEVAL_DOCUMENTS, names.OUTPUT)
    return shortened(before), shortened(after)


def shortened(text: str | None, limit: int = PREVIEW_CHARACTERS) -> str | None:
    """One line of at most `limit` characters."""
    if not text:
        return None
    line = " ".join(text[: limit * 4].split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _tool(attributes: Mapping[str, Any]) -> dict[str, Any] | None:
    present = {
        "call_id": attributes.get(names.TOOL_CALL_ID),
        "arguments": parsed(attributes.get(names.TOOL_ARGUMENTS)),
        "result": parsed(attributes.get(names.TOOL_RESULT)),
    }
    tool = {key: value for key, value in present.items() if value is not None}
    name = attributes.get(names.TOOL_NAME)
    if name is None and not tool:
        return None
    return {"name": str(name or ""), **tool}


def _message_text(message: dict[str, Any]) -> str | None:
    for part in message["parts"]:
        if part["type"] in ("text", "reasoning") and isinstance(part.get("content"), str):
            return part["content"]  # type: ignore[no-any-return]
        if part["type"] == "tool_call":
            return f"{part.get('name')}({_as_text(part.get('arguments'))})"
        if part["type"] == "tool_call_response":
            return _as_text(part.get("response"))
    return None


def _plain(attributes: Mapping[str, Any], *candidates: str) -> str | None:
    for name in candidates:
        if name in attributes:
            return _as_text(attributes[name])
    return None


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    import json

    return json.dumps(value, ensure_ascii=False, default=str)
