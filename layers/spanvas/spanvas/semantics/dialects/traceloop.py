"""OpenLLMetry (Traceloop), both generations: today's writes OpenTelemetry's names beside its own entities."""

from __future__ import annotations

from typing import Any, Final

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.semantics.dialect import EVENTS, Dialect, Kinds, Read, Reading, Rule
from spanvas.semantics.values import at, items_of, parsed

PROPERTIES: Final = "traceloop.association.properties."
NODE: Final = f"{PROPERTIES}langgraph_node"
ENTITY: Final = "traceloop.entity.name"
KIND: Final = "traceloop.span.kind"
RESULT_EVENT: Final = "db.query.result"
MCP_SCOPE: Final = "opentelemetry.instrumentation.mcp"


def _task(reading: Reading) -> str | None:
    """A task is a node of the workflow; within a LangGraph node only the task of that name is."""
    attributes = reading.attributes
    if attributes.get(KIND) != "task":
        return None
    node = attributes.get(NODE)
    return kinds.NODE if node is None or node == attributes.get(ENTITY) else kinds.OTHER


def _vector_search(reading: Reading) -> str | None:
    is_search = any(event.name == RESULT_EVENT for event in reading.events)
    return kinds.RETRIEVAL if is_search else None


def _node(reading: Reading) -> Any:
    """The LangGraph node, else the entity of a task. What a node calls has the node's name, too."""
    attributes = reading.attributes
    if NODE in attributes:
        return attributes[NODE]
    return attributes.get(ENTITY) if attributes.get(KIND) == "task" else None


def _of_tools(attribute: str) -> Read:
    def read(reading: Reading) -> Any:
        is_tool = reading.attributes.get(KIND) == "tool"
        return reading.attributes.get(attribute) if is_tool else None

    return Read(f"`{attribute}` where `{KIND}` is tool", read, (attribute,), (attribute,))


def _result(reading: Reading) -> Any:
    """What a tool gave back; the instrumentation of MCP puts it under `result`."""
    if reading.attributes.get(KIND) != "tool":
        return None
    given = reading.attributes.get("traceloop.entity.output")
    inner = parsed(given) if reading.scope_name.startswith(MCP_SCOPE) else None
    return inner["result"] if isinstance(inner, dict) and inner.keys() == {"result"} else given


def _call_id(reading: Reading) -> Any:
    if reading.attributes.get(KIND) != "tool":
        return None
    return at(reading.attributes.get("traceloop.entity.input"), "kwargs", "tool_call_id")


def _functions(reading: Reading) -> list[dict[str, Any]] | None:
    items = items_of(reading.attributes, "llm.request.functions.")
    if items is None:
        return None
    return [
        {"type": "function", **{key: parsed(value) for key, value in item.items()}}
        for item in items
    ]


def _results(reading: Reading) -> list[dict[str, Any]] | None:
    """Documents of a vector search: an event each."""
    found = [
        {key.removeprefix(f"{RESULT_EVENT}."): value for key, value in event.attributes.items()}
        for event in reading.events
        if event.name == RESULT_EVENT
    ]
    return found or None


def _completion_reasons(reading: Reading) -> list[Any] | None:
    items = items_of(reading.attributes, "gen_ai.completion.")
    reasons = [item["finish_reason"] for item in items or () if item.get("finish_reason")]
    return reasons or None


DIALECT = Dialect(
    name="traceloop",
    title="OpenLLMetry (Traceloop)",
    origin="opentelemetry-semantic-conventions-ai 0.5.1, -instrumentation-openai 0.62.4 and 0.40.14, -langchain 0.62.4",
    kinds=(
        Rule(f"`{KIND}` task: node, unless `{NODE}` names another: other", _task),
        Kinds(
            KIND,
            {"workflow": kinds.WORKFLOW, "agent": kinds.AGENT, "tool": kinds.TOOL},
        ),
        Kinds(
            "llm.request.type",
            {
                "chat": kinds.MODEL,
                "completion": kinds.MODEL,
                "embedding": kinds.MODEL,
                "rerank": kinds.RETRIEVAL,
            },
        ),
        Kinds(
            names.OPERATION,
            {"vector_db_retrieve": kinds.RETRIEVAL, "llm_request": kinds.MODEL},
        ),
        Rule(f"an event `{RESULT_EVENT}`: retrieval", _vector_search),
    ),
    fields={
        "provider": (f"{PROPERTIES}ls_provider",),
        "request_model": (f"{PROPERTIES}ls_model_name",),
        "total_tokens": ("llm.usage.total_tokens",),
        "reasoning_tokens": ("llm.usage.reasoning_tokens",),
        "finish_reasons": (
            Read(
                "`gen_ai.completion.N.finish_reason`",
                _completion_reasons,
                needs=("gen_ai.completion.",),
            ),
            "llm.response.finish_reason",
        ),
        "tool_definitions": (
            Read(
                "`llm.request.functions.N.*`",
                _functions,
                ("llm.request.functions.",),
                ("llm.request.functions.",),
            ),
        ),
        "tool_name": (_of_tools(ENTITY),),
        "tool_call_id": (
            Read(
                "`traceloop.entity.input`: `kwargs.tool_call_id`",
                _call_id,
                ("traceloop.entity.input",),
                ("traceloop.entity.input",),
            ),
        ),
        "tool_arguments": (_of_tools("traceloop.entity.input"),),
        "tool_result": (
            Read(
                f"`traceloop.entity.output` where `{KIND}` is tool",
                _result,
                ("traceloop.entity.output",),
                ("traceloop.entity.output",),
            ),
        ),
        "documents": (Read(f"events `{RESULT_EVENT}`", _results, needs=(EVENTS,)),),
        "input": ("traceloop.entity.input", "gen_ai.task.input"),
        "output": ("traceloop.entity.output", "gen_ai.task.output"),
        "node_id": (
            Read(f"`{NODE}`, of a task `{ENTITY}`", _node, (NODE, ENTITY), (NODE, ENTITY)),
            "gen_ai.task.name",
        ),
        "workflow": ("traceloop.workflow.name",),
        "session": (
            f"{PROPERTIES}session_id",
            f"{PROPERTIES}thread_id",
            f"{PROPERTIES}conversation_id",
            f"{PROPERTIES}chat_id",
        ),
    },
    notes=(
        "`gen_ai.prompt.N.*` and `gen_ai.completion.N.*` of the older generation are read with OpenTelemetry's.",
    ),
)
