"""Who speaks in a message: `system`, `user`, `assistant` or `tool`, whatever the sender calls them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from spanvas.semantics.values import as_text

UNKNOWN: Final = "unknown"
STANDARD: Final = ("system", "user", "assistant", "tool", UNKNOWN)
ROLES: Final = {
    "human": "user",
    "humanmessagechunk": "user",
    "ai": "assistant",
    "aimessagechunk": "assistant",
    "model": "assistant",
    "chatbot": "assistant",
    "tool-call": "assistant",
    "tool_call": "assistant",
    "developer": "system",
    "function": "tool",
    "tool-response": "tool",
    "tool_response": "tool",
    **{role: role for role in ("system", "user", "assistant", "tool")},
}
LANGCHAIN: Final = {
    "HumanMessage": "user",
    "AIMessage": "assistant",
    "SystemMessage": "system",
    "ToolMessage": "tool",
    "FunctionMessage": "tool",
    "ChatMessage": "",
}
LANGCHAIN_TYPES: Final = frozenset(
    {
        "system", "user", "assistant", "tool", "human", "HumanMessageChunk", "ai", "AIMessageChunk", "model",
        "developer", "function",
    }
)  # fmt: skip
"""What a message without a role says as its type."""
OF_ASSISTANT: Final = frozenset(
    {"reasoning", "mcp_list_tools", "mcp_approval_request", "compaction"}
)
"""Items of OpenAI's Responses that the model has written, beside all calls."""
OF_OTHERS: Final = {"tool_search_output": "tool", "mcp_approval_response": "user"}
"""Items of OpenAI's Responses whose name does not end as those of calls and their outputs do, and who wrote them."""


def role_of(value: Any) -> str:
    """Returns a role by its standard name; one that is not known as it is. `MessageRole.USER` and `{"value": "user"}`
    are what becomes of enumerations."""
    if isinstance(value, dict) and isinstance(value.get("value"), str):
        value = value["value"]
    given = as_text(value or UNKNOWN)
    return ROLES.get(given.lower().removeprefix("messagerole.")) or given


def role_of_item(kind: Any, parts: Sequence[Mapping[str, Any]], role: str) -> str:
    """Returns the role of an item that names none, by its type and what is in it; `role` where these do not tell."""
    if isinstance(kind, str) and kind in OF_OTHERS:
        return OF_OTHERS[kind]
    if is_item(kind):
        return "tool" if str(kind).endswith("_output") else "assistant"
    if parts and all(part["type"] in ("tool_call", "reasoning") for part in parts):
        return "assistant"
    return role


def is_item(kind: Any) -> bool:
    """Says whether this is the type of an item of OpenAI's Responses that is no message."""
    return isinstance(kind, str) and (
        kind in OF_ASSISTANT or kind in OF_OTHERS or kind.endswith(("_call", "_call_output"))
    )


def role_in_path(path: Any) -> str:
    """Returns the role of a LangChain message by the path of its class; empty where that does not tell."""
    if not isinstance(path, list) or not path:
        return ""
    return LANGCHAIN.get(str(path[-1]).removesuffix("Chunk"), "")
