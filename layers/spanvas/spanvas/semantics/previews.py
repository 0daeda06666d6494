"""The first characters of what went into a span and of what came out, for its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from spanvas.model import kinds
from spanvas.semantics.conversations import CUT
from spanvas.semantics.message_parts import typed_call
from spanvas.semantics.messages import Message, message_of
from spanvas.semantics.parts import Part, part_of
from spanvas.semantics.reader import SpanReader
from spanvas.semantics.retrieved import query_of
from spanvas.semantics.sides import answered, asked
from spanvas.semantics.tool_content import arguments_of, result_of
from spanvas.semantics.tool_parts import response_of
from spanvas.semantics.values import as_text, parsed, shortened, structured, text

NOT_PLAIN: Final = ("reasoning_content", "reasoning", "thinking", "message", "refusal", "audio")
"""Fields by which the words of a message are not simply its content."""
CALL: Final = frozenset({"type", "id", "name", "arguments"})
"""Fields of a call that is in form."""
OTHERS: Final = ("assistant", "system", "tool")
ENVELOPES: Final = frozenset({CUT, "lc"})
"""Fields beside which a message's own role does not count."""
SPEAKERS: Final = frozenset({"system", "user", "assistant", "human", "ai", "model", "tool"})
SAID_BY_LANGCHAIN: Final = ("ai", "human", "tool", "system")
BEDROCK_CALL: Final = {"toolUseId", "name", "input"}
BEDROCK_RESULT: Final = frozenset({"toolUseId", "status", "content"})
OTHER_CONTENT: Final = frozenset({"text", "blocks", "items", "images"})
TEXT_BLOCKS: Final = frozenset({"text", "input_text", "output_text"})


def previews_in(reader: SpanReader, kind: str) -> tuple[str | None, str | None]:
    """Returns the first characters of what went in (the newest message) and of what came out."""
    before = after = None
    if kind in (kinds.TOOL, kinds.RETRIEVAL):
        before = _plain(reader, "tool_arguments", "query")
        after = _plain(reader, "tool_result", "documents")
    if before is None:
        side = asked(reader, kind)
        if side.messages:
            before = _newest_text(side.messages, kind)
        elif side.other is not None:
            before = as_text(side.other)
        else:
            before = _plain(reader, "tool_arguments", "query")
    if after is None:
        side = answered(reader, kind)
        if side.messages:
            # Of several choices of a model the first; what gives back its whole state ends with the answer.
            index = 0 if kind == kinds.MODEL else -1
            after = _text_of(side.messages[index], "assistant")
        elif side.other is not None:
            after = as_text(side.other)
        else:
            after = _plain(reader, "tool_result", "documents")
    return shortened(before), shortened(after)


def _newest_text(messages: Sequence[Any], kind: str) -> str | None:
    """The words of the last message; of an agent, which was asked by somebody, of the last of the user's."""
    if kind == kinds.AGENT:
        for item in reversed(messages):
            if isinstance(item, dict) and item.get("role") in OTHERS and ENVELOPES.isdisjoint(item):
                continue
            if _is_question(item):
                return _text_of(item, "user")
            message = message_of(item, "user")
            if message["role"] == "user":
                return message_text(message)
    return _text_of(messages[-1], "user")


def _is_question(item: Any) -> bool:
    """Whether a message is the user's for sure: results of tools may have that role, too."""
    if not isinstance(item, dict) or item.get("role") != "user" or not ENVELOPES.isdisjoint(item):
        return False
    said = item.get("parts", item.get("content"))
    first = said[0] if isinstance(said, list) and said else None
    return isinstance(first, dict) and (first.get("type") == "text" or first.keys() == {"text"})


def _text_of(item: Any, role: str) -> str | None:
    """The words of a message that is not in form yet: most need not be brought into it."""
    given = _inner(item) if isinstance(item, dict) else None
    shown = _plain_text_of(given) if isinstance(given, dict) else None
    return shown or message_text(message_of(item, role))


def _inner(item: Mapping[str, Any]) -> Any:
    """What a message says, without the envelope of LangChain or of a choice."""
    if "role" not in item:
        message, data = item.get("message"), item.get("data")
        if isinstance(message, dict):
            return _inner(message)
        if isinstance(data, dict) and item.get("type") in SAID_BY_LANGCHAIN:
            return data if "type" in data or "role" in data else {**data, "type": item["type"]}
    return item.get("kwargs", item)


def _plain_text_of(given: Mapping[str, Any]) -> str | None:
    """The words of a message that has nothing before its content; None where that takes a closer look."""
    if any(map(given.get, NOT_PLAIN)) or _thinks(given.get("additional_kwargs")):
        return None
    parts = given.get("parts")
    content = given.get("content")
    said = given.get("role") or given.get("type")
    if isinstance(parts, list) and parts:
        return _part_text_of(parts[0])
    if "parts" in given:
        return None
    if said == "tool" and isinstance(content, str) and content:
        return as_text(response_of(content))
    if said == "function" or given.get("tool_call_id"):
        return None
    if isinstance(content, str) and content:
        return content
    if not isinstance(said, str) or said not in SPEAKERS:
        return None
    if isinstance(content, list) and content:
        return _block_text(content[0])
    if said == "tool":
        return None
    calls = given.get("tool_calls")
    if isinstance(calls, list) and calls and OTHER_CONTENT.isdisjoint(given) and not content:
        return _part_text(part_of(typed_call(parsed(calls[0]))))
    return None


def _thinks(extra: Any) -> bool:
    """Whether LangChain kept a thought beside the content, before which it comes."""
    return isinstance(extra, dict) and bool(extra.get("reasoning_content"))


def _block_text(block: Any) -> str | None:
    """The words of a block of text, or of Bedrock's calls and results; None for any other."""
    if not isinstance(block, dict) or "thought" in block or "content" in block:
        return None
    if len(block) == 1:
        call, result = block.get("toolUse"), block.get("toolResult")
        if isinstance(call, dict) and call.keys() == BEDROCK_CALL and all(call.values()):
            return f"{as_text(call['name'])}({as_text(structured(call['input']))})"
        if isinstance(result, dict) and BEDROCK_RESULT.issuperset(result) and result.get("content"):
            return as_text(response_of(result["content"]))
    said = block.get("text")
    kind = block.get("type") if len(block) > 1 else "text"
    is_text = isinstance(said, str) and isinstance(kind, str) and kind in TEXT_BLOCKS
    return said if is_text else None


def _part_text_of(part: Any) -> str | None:
    """The words of a part that is not in form yet."""
    if not isinstance(part, dict):
        return _part_text(part_of(part))
    kind, content = part.get("type"), part.get("content")
    if kind == "text" and isinstance(content, str) and content:
        return content
    if kind == "tool_call_response":
        response = part.get("response") or (None if "response" in part else part.get("result"))
        if response:
            return as_text(response_of(response))
    if kind == "tool_call" and part.get("name") and part.get("arguments") and CALL.issuperset(part):
        return f"{as_text(part['name'])}({as_text(structured(part['arguments']))})"
    return _part_text(part_of(part))


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
            value = arguments_of(value)
        elif field == "tool_result":
            value = result_of(value)
        elif field == "query":
            value = query_of(value)
        return as_text(value)
    return None
