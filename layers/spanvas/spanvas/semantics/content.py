"""The content of a span in one normal form, whatever its dialect: messages, tools, documents, inputs and outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.model.span import Span
from spanvas.semantics.messages import (
    Message,
    conversation,
    leading_system,
    message_of,
    raw_messages,
    tool_result,
    unwrapped_input,
    unwrapped_output,
)
from spanvas.semantics.parts import Part, parts_of, response_of
from spanvas.semantics.reader import SpanReader
from spanvas.semantics.values import as_text, first_of, is_given, parsed, text

PREVIEW_CHARACTERS: Final = 160


def content_of(span: Span) -> dict[str, Any]:
    """Returns the content of a span by the fields that it has; empty where nothing was captured.

    The fields: `system_instructions` (parts), `input_messages`, `output_messages` (messages), `tool` {name, call_id,
    arguments, result}, `tool_definitions`, `documents`, `query`, `input`, `output`.
    """
    reader = SpanReader(span)
    tool = _tool(reader)
    if span.kind == kinds.TOOL and tool is not None and len(tool) > 1:
        # Some write arguments and result once more as messages.
        return {"tool": tool}
    asked, answered = _asked(reader, span.kind), _answered(reader, span.kind)
    messages = _messages(asked, "user")
    system = parts_of(reader.plan.value("system_instructions", span))
    if messages and system is None:
        leading, rest = leading_system(messages)
        system, messages = leading or None, rest
    content: dict[str, Any] = {
        "system_instructions": system,
        "input_messages": messages,
        "output_messages": _messages(answered, "assistant"),
        "tool": tool,
        "tool_definitions": definitions_of(reader.plan.value("tool_definitions", span)),
        "documents": documents_of(reader.plan.value("documents", span)),
        "query": _query(reader),
        "input": asked.other,
        "output": answered.other,
    }
    if span.kind == kinds.RETRIEVAL:
        # Most write query and documents once more as whatever went in and came out.
        content |= {"input": None} if content["query"] is not None else {}
        content |= {"output": None} if content["documents"] is not None else {}
    return {key: value for key, value in content.items() if value is not None}


def previews_in(reader: SpanReader, kind: str) -> tuple[str | None, str | None]:
    """Returns the first characters of what went in (the newest message) and of what came out."""
    before = after = None
    if kind in (kinds.TOOL, kinds.RETRIEVAL):
        before = _plain(reader, "tool_arguments", "query")
        after = _plain(reader, "tool_result", "documents")
    if before is None:
        asked = _asked(reader, kind)
        if asked.messages:
            before = message_text(_newest(asked.messages, kind))
        elif asked.other is not None:
            before = as_text(asked.other)
        else:
            before = _plain(reader, "tool_arguments", "query")
    if after is None:
        answered = _answered(reader, kind)
        if answered.messages:
            # Of several choices of a model the first; what gives back its whole state ends with the answer.
            index = 0 if kind == kinds.MODEL else -1
            after = message_text(message_of(answered.messages[index], "assistant"))
        elif answered.other is not None:
            after = as_text(answered.other)
        else:
            after = _plain(reader, "tool_result", "documents")
    return shortened(before), shortened(after)


def _newest(messages: Sequence[Any], kind: str) -> Message:
    """The last message; of an agent, which was asked by somebody, the last of the user's."""
    newest = message_of(messages[-1], "user")
    if kind != kinds.AGENT or newest["role"] == "user":
        return newest
    for item in reversed(messages):
        message = message_of(item, "user")
        if message["role"] == "user":
            return message
    return newest


