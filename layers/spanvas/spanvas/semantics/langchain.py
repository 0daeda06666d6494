"""What LangChain and LangGraph put into metadata and around values, whoever records it."""

from __future__ import annotations

from typing import Any, Final

from spanvas.lazy_pattern import LazyPattern
from spanvas.semantics.messages import message_of
from spanvas.semantics.values import first_of, parsed

_NODE: Final = LazyPattern(r'"langgraph_node"\s*:\s*("(?:[^"\\]|\\.)*")')
_THREAD: Final = LazyPattern(r'"thread_id"\s*:\s*("(?:[^"\\]|\\.)*")')


def langgraph_node_in(metadata: Any) -> str | None:
    """Returns the LangGraph node that a run belongs to, from its metadata: JSON text or an object."""
    return _in(metadata, "langgraph_node", _NODE)


def thread_in(metadata: Any) -> str | None:
    """Returns the thread of a LangGraph, which is a conversation, from its metadata."""
    return _in(metadata, "thread_id", _THREAD)


def _in(metadata: Any, name: str, pattern: LazyPattern) -> str | None:
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
