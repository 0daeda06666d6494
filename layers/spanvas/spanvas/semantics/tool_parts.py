"""Calls of tools and what came back, from what model APIs and frameworks have for them.

The form: `tool_call` {id?, name, arguments?}, `tool_call_response` {id?, name?, response, is_error?}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from spanvas.semantics.fields import Fields, is_empty, merged
from spanvas.semantics.media import with_media
from spanvas.semantics.values import as_text, first_of, structured

CALL_IDS: Final = ("call_id", "toolCallId", "tool_call_id", "tool_use_id", "toolUseId", "id")
"""OpenAI's items have an `id` of their own beside that of the call."""
NAMES: Final = ("name", "toolName", "tool_name")
ARGUMENTS: Final = (
    "arguments",
    "input",
    "args",
    "parameters",
    "action",
    "operation",
    "server_tool_call",
)
RESPONSES: Final = (
    "response", "result", "content", "output", "server_tool_call_response", "error", "errorText", "tools",
)  # fmt: skip
CALL_TYPES: Final = frozenset(
    {
        "tool_call", "tool_use", "tool-call", "tool_call_chunk", "server_tool_use", "server_tool_call", "mcp_tool_use",
        "builtin-tool-call", "invalid_tool_call", "function", "function_call", "custom_tool_call", "computer_call",
        "local_shell_call", "shell_call", "apply_patch_call",
    }
)  # fmt: skip
RESPONSE_TYPES: Final = frozenset(
    {
        "tool_call_response", "tool_result", "tool-result", "tool-return", "builtin-tool-return", "retry-prompt",
        "server_tool_result", "server_tool_call_response", "function_call_output", "custom_tool_call_output",
        "computer_call_output", "local_shell_call_output", "shell_call_output", "apply_patch_call_output",
    }
)  # fmt: skip
UNNAMED: Final = frozenset(
    {"tool_call", "function_call", "custom_tool_call", "server_tool_call", "invalid_tool_call"}
)
"""Types that do not name the tool; `shell_call` does."""
FAILED: Final = frozenset({"error", "failed", "failure", "output-error", "output-denied"})
AI_SDK_OUTPUTS: Final = frozenset({"text", "json", "content", "error-text", "error-json"})
MAX_DEPTH: Final = 6


def tool_call(item: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the part for a call. What OpenAI nests in `function` or `custom` counts as beside it."""
    fields = Fields(item)
    kind = fields.rest.get("type")
    fields.drop_words("type", "toolCallType")
    own_name = fields.open("function", "custom")
    part: dict[str, Any] = {"type": "tool_call"}
    id_ = fields.take(*CALL_IDS)
    if not is_empty(id_):
        part["id"] = as_text(id_)
    name = fields.take(*NAMES)
    if is_empty(name):
        name = own_name
    else:
        fields.rest = merged(fields.rest, {"function": own_name})
    if name is None and isinstance(kind, str) and kind.endswith("_call") and kind not in UNNAMED:
        name = kind.removesuffix("_call")  # computer_call, shell_call
    part["name"] = "" if name is None else as_text(name)
    arguments = fields.take(*ARGUMENTS)
    if arguments is not None:
        part["arguments"] = structured(arguments)
    fields.set_aside(("function", "custom"))
    return fields.kept(part)


def tool_response(item: Mapping[str, Any], failed: bool = False) -> dict[str, Any]:
    """Returns the part for what came back; with `is_error` where the sender says that the call has failed."""
    fields = Fields(item)
    part: dict[str, Any] = {"type": "tool_call_response"}
    id_ = fields.take(*CALL_IDS)
    if not is_empty(id_):
        part["id"] = as_text(id_)
    name = fields.take(*NAMES)
    if not is_empty(name):
        part["name"] = as_text(name)
    failed = failed or is_failure(fields.rest)
    fields.drop_words("type")
    _drop_flags(fields)
    given = fields.take(*RESPONSES)
    part["response"] = response_of(given)
    if failed or is_failure(structured(given)):
        part["is_error"] = True
    return fields.kept(part)


def _drop_flags(fields: Fields) -> None:
    """Leaves out whether the call failed, which the form says; what is neither yes nor no is kept."""
    for name in ("is_error", "isError"):
        if isinstance(fields.rest.get(name), bool):
            fields.drop(name)


def is_failure(value: Any) -> bool:
    """Says whether a tool's result says that the call has failed, by the flag of Anthropic or MCP, by the status of
    Bedrock or LangChain, or by the type of the AI SDK."""
    if not isinstance(value, dict):
        return False
    if value.get("is_error") is True or value.get("isError") is True:
        return True
    if any(isinstance(value.get(key), str) and value[key] in FAILED for key in ("status", "state")):
        return True
    kind = value.get("type")
    return isinstance(kind, str) and (
        kind in ("error-text", "error-json", "execution-denied")
        or kind.endswith("_tool_result_error")
    )


def call_and_response(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Returns the two parts of an item that holds a call and its result: the AI SDK's `tool-NAME`, OpenAI's
    `mcp_call`. The result is absent while there is none."""
    fields = Fields(item)
    kind = str(fields.take("type"))
    if "toolName" not in item and kind.startswith("tool-"):
        fields.rest["toolName"] = kind.removeprefix("tool-")
    failed = is_failure(item) or not is_empty(item.get("error"))
    _drop_flags(fields)
    response = fields.take("output", "errorText", "error")
    call = tool_call(fields.rest)
    if is_empty(response):
        return [call]
    answer = {"id": call.get("id"), "name": call["name"], "response": response}
    return [call, tool_response(answer, failed)]


def response_of(value: Any, depth: int = 0) -> Any:
    """Returns what a tool returned: JSON texts as their values, blocks of text as what is in them, blocks with media
    as parts."""
    value = structured(value)
    if depth > MAX_DEPTH:
        return value
    if isinstance(value, dict):
        inner = _unwrapped(value)
        if inner is not None:
            return response_of(inner, depth + 1)
        return with_media([value]) or value
    if isinstance(value, (list, tuple)) and value:
        if all(_is_block(item) for item in value):
            found = [structured(first_of(item, "json", "text")) for item in value]
            return response_of(found[0], depth + 1) if len(found) == 1 else found
        return with_media(value) or value
    return value


def _unwrapped(value: dict[str, Any]) -> Any:
    """What is in the envelope of the AI SDK or of MCP; None where there is none."""
    said = {key for key, item in value.items() if not is_empty(item)}
    if said == {"type", "value"}:
        kind = value["type"]
        return value["value"] if isinstance(kind, str) and kind in AI_SDK_OUTPUTS else None
    if (
        "content" in said
        and said <= {"content", "isError"}
        and ("isError" in value or "_meta" in value)
    ):
        return value["content"]
    return None


def _is_block(item: Any) -> bool:
    """A content block of Bedrock, Anthropic or MCP that only holds text or JSON."""
    if not isinstance(item, dict):
        return False
    said = {key for key, value in item.items() if value is not None}
    return said in ({"json"}, {"text"}) or (said == {"type", "text"} and item["type"] == "text")
