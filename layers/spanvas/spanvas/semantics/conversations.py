"""Finds the messages in what a model, an agent or a node was given or returned, as they came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from spanvas.semantics.cut_json import whole_part
from spanvas.semantics.fields import merged
from spanvas.semantics.roles import LANGCHAIN_TYPES, is_item
from spanvas.semantics.values import parsed

MAX_DEPTH: Final = 4
"""Envelopes that are opened around a message."""
WORDS: Final = (
    "content", "parts", "tool_calls", "function_call", "refusal", "audio", "images", "thinking", "reasoning",
    "reasoning_content", "blocks", "items",
)  # fmt: skip
"""Fields in which a message with a role says something."""
CUT: Final = "$truncated"
OF_CONSTRUCTOR: Final = ("lc", "type", "id")
"""What LangChain's serialised objects say of themselves."""
"""Holds the first characters of content that was over our own limit."""
HOLDERS: Final = (
    "generations",
    "choices",
    "candidates",
    "messages",
    "contents",
    "message",
    "output",
    "items",
)
"""Fields of requests, responses and the states of graphs that hold messages."""


def raw_messages(value: Any) -> Sequence[Any] | None:
    """Returns the messages in a value as they are, before they are brought into form."""
    value = parsed(value)
    if value is None:
        return None
    if isinstance(value, str) and (cut := _of_cut_json(value)):
        return cut
    if isinstance(value, dict) and isinstance(value.get(CUT), str):
        return _of_our_cut(value)
    if isinstance(value, dict) and not is_message(value):
        has_list = any(isinstance(value.get(name), list) for name in HOLDERS)
        return (conversation(value) if has_list else None) or [value]
    if isinstance(value, (list, tuple)):
        # LangChain passes batches: a list of conversations, of which there is one.
        if len(value) == 1 and isinstance(value[0], list) and not is_pair(value[0]):
            return value[0]
        return [value] if is_pair(value) else value
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return value
    return [value]


def _of_our_cut(value: Mapping[str, Any]) -> list[Any]:
    """The messages of content that our own limit has cut; the last has what else is said of the cut."""
    items = _of_cut_json(value[CUT])
    if items is None or not isinstance(items[-1], dict):
        return [value]
    about = {key: item for key, item in value.items() if key != CUT}
    return [*items[:-1], {**items[-1], **about}]


def conversation(value: Any, depth: int = 0) -> Sequence[Any] | None:
    """Returns the messages in what a model, an agent or a node was given or returned; None where it holds none.

    Of a list the first and the last item are looked at: one that begins and ends with messages is a conversation.
    """
    value = parsed(value)
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, str):
        return _of_cut_json(value)
    if isinstance(value, dict):
        return _in_object(value, depth)
    if isinstance(value, list) and value:
        items = raw_messages(value) or ()
        if items and is_message(items[0]) and is_message(items[-1]):
            return items
    return None


def _of_cut_json(text: str) -> list[Any] | None:
    """The messages of a JSON text that the sender has cut; the last of them is marked."""
    value = whole_part(text)
    items = None if value is None else conversation(value)
    if not items and isinstance(value, list) and len(value) > 1 and conversation(value[:-1]):
        # of the last not enough is left to know it by
        items = value if isinstance(value[-1], dict) and value[-1].get("role") else value[:-1]
    if not items:
        return None
    last = items[-1]
    return [*items[:-1], {**last, "truncated": True} if isinstance(last, dict) else last]


def _in_object(value: Mapping[str, Any], depth: int) -> Sequence[Any] | None:
    """The conversation in a request, a response or the state of a graph."""
    if is_message(value):
        return [value]
    for name in ("generations", "choices", "candidates"):
        items = raw_messages(value.get(name)) or ()
        if items and isinstance(items[0], dict) and any(items):
            return items
    for name in ("messages", "contents"):
        items = raw_messages(value.get(name)) or ()
        if items and all(
            is_message(item) or isinstance(item, str) for item in (items[0], items[-1])
        ):
            return items
    for name in ("message", "output"):
        inner = value.get(name)
        if isinstance(inner, (dict, list)):
            return conversation(inner, depth + 1)
    return None


def is_pair(value: Any) -> bool:
    """Says whether a value is `["user", "..."]`, as LangChain takes messages."""
    return (
        isinstance(value, (list, tuple))
        and len(value) == 2
        and isinstance(value[0], str)
        and value[0] in LANGCHAIN_TYPES
        and isinstance(value[1], str)
    )


def is_message(item: Any) -> bool:
    """Says whether an item of a conversation is a message of some client."""
    if not isinstance(item, dict):
        return is_pair(item)
    if "role" in item:
        return any(name in item for name in WORDS)
    inner = langchain_message(item)
    if inner is None:
        return is_item(item.get("type"))
    return "content" in inner


def langchain_message(item: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Returns what LangChain keeps of a message: `kwargs` or `data` with what stands beside it, or the object itself;
    None for others."""
    if item.get("lc") == 1 and isinstance(item.get("kwargs"), dict):
        return _with_others(item, "kwargs", OF_CONSTRUCTOR)
    kind = item.get("type")
    if isinstance(kind, str) and (kind in LANGCHAIN_TYPES or kind == "chat") and "role" not in item:
        data = item.get("data")
        return _with_others(item, "data", ("type",)) if isinstance(data, dict) else item
    return None


def _with_others(
    item: Mapping[str, Any], holder: str, passed_over: Sequence[str]
) -> Mapping[str, Any]:
    inner: dict[str, Any] = item[holder]
    others = {
        key: value
        for key, value in item.items()
        if key != holder and not (key in passed_over and _is_of_form(key, value))
    }
    return merged(dict(inner), others) if others else inner


def _is_of_form(key: str, value: Any) -> bool:
    """Says whether a value is what LangChain writes there: a word or a number, and the path of a class as `id`."""
    if key == "id" and isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return isinstance(value, (str, int))
