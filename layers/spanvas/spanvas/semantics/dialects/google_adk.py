"""Google's Agent Development Kit: OpenTelemetry's names; of old, requests and responses of Gemini as JSON."""

from __future__ import annotations

from typing import Any, Final

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.semantics.dialect import Dialect, Read, Reading, Rule
from spanvas.semantics.values import at, parsed

REQUEST: Final = "gcp.vertex.agent.llm_request"
RESPONSE: Final = "gcp.vertex.agent.llm_response"
EMPTY: Final = (None, "", "{}")


def _kind(reading: Reading) -> str | None:
    if names.OPERATION in reading.attributes:
        return None
    if REQUEST in reading.attributes:
        return kinds.MODEL
    is_run = reading.scope_name == "gcp.vertex.agent" and reading.name == "invocation"
    return kinds.WORKFLOW if is_run else None


def _of_request(*path: str) -> Read:
    return Read(
        f"`{REQUEST}`: `{'.'.join(path)}`",
        lambda reading: at(reading.attributes.get(REQUEST), *path),
        (REQUEST,),
    )


def _answer(reading: Reading) -> list[Any] | None:
    given = parsed(reading.attributes.get(RESPONSE))
    content = given.get("content") if isinstance(given, dict) else None
    return None if content is None else [content]


def _tools(reading: Reading) -> list[Any] | None:
    tools = at(reading.attributes.get(REQUEST), "config", "tools")
    if not isinstance(tools, list):
        return None
    return [
        declared
        for tool in tools
        if isinstance(tool, dict) and isinstance(tool.get("function_declarations"), list)
        for declared in tool["function_declarations"]
    ]


def _given(attribute: str) -> Read:
    """`{}` stands for what was not captured."""

    def read(reading: Reading) -> Any:
        value = reading.attributes.get(attribute)
        return None if value in EMPTY else value

    return Read(f"`{attribute}`", read, (attribute,))


def _count(*path: str) -> Read:
    return Read(
        f"`{RESPONSE}`: `{'.'.join(path)}`",
        lambda reading: at(reading.attributes.get(RESPONSE), *path),
        (RESPONSE,),
    )


DIALECT = Dialect(
    name="google_adk",
    title="Google ADK",
    origin="google-adk 2.13.0, its schemas 1 and 2",
    kinds=(
        Rule(
            f"no operation and `{REQUEST}`: model; the span `invocation`: workflow",
            _kind,
        ),
    ),
    fields={
        "response_model": (_count("model_version"),),
        "input_tokens": (_count("usage_metadata", "prompt_token_count"),),
        "output_tokens": (_count("usage_metadata", "candidates_token_count"),),
        "total_tokens": (_count("usage_metadata", "total_token_count"),),
        "cache_read_tokens": (_count("usage_metadata", "cached_content_token_count"),),
        "reasoning_tokens": (_count("usage_metadata", "thoughts_token_count"),),
        "system_instructions": (_of_request("config", "system_instruction"),),
        "input_messages": (_of_request("contents"),),
        "output_messages": (Read(f"`{RESPONSE}`: `content`", _answer, (RESPONSE,)),),
        "tool_definitions": (
            Read(f"`{REQUEST}`: `config.tools[].function_declarations`", _tools, (REQUEST,)),
        ),
        "tool_arguments": (_given("gcp.vertex.agent.tool_call_args"),),
        "tool_result": (_given("gcp.vertex.agent.tool_response"),),
        "input": (_given("gcp.vertex.agent.data"),),
        "session": ("gcp.vertex.agent.session_id",),
    },
)
