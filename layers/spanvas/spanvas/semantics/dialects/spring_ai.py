"""Spring AI over Micrometer: every value is a text, and what is absent is the text `none`."""

from __future__ import annotations

from typing import Any, Final

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.semantics.dialect import Dialect, Kinds, Read, Reading, Rule

KIND: Final = "spring.ai.kind"
TOOL: Final = "spring.ai.tool.definition.name"
SCHEMA: Final = "spring.ai.tool.definition.schema"
URL, METHOD, OUTCOME = names.HTTP_URL_OLD, "method", "outcome"


def _definition(reading: Reading) -> list[dict[str, Any]] | None:
    schema = reading.attributes.get(SCHEMA)
    if schema is None:
        return None
    return [{"type": "function", "name": reading.attributes.get(TOOL), "parameters": schema}]


def _http(reading: Reading) -> str | None:
    """Micrometer's observations of HTTP have names of their own."""
    held = reading.attributes.keys()
    is_http = reading.name.startswith("http ") and {URL, METHOD, OUTCOME} <= held
    return kinds.HTTP if is_http else None


DIALECT = Dialect(
    name="spring_ai",
    title="Spring AI",
    origin="Spring AI 1.1.2, Spring Boot 3.5.7 (Micrometer)",
    kinds=(
        Kinds(
            KIND,
            {
                "chat_client": kinds.AGENT,
                "tool_call": kinds.TOOL,
                "vector_store": kinds.RETRIEVAL,
                "advisor": kinds.OTHER,
            },
        ),
        Rule(
            f"the name begins with `http ` and `{URL}`, `{METHOD}`, `{OUTCOME}` are there: http",
            _http,
        ),
    ),
    fields={
        "tool_name": (TOOL,),
        "tool_arguments": ("spring.ai.tool.call.arguments",),
        "tool_result": ("spring.ai.tool.call.result",),
        "tool_definitions": (Read(f"`{SCHEMA}`", _definition, (SCHEMA,)),),
        "query": ("db.vector.query.content",),
        "documents": ("db.vector.query.response.documents",),
        "input": ("spring.ai.chat.client.user.text", "spring.ai.chat.client.input"),
        "output": ("spring.ai.chat.client.output",),
        "session": ("spring.ai.chat.client.conversation.id",),
    },
)
