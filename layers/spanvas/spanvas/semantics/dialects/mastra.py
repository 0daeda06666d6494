"""Mastra's exporter: OpenTelemetry's names, and its own for the steps of workflows and what goes through them."""

from __future__ import annotations

from typing import Any, Final

from spanvas.model import kinds
from spanvas.semantics.dialect import Dialect, Kinds, Read, Reading, since_start

TYPE: Final = "mastra.span.type"


def _of_type(side: str) -> Read:
    """Input and output have the type of their span in their name: `mastra.workflow_step.input`."""

    def read(reading: Reading) -> Any:
        type_ = str(reading.attributes.get(TYPE) or "").lower()
        return reading.attributes.get(f"mastra.{type_}.{side}")

    return Read(f"`mastra.x.{side}`, where x is `{TYPE}`", read, (f"mastra.x.{side}",))


# A generation and its inference are no kinds here: of the versions with both, the inference alone has the operation
# `chat` and the tokens; of those with generations alone, these have.
DIALECT = Dialect(
    name="mastra",
    title="Mastra",
    origin="the gen-ai semantics of @mastra/otel-exporter, autumn 2026",
    kinds=(
        Kinds(
            TYPE,
            {
                "agent_run": kinds.AGENT,
                "workflow_run": kinds.WORKFLOW,
                "workflow_step": kinds.NODE,
                "rag_embedding": kinds.MODEL,
                **dict.fromkeys(
                    ("tool_call", "mcp_tool_call", "client_tool_call", "provider_tool_call"), kinds.TOOL
                ),
                **dict.fromkeys(("rag_retrieval", "rag_vector_operation", "rag_rerank"), kinds.RETRIEVAL),
                **dict.fromkeys(
                    (
                        "generic", "model_step", "model_chunk", "processor_run", "scorer_run",
                        "scorer_step", "memory_operation", "workspace_action", "workflow_conditional",
                        "workflow_conditional_eval", "workflow_parallel", "workflow_loop", "workflow_sleep",
                        "workflow_wait_event", "rag_ingestion", "rag_action", "graph_action",
                    ),
                    kinds.OTHER,
                ),
            },
        ),
    ),
    fields={
        "reasoning_tokens": ("gen_ai.usage.reasoning_tokens",),
        "first_token_seconds": (since_start("mastra.completion_start_time"),),
        "input": (_of_type("input"),),
        "output": (_of_type("output"),),
        "node_id": ("mastra.workflow_step.step_id",),
    },
)  # fmt: skip
