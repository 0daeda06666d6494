"""OpenTelemetry's GenAI conventions: names of now, then those that instrumentations still write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.semantics.dialect import (
    EVENTS,
    Dialect,
    Kinds,
    Read,
    Reading,
    Rule,
    inside,
    summed,
)
from spanvas.semantics.flattened import flattened
from spanvas.semantics.message_events import (
    CHOICE,
    MESSAGE_EVENTS,
    choice_events,
    is_tool,
    message_events,
)
from spanvas.semantics.values import first_of, number, parsed

OPERATIONS: Final = {
    **dict.fromkeys(
        (
            "chat", "generate_content", "text_completion", "embeddings", "embedding", "response", "fetch_response",
            "decide",
        ),
        kinds.MODEL,
    ),
    **dict.fromkeys(("retrieval", "rerank", "search_memory", "memory.search"), kinds.RETRIEVAL),
    "execute_tool": kinds.TOOL,
    **dict.fromkeys(("invoke_agent", "create_agent", "invoke_swarm", "invoke_graph"), kinds.AGENT),
    "invoke_workflow": kinds.WORKFLOW,
    **dict.fromkeys(
        (
            "create_memory", "update_memory", "upsert_memory", "delete_memory", "create_memory_store",
            "delete_memory_store", "plan", "agent_step",
        ),
        kinds.OTHER,
    ),
}  # fmt: skip

TIME_TO_FIRST: Final = "gen_ai.server.time_to_first_token"
MILLISECONDS: Final = ("strands.telemetry.tracer",)
"""Scopes that write it in milliseconds; OpenTelemetry's metric of this name is in seconds."""
DETAILS: Final = "gen_ai.client.inference.operation.details"


def in_details(name: str) -> Read:
    """Returns a source that reads an attribute of the span's last event of details (`DETAILS`)."""

    def read(reading: Reading) -> Any:
        for event in reversed(reading.events):
            if event.name == DETAILS and name in event.attributes:
                return event.attributes[name]
        return None

    return Read(f"event `{DETAILS}`: `{name}`", read, needs=(EVENTS,))


def _content_event(name: str, field: str) -> Callable[[Reading], Any]:
    def read(reading: Reading) -> Any:
        for event in reading.events:
            if event.name == name:
                return event.attributes.get(field)
        return None

    return read


def _content_of_events(event: str, attribute: str) -> Read:
    """The oldest form: one event with the whole prompt or completion."""
    return Read(
        f"event `{event}`: `{attribute}`", _content_event(event, attribute), needs=(EVENTS,)
    )


def _with_blocks(item: dict[str, Any]) -> dict[str, Any]:
    """A message that OpenLLMetry of old flattened: its content may be JSON of blocks."""
    content = parsed(item.get("content"))
    return {**item, "content": content} if isinstance(content, list) else item


def _evaluations(reading: Reading) -> list[dict[str, Any]] | None:
    """Results of evaluations: an event each, or the attributes of an evaluation's own span."""
    found = [event.attributes for event in reading.events if event.name == names.EVALUATION_EVENT]
    if names.EVALUATION_NAME in reading.attributes:
        found.append(reading.attributes)
    return [
        {key: given.get(name) for key, name in EVALUATION.items() if given.get(name) is not None}
        for given in found
    ] or None


def _tool_event(event: str, field: str) -> Read:
    read = _content_event(event, field)
    return Read(
        f"event `{event}`: `{field}`",
        lambda reading: read(reading) if is_tool(reading) else None,
        needs=(EVENTS,),
    )


def _has_chat_event(reading: Reading) -> str | None:
    if names.OPERATION in reading.attributes:
        return None
    is_chat = any(event.name in MESSAGE_EVENTS or event.name == CHOICE for event in reading.events)
    return kinds.MODEL if is_chat else None


def _has_tool_name(reading: Reading) -> str | None:
    return kinds.TOOL if names.TOOL_NAME in reading.attributes else None


MODALITIES: Final = ("text", "image", "audio", "video")
MODAL: Final = {
    "input_tokens": ("gen_ai.usage.{0}.input_tokens", "gen_ai.usage.{0}_input_tokens", "gen_ai.usage.input_{0}_tokens"),
    "output_tokens": (
        "gen_ai.usage.{0}.output_tokens", "gen_ai.usage.{0}_output_tokens", "gen_ai.usage.output_{0}_tokens",
    ),
    "cache_read_tokens": ("gen_ai.usage.{0}.cache_read.input_tokens",),
}  # fmt: skip
"""The conventions' names, then those that Mastra and LiveKit write."""


def _modal_tokens(reading: Reading) -> dict[str, dict[str, Any]]:
    attributes = reading.attributes
    return {
        modality: {
            key: first_of(attributes, *(name.format(modality) for name in given))
            for key, given in MODAL.items()
        }
        for modality in MODALITIES
    }


RAW: Final = "gen_ai.usage.raw"
EVALUATION: Final = {
    "name": names.EVALUATION_NAME,
    "score": names.EVALUATION_SCORE,
    "label": names.EVALUATION_LABEL,
    "explanation": names.EVALUATION_EXPLANATION,
}


def _time_to_first(reading: Reading) -> float | None:
    given = number(reading.attributes.get(TIME_TO_FIRST))
    if given is None or reading.scope_name not in MILLISECONDS:
        return given
    return given / 1000


