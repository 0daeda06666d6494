"""What people, models and tools wrote in a span, in one normal form whatever the dialect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.model.span import Span
from spanvas.semantics.langchain import tool_result, unwrapped_input, unwrapped_output
from spanvas.semantics.messages import (
    Message,
    conversation,
    leading_system,
    message_of,
    raw_messages,
)
from spanvas.semantics.parts import Part, parts_of, response_of
from spanvas.semantics.tools import definitions_of, documents_of
from spanvas.semantics.values import as_text, first_of, is_given, parsed, text
from spanvas.semantics.view import View

PREVIEW_CHARACTERS: Final = 160


def content_of(span: Span) -> dict[str, Any]:
    """The content of a span; only what is there: `system_instructions` (parts), `input_messages`,
    `output_messages` (messages), `tool` {name, call_id, arguments, result}, `tool_definitions`, `documents`,
    `query`, `input`, `output`. Empty where nothing was captured.
    """
    view = View(span)
    tool = _tool(view)
    if span.kind == kinds.TOOL and tool is not None and len(tool) > 1:
        # Some write arguments and result once more as messages.
        return {"tool": tool}
    asked, answered = _asked(view, span.kind), _answered(view, span.kind)
    messages = _messages(asked, "user")
    system = parts_of(view.plan.value("system_instructions", span))
    if messages and system is None:
        leading, rest = leading_system(messages)
        system, messages = leading or None, rest
    content: dict[str, Any] = {
        "system_instructions": system,
        "input_messages": messages,
        "output_messages": _messages(answered, "assistant"),
        "tool": tool,
        "tool_definitions": definitions_of(view.plan.value("tool_definitions", span)),
        "documents": documents_of(view.plan.value("documents", span)),
        "query": _query(view),
        "input": asked.other,
        "output": answered.other,
    }
    if span.kind == kinds.RETRIEVAL:
        # Most write query and documents once more as whatever went in and came out.
        content |= {"input": None} if content["query"] is not None else {}
        content |= {"output": None} if content["documents"] is not None else {}
    return {key: value for key, value in content.items() if value is not None}


def previews_in(view: View, kind: str) -> tuple[str | None, str | None]:
    """First characters of what went in (the newest message) and of what came out."""
    before = after = None
    if kind in (kinds.TOOL, kinds.RETRIEVAL):
        before = _plain(view, "tool_arguments", "query")
        after = _plain(view, "tool_result", "documents")
    if before is None:
        asked = _asked(view, kind)
        if asked.messages:
            before = message_text(_newest(asked.messages, kind))
        elif asked.other is not None:
            before = as_text(asked.other)
        else:
            before = _plain(view, "tool_arguments", "query")
    if after is None:
        answered = _answered(view, kind)
        if answered.messages:
            # Of several choices of a model the first; what gives back its whole state ends with the answer.
            index = 0 if kind == kinds.MODEL else -1
            after = message_text(message_of(answered.messages[index], "assistant"))
        elif answered.other is not None:
            after = as_text(answered.other)
        else:
            after = _plain(view, "tool_result", "documents")
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
    """One line of at most `limit` characters."""
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


def _asked(view: View, kind: str) -> _Side:
    """What went in. Our own `spanvas.input` stands beside messages and is never taken for some."""
    messages = raw_messages(view.plan.value("input_messages", view.reading))
    own = parsed(view.reading.attributes.get(names.INPUT))
    if messages or own is not None:
        return _Side(messages or None, own)
    value = view.plan.value("input", view.reading)
    return _Side(None) if value is None else _side(unwrapped_input(value), kind, "user")


def _answered(view: View, kind: str) -> _Side:
    messages = raw_messages(view.plan.value("output_messages", view.reading))
    own = parsed(view.reading.attributes.get(names.OUTPUT))
    if messages or own is not None:
        return _Side(messages or None, own)
    value = view.plan.value("output", view.reading)
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


def _tool(view: View) -> dict[str, Any] | None:
    plan, reading = view.plan, view.reading
    name = plan.value("tool_name", reading)
    arguments = parsed(unwrapped_input(plan.value("tool_arguments", reading)))
    result = response_of(tool_result(plan.value("tool_result", reading)))
    call_id = plan.value("tool_call_id", reading)
    present = {
        "call_id": None if call_id is None else str(call_id),
        "arguments": arguments,
        "result": result,
    }
    tool = {key: value for key, value in present.items() if value is not None}
    if name is None and not tool:
        return None
    return {"name": str(name or ""), **tool}


def _query(view: View) -> str | None:
    value = parsed(view.plan.value("query", view.reading))
    if isinstance(value, dict):
        value = first_of(value, "query", "question", "input") or value
    return None if value is None else as_text(value)


def message_text(message: Message) -> str | None:
    """The words of a message: its first text, else a tool's call or answer."""
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


def _plain(view: View, *fields: str) -> str | None:
    for field in fields:
        value = view.plan.value(field, view.reading)
        if value is None:
            continue
        if field == "tool_arguments":
            value = unwrapped_input(value)
        elif field == "tool_result":
            value = response_of(tool_result(value))
        return as_text(value)
    return None
