"""Which attributes are content (what a person, a model or a tool wrote) and which are free text of machines.

The names of every dialect are here, not only of those that are understood: what is not understood is kept, so it has
to be protected all the more.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

CONTENT_NAMES: Final = frozenset(
    {
        "spanvas.input",
        "spanvas.output",
        # OpenTelemetry GenAI, current and older
        "gen_ai.input.messages",
        "gen_ai.output.messages",
        "gen_ai.system_instructions",
        "gen_ai.tool.definitions",
        "gen_ai.tool.call.arguments",
        "gen_ai.tool.call.result",
        "gen_ai.retrieval.query.text",
        "gen_ai.retrieval.documents",
        "gen_ai.prompt",
        "gen_ai.completion",
        # OpenInference
        "input.value",
        "output.value",
        "tool.parameters",
        "llm.invocation_parameters",
        # OpenLLMetry
        "traceloop.entity.input",
        "traceloop.entity.output",
        # Pydantic AI, Logfire
        "pydantic_ai.all_messages",
        "all_messages_events",
        "events",
        "final_result",
        "request_data",
        "response_data",
        "tool_arguments",
        "tool_response",
        "model_request_parameters",
    }
)

CONTENT_PREFIXES: Final = (
    "gen_ai.prompt.",
    "gen_ai.completion.",
    "gen_ai.content.",
    "gen_ai.input.messages.",
    "gen_ai.output.messages.",
    "llm.input_messages.",
    "llm.output_messages.",
    "llm.prompts",
    "llm.choices.",
    "llm.tools.",
    "llm.request.functions.",
    "llm.prompt_template.",
    "retrieval.documents.",
    "reranker.",
    "embedding.embeddings.",
    "ai.prompt",
    "ai.response.text",
    "ai.response.toolCalls",
    "ai.response.object",
    "ai.result.",
    "ai.toolCall.args",
    "ai.toolCall.result",
    "ai.value",
    "ai.documents",
    "ai.ranking",
)

CONTENT_EVENT_PREFIXES: Final = ("gen_ai.", "db.query.result")

FREE_TEXT_NAMES: Final = frozenset(
    {
        "exception.message",
        "exception.stacktrace",
        "url.full",
        "url.query",
        "url.path",
        "http.url",
        "http.target",
        "db.query.text",
        "db.statement",
        "process.command_line",
        "process.command_args",
    }
)
"""Written by machines, but about people's values: dropped with the content where nothing can be scanned."""

IDENTIFIERS: Final = frozenset(
    {
        "spanvas.kind",
        "spanvas.execution.id",
        "spanvas.tenant",
        "spanvas.workflow.id",
        "spanvas.workflow.version",
        "spanvas.workflow.expected_nodes",
        "spanvas.node.id",
        "spanvas.node.kind",
        "spanvas.redaction",
        "faas.invocation_id",
        "faas.instance",
        "cloud.resource_id",
        "cloud.account.id",
        "cloud.region",
        "aws.log.group.names",
        "aws.log.stream.names",
    }
)
"""Ids that other records refer to: an id may look like an address or a number, and stays what it is."""


@lru_cache(maxsize=4096)
def is_content(name: str) -> bool:
    return name in CONTENT_NAMES or name.startswith(CONTENT_PREFIXES)


def is_content_event(name: str) -> bool:
    return name.startswith(CONTENT_EVENT_PREFIXES)
