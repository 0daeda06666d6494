"""Messages in one form, `{role, name?, parts, finish_reason?}`, from what model APIs and frameworks write.

Understood are OpenTelemetry's own, OpenAI's, Anthropic's, Bedrock's, Gemini's, the AI SDK's, and LangChain's in its
three serialisations. What is no message is kept whole as one text part, so that nothing is hidden for being odd.
Also read here: what LangChain and LangGraph put into metadata and around values, whoever records it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from spanvas.semantics.parts import (
    Part,
    part_of,
    parts_of,
    reasoning_part,
    tool_response,
)
from spanvas.semantics.values import at, first_of, parsed

Message = dict[str, Any]

UNKNOWN: Final = "unknown"
MAX_DEPTH: Final = 4
"""Envelopes that are opened around a message."""
ROLES: Final = {
    "human": "user",
    "HumanMessageChunk": "user",
    "ai": "assistant",
    "AIMessageChunk": "assistant",
    "model": "assistant",
    "developer": "system",
    "function": "tool",
}
LANGCHAIN: Final = {
    "HumanMessage": "user",
    "AIMessage": "assistant",
    "SystemMessage": "system",
    "ToolMessage": "tool",
    "FunctionMessage": "tool",
    "ChatMessage": "",
}
ROLE_NAMES: Final = frozenset({"system", "user", "assistant", "tool", *ROLES})

_NODE: Final = re.compile(r'"langgraph_node"\s*:\s*("(?:[^"\\]|\\.)*")')
_THREAD: Final = re.compile(r'"thread_id"\s*:\s*("(?:[^"\\]|\\.)*")')


def messages_of(value: Any, role: str = UNKNOWN) -> list[Message] | None:
    """Returns the messages of a JSON text or a structure; `role` is that of plain text. None for None."""
    items = raw_messages(value)
    return None if items is None else [message_of(item, role) for item in items]


def raw_messages(value: Any) -> Sequence[Any] | None:
    """Returns the messages in a value as they are, before they are brought into form."""
    value = parsed(value)
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        # LangChain passes batches: a list of conversations, of which there is one.
        if len(value) == 1 and isinstance(value[0], list) and not _is_pair(value[0]):
            return value[0]
        return [value] if _is_pair(value) else value
    return [value]


def conversation(value: Any, depth: int = 0) -> Sequence[Any] | None:
    """Returns the messages in what a model, an agent or a node was given or returned; None where it holds none.

    Of a list the first and the last item are looked at: one that begins and ends with messages is a conversation.
    """
    value = parsed(value)
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, dict):
        return _in_object(value, depth)
    if isinstance(value, list) and value:
        items = raw_messages(value) or ()
        if items and _is_message(items[0]) and _is_message(items[-1]):
            return items
    return None


def message_of(item: Any, role: str = UNKNOWN, depth: int = 0) -> Message:
    """Returns one message in form. A tool's results are a message of the role `tool`, whoever sends them."""
    item = parsed(item)
    if not isinstance(item, dict):
        if _is_pair(item):
            return {"role": _role(item[0]), "parts": parts_of(item[1]) or []}
        return {"role": role, "parts": [part_of(item)]}
    inner = _langchain(item)
    if inner is not None:
        return _message(inner, _langchain_role(item, inner))
    if "role" not in item and isinstance(item.get("message"), dict) and depth < MAX_DEPTH:
        message = message_of(item["message"], role, depth + 1)
        reason = item.get("finish_reason") or at(item, "generation_info", "finish_reason")
        if reason:
            message.setdefault("finish_reason", str(reason))
        return message
    return _message(item, _role(item.get("role")) if item.get("role") else role)


def leading_system(messages: list[Message]) -> tuple[list[Part], list[Message]]:
    """Returns the parts of the system messages that a conversation begins with, and the rest of it."""
    rest = 0
    while rest < len(messages) and messages[rest]["role"] == "system":
        rest += 1
    parts = [part for message in messages[:rest] for part in message["parts"]]
    return parts, messages[rest:]


def _message(item: Mapping[str, Any], role: str) -> Message:
    message: Message = {"role": role}
    if item.get("name") and role != "tool":
        message["name"] = str(item["name"])
    parts = item.get("parts")
    parts = _from_content(item, role) if parts is None else parts_of(parts) or []
    if parts and all(part["type"] == "tool_call_response" for part in parts):
        message["role"] = "tool"
    message["parts"] = parts
    reason = item.get("finish_reason")
    if reason:
        message["finish_reason"] = str(reason)
    return message


