"""Messages as OpenInference flattens them, in the form of their provider."""

from __future__ import annotations

from typing import Any

from spanvas.semantics.fields import Fields, merged
from spanvas.semantics.values import parsed


def bare_message(item: Any) -> Any:
    """A message of a list that is not flattened; it may be one of another API."""
    return message(item) if isinstance(item, dict) and "message" in item else item


def message(item: dict[str, Any]) -> dict[str, Any]:
    """A message; what stands beside it as AutoGen writes it: results of tools in `function`, thoughts in `thought`."""
    beside = Fields(item)
    given = beside.take("message")
    fields = Fields(given if isinstance(given, dict) else {"content": given})
    contents = fields.take("contents")
    if isinstance(contents, list) and contents:
        fields.rest["content"] = [_content(content) for content in contents]
    function = fields.take("function_call_name")
    if function:
        arguments = fields.take("function_call_arguments_json")
        fields.rest["function_call"] = {"name": function, "arguments": arguments}
    results = beside.take("function")
    if isinstance(results, list):
        fields.rest["content"] = [_result(parsed(result)) for result in results]
    if "thought" in beside.rest:
        fields.rest["thinking"] = beside.take("thought")
    return merged({"role": None, **fields.rest}, beside.rest)


def _content(content: Any) -> Any:
    """A block of a message; of Anthropic, the call stands beside what says that it is one."""
    if not isinstance(content, dict):
        return content
    beside = Fields(content)
    given, call = beside.take("message_content"), beside.take("tool_call")
    part = {**given} if isinstance(given, dict) else {}
    if isinstance(call, dict):
        part |= {**call, "type": "tool_call"}
    part.setdefault("type", "image" if "image" in part else "text")
    return merged(part, beside.rest)


def _result(result: Any) -> Any:
    return {**result, "type": "tool_result"} if isinstance(result, dict) else result
