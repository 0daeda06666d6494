"""Langfuse's SDK: observations with a type, whose input, output and usage are JSON texts."""

from __future__ import annotations

from typing import Any, Final

from spanvas.model import kinds
from spanvas.semantics.dialect import (
    Dialect,
    Kinds,
    Read,
    Reading,
    Rule,
    inside,
    since_start,
    where,
)
from spanvas.semantics.values import at, parsed, unquoted

TYPE: Final = "langfuse.observation.type"
INPUT, OUTPUT = "langfuse.observation.input", "langfuse.observation.output"
USAGE: Final = "langfuse.observation.usage_details"
COST: Final = "langfuse.observation.cost_details"
MODELS: Final = ("generation", "embedding")
PLAIN: Final = ("span", "chain")


def _root(reading: Reading) -> str | None:
    is_plain = reading.attributes.get(TYPE) in PLAIN
    return kinds.WORKFLOW if is_plain and reading.parent_span_id is None else None


def _cost(reading: Reading) -> Any:
    """The sum of the call; the SDK reports 0 for a call that failed, too."""
    total = at(reading.attributes.get(COST), "total")
    return total if total or USAGE in reading.attributes else None


def _tools(reading: Reading) -> Any:
    if reading.attributes.get(TYPE) not in MODELS:
        return None
    return at(reading.attributes.get(INPUT), "tools")


def _quoted(attribute: str) -> Read:
    return Read(
        f"`{attribute}`", lambda reading: unquoted(reading.attributes.get(attribute)), (attribute,)
    )


def _query(reading: Reading) -> Any:
    """What a retriever was asked: its only argument where it has one."""
    if reading.attributes.get(TYPE) != "retriever":
        return None
    given = parsed(reading.attributes.get(INPUT))
    return given or None


DIALECT = Dialect(
    name="langfuse",
    title="Langfuse",
    origin="langfuse 5.0.4",
    kinds=(
        Rule(f"`{TYPE}` span or chain without parent: workflow", _root),
        Kinds(
            TYPE,
            {
                **dict.fromkeys(MODELS, kinds.MODEL),
                "tool": kinds.TOOL,
                "retriever": kinds.RETRIEVAL,
                "agent": kinds.AGENT,
                **dict.fromkeys((*PLAIN, "event", "evaluator", "guardrail"), kinds.OTHER),
            },
        ),
    ),
    fields={
        "request_model": ("langfuse.observation.model.name",),
        "input_tokens": (inside(USAGE, "input", "prompt_tokens", "input_tokens", "inputTokens"),),
        "output_tokens": (
            inside(USAGE, "output", "completion_tokens", "output_tokens", "outputTokens"),
        ),
        "total_tokens": (inside(USAGE, "total", "total_tokens", "totalTokens"),),
        "cache_read_tokens": (
            inside(
                USAGE,
                "prompt_tokens_details/cached_tokens",
                "input_tokens_details/cached_tokens",
                "cache_read_input_tokens",
                "input_cached_tokens",
                "input_cache_read",
            ),
        ),
        "cache_write_tokens": (
            inside(USAGE, "cache_creation_input_tokens", "input_cache_creation"),
        ),
        "reasoning_tokens": (
            inside(
                USAGE,
                "completion_tokens_details/reasoning_tokens",
                "output_tokens_details/reasoning_tokens",
                "output_reasoning_tokens",
                "output_reasoning",
            ),
        ),
        "cost": (Read(f"`{COST}`: `total`", _cost, (COST,)),),
        "finish_reasons": (_quoted("langfuse.observation.metadata.finish_reason"),),
        "first_token_seconds": (since_start("langfuse.observation.completion_start_time"),),
        "tool_definitions": (Read(f"`{INPUT}`: `tools`", _tools, (INPUT,)),),
        "tool_name": (
            Read(
                f"name of the span where `{TYPE}` is tool",
                lambda reading: reading.name if reading.attributes.get(TYPE) == "tool" else None,
            ),
        ),
        "tool_arguments": where(TYPE, ("tool",), INPUT),
        "tool_result": where(TYPE, ("tool",), OUTPUT),
        "query": (Read(f"`{INPUT}` where `{TYPE}` is retriever", _query, (INPUT,)),),
        "documents": where(TYPE, ("retriever",), OUTPUT),
        "input": (INPUT, "langfuse.trace.input"),
        "output": (OUTPUT, "langfuse.trace.output"),
        "agent": (
            Read(
                f"name of the span where `{TYPE}` is agent",
                lambda reading: reading.name if reading.attributes.get(TYPE) == "agent" else None,
            ),
        ),
        "prompt_name": ("langfuse.observation.prompt.name",),
        "prompt_version": ("langfuse.observation.prompt.version",),
        "workflow": ("langfuse.trace.name",),
        "session": ("session.id",),
    },
)
