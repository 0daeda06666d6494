"""Model Context Protocol: client and server spans of OpenTelemetry's conventions, and what OpenLLMetry adds."""

from __future__ import annotations

from typing import Any, Final

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.semantics.dialect import Dialect, Kinds, Read, Reading

METHOD: Final = "mcp.method.name"
CALL: Final = "tools/call"
RESULT: Final = "mcp.response.value"
REQUEST: Final = "mcp.request.argument"


def _tool(reading: Reading) -> str | None:
    """The tool's name, with which the name of the span ends: `tools/call lookup`."""
    if reading.attributes.get(METHOD) != CALL or names.TOOL_NAME in reading.attributes:
        return None
    return reading.name.partition(f"{CALL} ")[2].strip() or None


def _of_call(attribute: str) -> Read:
    def read(reading: Reading) -> Any:
        is_call = reading.attributes.get(METHOD) == CALL
        return reading.attributes.get(attribute) if is_call else None

    return Read(f"`{attribute}` where `{METHOD}` is {CALL}", read, (attribute,))


DIALECT = Dialect(
    name="mcp",
    title="Model Context Protocol",
    origin="semantic-conventions-genai (mcp), mcp 2.3.0, -instrumentation-mcp 0.62.4 of OpenLLMetry",
    kinds=(Kinds(METHOD, {CALL: kinds.TOOL, "resources/read": kinds.RETRIEVAL}),),
    fields={
        "tool_name": (Read(f"end of the name where `{METHOD}` is {CALL}", _tool),),
        "tool_arguments": (_of_call(REQUEST),),
        "tool_result": (_of_call(RESULT),),
        "input": (REQUEST,),
        "output": (RESULT,),
    },
)
