"""The content of a span in one normal form, whatever its dialect: messages, tools, documents, inputs and outputs."""

from __future__ import annotations

from typing import Any

from spanvas.model import kinds
from spanvas.model.span import Span
from spanvas.semantics.evaluations import evaluations_of
from spanvas.semantics.messages import Message, leading_system, message_of
from spanvas.semantics.parts import parts_of
from spanvas.semantics.reader import SpanReader
from spanvas.semantics.retrieved import documents_of, query_of
from spanvas.semantics.sides import Side, answered, asked
from spanvas.semantics.tool_content import definitions_of, tool_of
from spanvas.semantics.unread import unread


def content_of(span: Span) -> dict[str, Any]:
    """Returns the content of a span by the fields that it has; empty where nothing was captured.

    The fields: `system_instructions` (parts), `input_messages`, `output_messages` (messages), `tool` {name, call_id,
    arguments, result, is_error}, `tool_definitions`, `documents`, `query`, `input`, `output`, `evaluations` where one
    is explained, and `other`: content that is in none of these, by the name of its attribute or event.
    """
    content, sources = _understood(span)
    other = unread(span, content, sources)
    return {**content, "other": other} if other else content


def _understood(span: Span) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """The fields, and the values of attributes that they hold whole."""
    reader = SpanReader(span)
    tool = tool_of(reader, span.kind)
    if span.kind == kinds.TOOL and tool is not None and len(tool) > 1:
        # Some write arguments and result once more as messages.
        explained = _explained(reader)
        return {"tool": tool, "evaluations": explained} if explained else {"tool": tool}, ()
    before = asked(reader, span.kind, is_whole=True)
    after = answered(reader, span.kind, is_whole=True)
    messages = _messages(before, "user")
    system = parts_of(reader.plan.value("system_instructions", span))
    if messages and system is None:
        leading, rest = leading_system(messages)
        system, messages = leading or None, rest
    content: dict[str, Any] = {
        "system_instructions": system,
        "input_messages": messages,
        "output_messages": _messages(after, "assistant"),
        "tool": tool,
        "tool_definitions": definitions_of(reader.plan.value("tool_definitions", span)),
        "documents": documents_of(reader.plan.value("documents", span)),
        "query": query_of(reader.plan.value("query", span)),
        "input": before.other,
        "output": after.other,
        "evaluations": _explained(reader),
    }
    if span.kind == kinds.RETRIEVAL:
        # Most write query and documents once more as whatever went in and came out.
        content |= {"input": None} if content["query"] is not None else {}
        content |= {"output": None} if content["documents"] is not None else {}
    found = {key: value for key, value in content.items() if value is not None}
    return found, (*before.sources, *after.sources)


def _explained(reader: SpanReader) -> list[dict[str, Any]] | None:
    """Evaluations with their explanations, where any has one: without, they are structure."""
    found = evaluations_of(reader)
    return found if any("explanation" in evaluation for evaluation in found) else None


def _messages(side: Side, role: str) -> list[Message] | None:
    return None if side.messages is None else [message_of(item, role) for item in side.messages]