def _from_content(item: Mapping[str, Any], role: str) -> list[Part]:
    """Parts of a message whose text is in `content` and whose tool calls stand beside it."""
    content = item.get("content", item.get("text"))
    call_id = item.get("tool_call_id")
    if role == "tool" and (call_id or not isinstance(content, list)):
        return [tool_response(call_id, content, item.get("name"))]
    parts: list[Part] = []
    reasoning = item.get("reasoning_content") or item.get("reasoning")
    extra = item.get("additional_kwargs")
    if not reasoning and isinstance(extra, dict):
        reasoning = extra.get("reasoning_content")
    if isinstance(reasoning, str) and reasoning:
        parts.append(reasoning_part({"content": reasoning}))
    if isinstance(content, str):
        # never parsed: an answer may be JSON, and is shown as it was given
        parts += [{"type": "text", "content": content}] if content else []
    elif content is not None:
        parts += parts_of(content) or []
    calls = parsed(item.get("tool_calls"))
    if isinstance(calls, (list, tuple)):
        known = {part.get("id") for part in parts if part["type"] == "tool_call"}
        for call in calls:
            part = part_of(_typed_call(parsed(call)))
            if part["type"] != "tool_call" or not part.get("id") or part["id"] not in known:
                parts.append(part)
    function = item.get("function_call")
    if isinstance(function, dict):
        parts.append(part_of({"type": "function_call", **function}))
    return parts


def _typed_call(call: Any) -> Any:
    if isinstance(call, dict) and call.get("type") not in ("function", "tool_call"):
        return {**call, "type": "function"}
    return call


def _langchain(item: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What LangChain keeps of a message: `kwargs`, `data`, or the object itself."""
    if item.get("lc") == 1 and isinstance(item.get("kwargs"), dict):
        return item["kwargs"]  # type: ignore[no-any-return]
    kind = item.get("type")
    if isinstance(kind, str) and (kind in ROLE_NAMES or kind == "chat") and "role" not in item:
        data = item.get("data")
        return data if isinstance(data, dict) else item
    return None


def _langchain_role(item: Mapping[str, Any], inner: Mapping[str, Any]) -> str:
    path = item.get("id")
    if isinstance(path, list) and path:
        name = str(path[-1]).removesuffix("Chunk")
        if LANGCHAIN.get(name):
            return LANGCHAIN[name]
    return _role(inner.get("role") or inner.get("type") or item.get("type"))


def _role(value: Any) -> str:
    role = str(value or UNKNOWN)
    return ROLES.get(role) or ROLES.get(role.lower()) or role


def _is_pair(value: Any) -> bool:
    """`["user", "..."]`, as LangChain takes messages."""
    return (
        isinstance(value, (list, tuple))
        and len(value) == 2
        and isinstance(value[0], str)
        and value[0] in ROLE_NAMES
        and isinstance(value[1], str)
    )


def _is_message(item: Any) -> bool:
    if not isinstance(item, dict):
        return _is_pair(item)
    if "role" in item:
        return "content" in item or "parts" in item or "tool_calls" in item
    inner = _langchain(item)
    return inner is not None and "content" in inner


def _in_object(value: Mapping[str, Any], depth: int) -> Sequence[Any] | None:
    """The conversation in a request, a response or the state of a graph."""
    if _is_message(value):
        return [value]
    for name in ("generations", "choices"):
        items = raw_messages(value.get(name)) or ()
        if items and isinstance(items[0], dict):
            return items
    for name in ("messages", "contents"):
        items = raw_messages(value.get(name)) or ()
        if items and all(
            _is_message(item) or isinstance(item, str) for item in (items[0], items[-1])
        ):
            return items
    for name in ("message", "output"):
        inner = value.get(name)
        if isinstance(inner, (dict, list)):
            return conversation(inner, depth + 1)
    return None


def langgraph_node_in(metadata: Any) -> str | None:
    """Returns the LangGraph node that a run belongs to, from its metadata: JSON text or an object."""
    return _in(metadata, "langgraph_node", _NODE)


def thread_in(metadata: Any) -> str | None:
    """Returns the thread of a LangGraph, which is a conversation, from its metadata."""
    return _in(metadata, "thread_id", _THREAD)


def _in(metadata: Any, name: str, pattern: re.Pattern[str]) -> str | None:
    if isinstance(metadata, str):
        match = pattern.search(metadata)
        found = parsed(match[1]) if match else None
    else:
        found = metadata.get(name) if isinstance(metadata, dict) else None
    return found if isinstance(found, str) and found else None


def unwrapped_input(value: Any) -> Any:
    """Returns what a run was given, without the envelope of LangChain's callbacks.

    Such an envelope is `{"inputs": ..., "tags": [...], ...}`.
    """
    value = parsed(value)
    if isinstance(value, dict) and ("tags" in value or "kwargs" in value):
        found = first_of(value, "inputs", "input_str")
        return value if found is None else found
    return value


def unwrapped_output(value: Any) -> Any:
    """Returns what a run returned, without that envelope."""
    value = parsed(value)
    if isinstance(value, dict) and "kwargs" in value and "lc" not in value:
        for name in ("outputs", "output"):
            if name in value:
                return value[name]
    if isinstance(value, dict) and set(value) == {"output"}:
        return value["output"]
    return value


def tool_result(value: Any) -> Any:
    """Returns what a tool returned: of a LangChain tool message its content, of anything else the value."""
    value = unwrapped_output(value)
    if isinstance(value, dict) and (value.get("lc") == 1 or value.get("type") == "tool"):
        for part in message_of(value)["parts"]:
            if part["type"] == "tool_call_response":
                return part["response"]
    return value
