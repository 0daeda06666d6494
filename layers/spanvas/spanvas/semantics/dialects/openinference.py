"""OpenInference: flattened `llm.*`, `input.value` and `openinference.span.kind`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from spanvas.model import kinds
from spanvas.semantics.dialect import Dialect, Read, Reading, Rule, first_event, summed
from spanvas.semantics.flattened import bare_list, flattened_messages, listed
from spanvas.semantics.langchain import langgraph_node_in, thread_in
from spanvas.semantics.openinference_messages import bare_message, message
from spanvas.semantics.values import at, parsed, text

KIND: Final = "openinference.span.kind"
PREPARATION: Final = "._prepare_chat_with_tools"
KINDS: Final = {
    "LLM": kinds.MODEL,
    "EMBEDDING": kinds.MODEL,
    "TOOL": kinds.TOOL,
    "RETRIEVER": kinds.RETRIEVAL,
    "RERANKER": kinds.RETRIEVAL,
    "AGENT": kinds.AGENT,
    "CHAIN": kinds.OTHER,
    "GUARDRAIL": kinds.OTHER,
    "EVALUATOR": kinds.OTHER,
    "PROMPT": kinds.OTHER,
    "DECISION": kinds.OTHER,
}
PROVIDERS: Final = {
    ("azure", "openai"): "azure.ai.openai",
    ("google", "vertexai"): "gcp.vertex_ai",
}
METADATA: Final = "metadata"
PROMPT: Final = "llm.token_count.prompt_details"
COMPLETION: Final = "llm.token_count.completion_details"
FEEDBACK: Final = tuple(
    (f"{scope}{word}s", word)
    for scope in ("", "trace.", "session.")
    for word in ("annotation", "evaluation")
)


def _kind(reading: Reading) -> str | None:
    """The kind by its table; a chain or agent that has the name of its LangGraph node is that node."""
    value = reading.attributes.get(KIND)
    if not isinstance(value, str):
        return None
    value = value.upper()
    if value in ("CHAIN", "AGENT"):
        if reading.name and reading.name == _node(reading):
            return kinds.NODE
        if value == "CHAIN" and reading.parent_span_id is None:
            return kinds.WORKFLOW
    if value == "LLM" and reading.name.endswith(PREPARATION):
        return kinds.OTHER
    return KINDS.get(value)


def _node(reading: Reading) -> str | None:
    return langgraph_node_in(reading.attributes.get(METADATA))


def _provider(reading: Reading) -> str | None:
    """`llm.provider` and `llm.system` together say on whose platform which API was called."""
    provider, system = (
        (text(reading.attributes.get(name)) or "").lower()
        for name in ("llm.provider", "llm.system")
    )
    return PROVIDERS.get((provider, system)) or provider or system or None


def _messages(name: str) -> Read:
    def read(reading: Reading) -> Sequence[Any] | None:
        if reading.attributes.get(KIND) not in (None, "LLM", "llm"):
            return (
                None  # a chain repeats some messages of the model below it; its input.value has all
            )
        found = flattened_messages(reading, f"{name}.", message)
        if found is not None:
            return found
        items = bare_list(reading, name)
        return None if items is None else [bare_message(item) for item in items]

    return Read(
        f"`{name}.N.message.*`, or `{name}` as a list", read, (f"{name}.", name), (f"{name}.", name)
    )


def _items(name: str, inside: str, field: str) -> Read:
    """One field of each item, JSON decoded; of an item that has no such field, all of it."""

    def read(reading: Reading) -> list[Any] | None:
        items = listed(reading, name, inside)
        if items is None:
            return None
        return [
            parsed(item.get(field, item)) if isinstance(item, dict) else parsed(item)
            for item in items
        ]

    return Read(
        f"`{name}.N.{inside}.{field}`, or `{name}` as a list",
        read,
        (f"{name}.", name),
        (f"{name}.", name),
    )


def _texts(name: str, inside: str, role: str) -> Read:
    """Prompts or answers of the completions API: a message each."""

    def read(reading: Reading) -> list[dict[str, Any]] | None:
        items = listed(reading, name, inside)
        if items is None:
            return None
        return [
            {"role": role, "content": item.get("text", item) if isinstance(item, dict) else item}
            for item in items
        ]

    return Read(
        f"`{name}.N.{inside}.text`, or `{name}` as a list",
        read,
        (f"{name}.", name),
        (f"{name}.", name),
    )


def _documents(name: str) -> Read:
    return Read(
        f"`{name}.N.document.*`, or `{name}` as a list",
        lambda reading: listed(reading, name, "document"),
        (f"{name}.", name),
        (f"{name}.", name),
    )


def _feedback(reading: Reading) -> list[dict[str, Any]] | None:
    """What was judged of the span, its trace or its session, in either of OpenInference's words for it."""
    found = [
        judged
        for name, inside in FEEDBACK
        for judged in listed(reading, name, inside) or ()
        if isinstance(judged, dict)
    ]
    return found or None