DIALECT = Dialect(
    name="otel",
    title="OpenTelemetry GenAI",
    origin=(
        "semantic-conventions-genai, opentelemetry-util-genai 1.3b0, opentelemetry-semantic-conventions 0.66b2 and "
        "older ones"
    ),
    kinds=(
        Kinds(names.OPERATION, OPERATIONS),
        Rule(f"`{names.TOOL_NAME}` is there: tool", _has_tool_name),
        Rule("an event `gen_ai.*.message` or `gen_ai.choice`, and no operation: model", _has_chat_event),
    ),
    fields={
        "request_model": (names.REQUEST_MODEL,),
        "response_model": (names.RESPONSE_MODEL,),
        "provider": names.PROVIDER,
        "service_tier": (
            "gen_ai.response.service_tier",
            "openai.response.service_tier",
            "gen_ai.openai.response.service_tier",
        ),
        "input_tokens": names.INPUT_TOKENS,
        "output_tokens": names.OUTPUT_TOKENS,
        "total_tokens": ("gen_ai.usage.total_tokens", "llm.usage.total_tokens"),
        "cache_read_tokens": (
            *names.CACHE_READ_TOKENS,
            "gen_ai.usage.cache_read_input_tokens",
            "gen_ai.usage.details.cache_read_tokens",
            inside(
                RAW, "prompt_tokens_details/cached_tokens", "input_tokens_details/cached_tokens",
                "cache_read_input_tokens",
            ),
        ),
        "cache_write_tokens": (
            *names.CACHE_WRITE_TOKENS,
            "gen_ai.usage.cache_creation_input_tokens",
            "gen_ai.usage.cache_write_input_tokens",
            "gen_ai.usage.details.cache_write_tokens",
            inside(RAW, "cache_creation_input_tokens"),
        ),
        "reasoning_tokens": (
            *names.REASONING_TOKENS,
            "gen_ai.usage.reasoning_tokens",
            "gen_ai.usage.details.reasoning_tokens",
            inside(
                RAW, "completion_tokens_details/reasoning_tokens", "output_tokens_details/reasoning_tokens"
            ),
        ),
        "modal_tokens": (
            Read(
                "; ".join(f"`{name.format('x')}`" for given in MODAL.values() for name in given)
                + f", where x is {', '.join(MODALITIES)}",
                _modal_tokens,
            ),
        ),
        "cost": (
            "gen_ai.usage.cost", "gen_ai.usage.total_cost", "gen_ai.cost.total_cost", "gen_ai.cost.total",
            summed("gen_ai.cost.input_cost", "gen_ai.cost.output_cost"),
        ),
        "finish_reasons": (names.FINISH_REASONS, "gen_ai.response.finish_reason"),
        "system_instructions": (names.SYSTEM_INSTRUCTIONS, in_details(names.SYSTEM_INSTRUCTIONS)),
        "input_messages": (
            names.INPUT_MESSAGES,
            in_details(names.INPUT_MESSAGES),
            flattened("gen_ai.prompt.", _with_blocks),
            Read("events `gen_ai.system/user/assistant/tool.message`", message_events, needs=(EVENTS,)),
            _content_of_events("gen_ai.content.prompt", "gen_ai.prompt"),
        ),
        "output_messages": (
            names.OUTPUT_MESSAGES,
            in_details(names.OUTPUT_MESSAGES),
            flattened("gen_ai.completion.", _with_blocks),
            Read("events `gen_ai.choice`", choice_events, needs=(EVENTS,)),
            _content_of_events("gen_ai.content.completion", "gen_ai.completion"),
        ),
        "tool_definitions": (names.TOOL_DEFINITIONS, in_details(names.TOOL_DEFINITIONS)),
        "tool_name": (names.TOOL_NAME,),
        "tool_call_id": (names.TOOL_CALL_ID,),
        "tool_arguments": (names.TOOL_ARGUMENTS, _tool_event("gen_ai.tool.message", "content")),
        "tool_result": (names.TOOL_RESULT, _tool_event(CHOICE, "message")),
        "query": (names.RETRIEVAL_QUERY, names.MEMORY_QUERY),
        "documents": (names.RETRIEVAL_DOCUMENTS, names.MEMORY_RECORDS),
        "input": ("gen_ai.prompt",),
        "output": ("gen_ai.completion",),
        "agent": (names.AGENT_NAME, "gen_ai.agent.id"),
        "agent_version": (names.AGENT_VERSION,),
        "prompt_name": (names.PROMPT_NAME,),
        "prompt_version": (names.PROMPT_VERSION,),
        "first_token_seconds": (
            names.TIME_TO_FIRST_CHUNK,
            Read(
                f"`{TIME_TO_FIRST}`; of {', '.join(MILLISECONDS)} in milliseconds",
                _time_to_first,
                needs=(TIME_TO_FIRST,),
            ),
        ),
        "evaluations": (
            Read(
                f"events `{names.EVALUATION_EVENT}`; `{names.EVALUATION_NAME}` and what belongs to it",
                _evaluations,
                needs=(EVENTS, names.EVALUATION_NAME),
            ),
        ),
        "workflow": (names.GEN_AI_WORKFLOW_NAME,),
        "session": ("gen_ai.conversation.id",),
    },
    notes=(
        "Counts of spans whose scope is `opentelemetry.instrumentation.botocore.bedrock-runtime` leave cached tokens "
        "out of the input, as Bedrock does: they are added.",
    ),
)  # fmt: skip
