"""A tool that ran: its name, what it was called with and what it gave back; and the tools that were on offer."""

from __future__ import annotations

from typing import Any, Final

from spanvas.model import kinds
from spanvas.semantics.fields import is_empty
from spanvas.semantics.langchain import tool_result, unwrapped_input
from spanvas.semantics.reader import SpanReader
from spanvas.semantics.tool_parts import is_failure, response_of
from spanvas.semantics.values import first_of, parsed, structured

MAX_WRAPPERS: Final = 3
PYTHON_CALL: Final = frozenset({"args", "kwargs"})
"""A call as Langfuse writes it: of arguments without names there is a list."""
OF_CALLER: Final = frozenset({"sanitize_inputs_outputs"})
"""Parameters of smolagents' own call, which are no arguments of the tool."""


def tool_of(reader: SpanReader, kind: str) -> dict[str, Any] | None:
    """Returns `{name, call_id?, arguments?, result?, is_error?}`; None where the span says nothing of a tool."""
    plan, span = reader.plan, reader.span
    name = plan.value("tool_name", span)
    given = plan.value("tool_result", span)
    call_id = plan.value("tool_call_id", span)
    present = {
        "call_id": None if call_id is None else str(call_id),
        "arguments": arguments_of(plan.value("tool_arguments", span)),
        "result": result_of(given),
    }
    tool = {key: value for key, value in present.items() if value is not None}
    if name is None and not tool:
        return None
    if is_failure(structured(given)):
        tool["is_error"] = True
    # A handoff to another agent is a tool without a name: what it does is the name of its span.
    return {"name": str(name or (span.name if kind == kinds.TOOL else "")), **tool}


def arguments_of(value: Any) -> Any:
    """Returns the arguments of a call without what frameworks put around them: smolagents' `{args, kwargs}`,
    LlamaIndex's `{kwargs}`, MCP's `{tool_name, arguments}`."""
    value = structured(value)
    if isinstance(value, dict):
        value = structured(unwrapped_input(value))
    for _ in range(MAX_WRAPPERS):
        if not isinstance(value, dict):
            break
        said = {key for key, item in value.items() if not is_empty(item)} - OF_CALLER
        inner: Any = None
        if value.keys() <= PYTHON_CALL and said == {"args"}:
            return value["args"]
        if "kwargs" in value and said <= {"kwargs"}:
            inner = value["kwargs"]
        elif "arguments" in said and said in ({"tool_name", "arguments"}, {"name", "arguments"}):
            inner = structured(value["arguments"])
        if not isinstance(inner, dict):
            break
        value = inner
    return value


def result_of(value: Any) -> Any:
    """Returns what a tool gave back, without the envelopes of LangChain, the AI SDK and MCP."""
    return response_of(tool_result(value))


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