def _of_kind(attribute: str, *wanted: str) -> Read:
    """What an attribute that every span has means on spans of some kinds."""
    return Read(
        f"`{attribute}` of {'/'.join(wanted)}",
        lambda reading: (
            reading.attributes.get(attribute) if reading.attributes.get(KIND) in wanted else None
        ),
        (attribute,),
        (attribute,),
    )


def _invocation_model(reading: Reading) -> Any:
    given = reading.attributes.get("llm.invocation_parameters")
    return None if given is None else at(given, "model") or at(given, "model_id")


DIALECT = Dialect(
    name="openinference",
    title="OpenInference",
    origin="openinference-semantic-conventions 0.1.42, -instrumentation-openai 0.1.66, -langchain 0.1.80",
    kinds=(
        Rule(
            f"`{KIND}`: "
            + ", ".join(f"{value} is {kind}" for value, kind in KINDS.items())
            + "; a CHAIN or AGENT named as its LangGraph node is that node, a CHAIN without parent the workflow; "
            f"an LLM whose name ends in `{PREPARATION}` is other: LlamaIndex makes a request there and sends none",
            _kind,
        ),
    ),
    fields={
        "request_model": (
            "llm.request.model_name",
            Read(
                "`llm.invocation_parameters`: `model`",
                _invocation_model,
                ("llm.invocation_parameters",),
                ("llm.invocation_parameters",),
            ),
            "llm.model_name",
            "embedding.model_name",
            "reranker.model_name",
        ),
        "response_model": ("llm.response.model_name", "llm.model_name"),
        "provider": (
            Read(
                "`llm.provider` with `llm.system`", _provider, needs=("llm.provider", "llm.system")
            ),
        ),
        "input_tokens": ("llm.token_count.prompt",),
        "output_tokens": ("llm.token_count.completion",),
        "total_tokens": ("llm.token_count.total",),
        "cache_read_tokens": (
            "llm.token_count.prompt_details.cache_read",
            "llm.token_count.prompt_details.cache_input",
        ),
        "cache_write_tokens": ("llm.token_count.prompt_details.cache_write",),
        "reasoning_tokens": ("llm.token_count.completion_details.reasoning",),
        "modal_tokens": (
            Read(
                f"`{PROMPT}.audio`, `{COMPLETION}.audio`",
                lambda reading: {
                    "audio": {
                        "input_tokens": reading.attributes.get(f"{PROMPT}.audio"),
                        "output_tokens": reading.attributes.get(f"{COMPLETION}.audio"),
                    }
                },
            ),
        ),
        "cost": ("llm.cost.total", summed("llm.cost.prompt", "llm.cost.completion")),
        "finish_reasons": ("llm.finish_reason",),
        "input_messages": (
            _messages("llm.input_messages"),
            _texts("llm.prompts", "prompt", "user"),
        ),
        "output_messages": (
            _messages("llm.output_messages"),
            _texts("llm.choices", "completion", "assistant"),
        ),
        "tool_definitions": (_items("llm.tools", "tool", "json_schema"),),
        "tool_name": ("tool.name",),
        "tool_call_id": ("tool.id", "tool_call.id"),
        "tool_arguments": (_of_kind("input.value", "TOOL"), _of_kind("tool.parameters", "TOOL")),
        "tool_result": (_of_kind("output.value", "TOOL"),),
        "query": (_of_kind("input.value", "RETRIEVER"), "reranker.query"),
        "documents": (
            _documents("retrieval.documents"),
            _documents("reranker.output_documents"),
        ),
        "input": (
            _items("embedding.embeddings", "embedding", "text"),
            "input.value",
        ),
        "output": ("output.value",),
        "agent": ("agent.name",),
        # LlamaIndex, and clients whose answers are streamed
        "first_token_seconds": (first_event("First Token Stream Event"),),
        "prompt_name": ("prompt.id",),
        "prompt_version": ("llm.prompt_template.version",),
        "evaluations": (
            Read(
                "`annotations.N.annotation.*`, `evaluations.N.evaluation.*`, and both of `trace.` and `session.`",
                _feedback,
                needs=tuple(needed for name, _ in FEEDBACK for needed in (name, f"{name}.")),
            ),
        ),
        "node_id": (
            # the id may be another one in each run, and the name is what a person calls the node
            "graph.node.name",
            "graph.node.id",
            Read("`metadata`: `langgraph_node`", _node, (METADATA,), (METADATA,)),
        ),
        "session": (
            "session.id",
            Read(
                "`metadata`: `thread_id`",
                lambda reading: thread_in(reading.attributes.get(METADATA)),
                (METADATA,),
                (METADATA,),
            ),
        ),
    },
)