def shortened(text: str | None, limit: int = PREVIEW_CHARACTERS) -> str | None:
    """Returns one line of at most `limit` characters."""
    if not text:
        return None
    line = " ".join(text[: limit * 4].split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


class _Side:
    """What went in or came out: messages not yet in form, or something else."""

    __slots__ = ("messages", "other")

    def __init__(self, messages: Sequence[Any] | None, other: Any = None) -> None:
        self.messages = messages
        self.other = other


def _messages(side: _Side, role: str) -> list[Message] | None:
    return None if side.messages is None else [message_of(item, role) for item in side.messages]


def _asked(reader: SpanReader, kind: str) -> _Side:
    """What went in. Our own `spanvas.input` stands beside messages and is never taken for some."""
    messages = raw_messages(reader.plan.value("input_messages", reader.span))
    own = parsed(reader.span.attributes.get(names.INPUT))
    if messages or own is not None:
        return _Side(messages or None, own)
    value = reader.plan.value("input", reader.span)
    return _Side(None) if value is None else _side(unwrapped_input(value), kind, "user")


def _answered(reader: SpanReader, kind: str) -> _Side:
    messages = raw_messages(reader.plan.value("output_messages", reader.span))
    own = parsed(reader.span.attributes.get(names.OUTPUT))
    if messages or own is not None:
        return _Side(messages or None, own)
    value = reader.plan.value("output", reader.span)
    return _Side(None) if value is None else _side(unwrapped_output(value), kind, "assistant")


def _side(value: Any, kind: str, role: str) -> _Side:
    """Messages where there are any: anywhere in what a model was given or gave back, of other spans where the value
    is nothing but messages."""
    if kind == kinds.MODEL or not isinstance(value, dict) or len(value) == 1:
        messages = conversation(value)
        if messages:
            return _Side(messages)
    if kind == kinds.MODEL and isinstance(value, str):
        return _Side([{"role": role, "content": value}])
    if kind == kinds.MODEL and isinstance(value, dict) and "model" in value:
        value = value.get("input", value)  # of an embedding: the texts
    return _Side(None, value if is_given(value) else None)


def _tool(reader: SpanReader) -> dict[str, Any] | None:
    plan, span = reader.plan, reader.span
    name = plan.value("tool_name", span)
    arguments = parsed(unwrapped_input(plan.value("tool_arguments", span)))
    result = response_of(tool_result(plan.value("tool_result", span)))
    call_id = plan.value("tool_call_id", span)
    present = {
        "call_id": None if call_id is None else str(call_id),
        "arguments": arguments,
        "result": result,
    }
    tool = {key: value for key, value in present.items() if value is not None}
    if name is None and not tool:
        return None
    return {"name": str(name or ""), **tool}


def _query(reader: SpanReader) -> str | None:
    value = parsed(reader.plan.value("query", reader.span))
    if isinstance(value, dict):
        value = first_of(value, "query", "question", "input") or value
    return None if value is None else as_text(value)


def message_text(message: Message) -> str | None:
    """Returns the words of a message: its first text, else a tool's call or response."""
    for part in message["parts"]:
        shown = _part_text(part)
        if shown:
            return shown
    return None


def _part_text(part: Part) -> str | None:
    if part["type"] in ("text", "reasoning"):
        return text(part.get("content"))
    if part["type"] == "tool_call":
        return f"{part.get('name')}({as_text(part.get('arguments'))})"
    if part["type"] == "tool_call_response":
        return as_text(part.get("response"))
    return None


def _plain(reader: SpanReader, *fields: str) -> str | None:
    for field in fields:
        value = reader.plan.value(field, reader.span)
        if value is None:
            continue
        if field == "tool_arguments":
            value = unwrapped_input(value)
        elif field == "tool_result":
            value = response_of(tool_result(value))
        return as_text(value)
    return None


def definitions_of(value: Any) -> list[Any] | None:
    """Returns `[{type, name, description?, parameters?}]` from the ways in which APIs and frameworks define tools.

    None for None.
    """
    value = parsed(value)
    if value is None:
        return None
    items = value if isinstance(value, (list, tuple)) else [value]
    return [_definition(parsed(item)) for item in items] or None


def _definition(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    inner = item
    for key in ("function", "toolSpec"):
        if isinstance(item.get(key), dict):
            inner = item[key]
    name = first_of(inner, "name")
    if name is None:
        return dict(item)
    kind = item.get("type")
    found: dict[str, Any] = {
        "type": kind if isinstance(kind, str) else "function",
        "name": name,
    }
    description = first_of(inner, "description")
    if description is not None:
        found["description"] = description
    parameters = parsed(
        first_of(
            inner,
            "parameters",
            "inputSchema",
            "input_schema",
            "parameters_json_schema",
            "parametersJsonSchema",
        )
    )
    if isinstance(parameters, dict) and set(parameters) == {"json"}:
        parameters = parameters["json"]
    if parameters is not None:
        found["parameters"] = parameters
    return found


def documents_of(value: Any) -> Any:
    """Returns `[{id?, content?, score?, metadata?, ...}]` from what retrievers return.

    What is no list stays as it is.
    """
    value = parsed(value)
    if isinstance(value, dict):
        value = first_of(value, "documents", "results", "output") or [value]
    if not isinstance(value, (list, tuple)):
        return value
    return [_document(parsed(item)) for item in value] or None


def _document(item: Any) -> Any:
    if not isinstance(item, dict):
        return {"content": item}
    inner = item.get("kwargs") if item.get("lc") == 1 else item.get("document", item)
    if not isinstance(inner, dict):
        inner = {**item, "content": inner}
    found: dict[str, Any] = {}
    for name, keys in {
        "id": ("id", "document_id", "index"),
        "content": ("content", "page_content", "pageContent", "text", "document"),
        "score": ("score", "relevance_score", "relevanceScore", "distance"),
    }.items():
        given = first_of(inner, *keys)
        if given is None and inner is not item:
            given = first_of(item, *keys)
        if given is not None:
            found[name] = given
    metadata = parsed(first_of(inner, "metadata"))
    if metadata:
        found["metadata"] = metadata
    return found or dict(item)
