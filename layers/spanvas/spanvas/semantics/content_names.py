"""Which attributes and events hold what a person, a model or a tool wrote, in any dialect.

One list for everyone: the API shows these only to those who may read content, redaction scans or drops them, storage
keeps long ones once. Not responsible for what they mean: that is in the tables of `dialects/`, and a test holds them
against this list.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from spanvas import attributes as names

CONTENT_NAMES: Final = frozenset(
    {
        # ours
        names.INPUT,
        names.OUTPUT,
        # OpenTelemetry GenAI, current and older
        names.SYSTEM_INSTRUCTIONS,
        names.INPUT_MESSAGES,
        names.OUTPUT_MESSAGES,
        names.TOOL_DEFINITIONS,
        names.TOOL_ARGUMENTS,
        names.TOOL_RESULT,
        "gen_ai.tool.json_schema",
        names.RETRIEVAL_QUERY,
        names.RETRIEVAL_DOCUMENTS,
        "gen_ai.prompt",
        "gen_ai.completion",
        # OpenInference
        "input.value",
        "output.value",
        "tool.parameters",
        "tool.json_schema",
        "llm.invocation_parameters",
        "llm.function_call",
        "reranker.query",
        "embedding.text",
        "embedding.invocation_parameters",
        # OpenLLMetry
        "traceloop.entity.input",
        "traceloop.entity.output",
        "gen_ai.task.input",
        "gen_ai.task.output",
        # LangSmith
        "gen_ai.request.extra_body",
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
        # Strands, before it wrote events
        "system_prompt",
        "tool.result",
        # Google ADK
        "gcp.vertex.agent.llm_request",
        "gcp.vertex.agent.llm_response",
        "gcp.vertex.agent.tool_call_args",
        "gcp.vertex.agent.tool_response",
        "gcp.vertex.agent.data",
        # MLflow
        "mlflow.spanInputs",
        "mlflow.spanOutputs",
        "mlflow.chat.tools",
        "mlflow.chat.messages",
    }
)

CONTENT_PREFIXES: Final = (
    # OpenTelemetry of old, OpenLLMetry of old: flattened
    "gen_ai.prompt.",
    "gen_ai.completion.",
    "gen_ai.content.",
    "gen_ai.input.messages.",
    "gen_ai.output.messages.",
    "llm.request.functions.",
    "traceloop.prompt.",
    # OpenInference
    "llm.input_messages.",
    "llm.output_messages.",
    "llm.prompts",
    "llm.choices.",
    "llm.tools.",
    "llm.prompt_template.",
    "retrieval.documents.",
    "reranker.input_documents.",
    "reranker.output_documents.",
    "embedding.embeddings.",
    "document.content",
    # Vercel AI SDK
    "ai.prompt",
    "ai.response.text",
    "ai.response.reasoning",
    "ai.response.toolCalls",
    "ai.response.object",
    "ai.response.files",
    "ai.result.",
    "ai.toolCall.args",
    "ai.toolCall.result",
    "ai.value",
    "ai.embedding",
    "ai.documents",
    "ai.ranking",
)

CONTENT_EVENT_PREFIXES: Final = ("gen_ai.", "db.query.", "memory.")
"""Events that carry messages, documents or memories: every attribute of theirs is content."""


@lru_cache(maxsize=8192)
def is_content(name: str) -> bool:
    """Whether an attribute of this name is content, whatever span or event it is on."""
    return name in CONTENT_NAMES or name.startswith(CONTENT_PREFIXES)


def is_content_event(name: str) -> bool:
    return name.startswith(CONTENT_EVENT_PREFIXES)
