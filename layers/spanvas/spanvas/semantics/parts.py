"""Parts of messages in one form, from what model APIs and frameworks have for them.

The form: `text` {content}, `reasoning` {content}, `tool_call` and `tool_call_response` (`tool_parts`), `image` and
`file` (`media`). A part of another type stays as it is. Fields that the form has no name for are kept under their own:
nothing is lost, and a part that is in form already is not changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from spanvas.semantics.fields import Fields, merged
from spanvas.semantics.media import MEDIA_KEYS, MEDIA_TYPES
from spanvas.semantics.texts import (
    TEXT_TYPES,
    THOUGHT_TYPES,
    bedrock_reasoning,
    cited_text,
    json_part,
    reasoning_part,
    text_or_thought,
)
from spanvas.semantics.tool_parts import (
    CALL_TYPES,
    RESPONSE_TYPES,
    call_and_response,
    tool_call,
    tool_response,
)
from spanvas.semantics.values import as_text, parsed

Part = dict[str, Any]
Convert = Callable[[Mapping[str, Any]], Part]

MAX_DEPTH: Final = 6
KINDS: Final = ("type", "part_kind", "block_type", "kind", "content_type")
"""Where an object says what it is: most say `type`; Pydantic AI, LlamaIndex and Semantic Kernel have names of their
own."""


def parts_of(value: Any, depth: int = 0) -> list[Part] | None:
    """Returns the parts of a list, of one part, of plain text, or of a JSON text of these; None for None."""
    value = parsed(value)
    if value is None:
        return None
    items = value if isinstance(value, (list, tuple)) else [value]
    found: list[Part] = []
    for item in items:
        if isinstance(item, dict) and (several := _several(item, depth)) is not None:
            found += several
        else:
            found.append(part_of(item, depth))
    return found


def part_of(item: Any, depth: int = 0) -> Part:
    """Returns one part in form. What is not known stays as it is, under its own name."""
    if isinstance(item, str):
        return {"type": "text", "content": item}
    if not isinstance(item, dict) or depth > MAX_DEPTH:
        return {"type": "text", "content": as_text(item)}
    kind = item.get("type")
    if kind == "text" and len(item) == 2 and isinstance(item.get("content"), str):
        return dict(item)  # in form, as most are
    if isinstance(kind, str):
        convert = _converter(kind)
        return (
            {str(key): value for key, value in item.items()} if convert is None else convert(item)
        )
    for name in KINDS[1:]:
        kind = item.get(name)
        if isinstance(kind, str) and (convert := _converter(kind)) is not None:
            return convert({key: value for key, value in item.items() if key != name})
    for key, convert in BY_KEY.items():
        if item.get(key) is not None:
            return convert(item)
    return _unknown(item)


def is_part(item: Any) -> bool:
    """Says whether an object is a part of a form that is known."""
    if not isinstance(item, dict):
        return False
    if any(isinstance(item.get(name), str) and _converter(item[name]) for name in KINDS):
        return True
    return "type" not in item and any(item.get(key) is not None for key in BY_KEY)


def _several(item: Mapping[str, Any], depth: int) -> list[Part] | None:
    """The parts of an item that stands for several; None for all others."""
    kind = item.get("type", item.get("part_kind"))
    if not isinstance(kind, str) or kind in SINGLE:
        return None
    if kind == "mcp_call" or (
        "toolCallId" in item and "state" in item and kind.startswith(("tool-", "dynamic-tool"))
    ):
        return call_and_response(item)
    if kind == "user-prompt" and isinstance(item.get("content"), (list, tuple)):
        parts = parts_of(item["content"], depth + 1) or []
        if parts:
            rest = {
                key: value for key, value in item.items() if key not in ("content", "part_kind")
            }
            return [merged(parts[0], rest), *parts[1:]]
    return None


def _unknown(item: Mapping[str, Any]) -> Part:
    """An object that does not say what it is: by the name of the one object in it, else as JSON."""
    holders = [key for key, value in item.items() if isinstance(value, (dict, list))]
    if len(holders) == 1 and str(holders[0]) not in SINGLE:
        fields = Fields({str(key): value for key, value in item.items()})
        fields.drop_words("type")
        return {**fields.rest, "type": str(holders[0])}
    return {"type": "text", "content": as_text(item)}


def _inside(key: str, convert: Convert) -> Convert:
    """For parts that are an object under the name of their type: `{"toolUse": {...}}`."""

    def converted(item: Mapping[str, Any]) -> Part:
        fields = Fields(item)
        inner = fields.take(key)
        if isinstance(inner, dict):
            return convert(merged(dict(inner), fields.rest))
        return merged(part_of(inner, MAX_DEPTH), fields.rest)

    return converted


def _converter(kind: str) -> Convert | None:
    convert = BY_TYPE.get(kind)
    if convert is None and kind.endswith("_tool_result"):
        return tool_response
    return convert


BY_TYPE: Final[Mapping[str, Convert]] = {
    **dict.fromkeys(TEXT_TYPES, text_or_thought),
    **dict.fromkeys(THOUGHT_TYPES, reasoning_part),
    **dict.fromkeys(CALL_TYPES, tool_call),
    **dict.fromkeys(RESPONSE_TYPES, tool_response),
    "tool-error": lambda item: tool_response(item, failed=True),
    **MEDIA_TYPES,
}
BY_KEY: Final[Mapping[str, Convert]] = {
    "text": text_or_thought,
    "toolUse": _inside("toolUse", tool_call),
    "toolResult": _inside("toolResult", tool_response),
    "reasoningContent": bedrock_reasoning,
    "function_call": _inside("function_call", tool_call),
    "functionCall": _inside("functionCall", tool_call),
    "function_response": _inside("function_response", tool_response),
    "functionResponse": _inside("functionResponse", tool_response),
    "tool_call": _inside("tool_call", tool_call),
    "tool_call_result": _inside("tool_call_result", tool_response),
    "citationsContent": cited_text,
    **MEDIA_KEYS,
    "json": json_part,
}
SINGLE: Final = frozenset({*BY_TYPE, *BY_KEY} - {"user-prompt"})
"""Types of which an item is one part."""
