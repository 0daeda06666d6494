"""Braintrust's SDKs over OpenTelemetry: JSON texts, or their members as attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from spanvas.model import kinds
from spanvas.semantics.dialect import Dialect, Read, Reading, Rule
from spanvas.semantics.values import at, parsed, part_of_names, text

SPAN: Final = "braintrust.span_attributes"
METADATA, METRICS, SCORES = "braintrust.metadata", "braintrust.metrics", "braintrust.scores"
INPUTS: Final = ("braintrust.input_json", "braintrust.input")
OUTPUTS: Final = ("braintrust.output_json", "braintrust.output")
KINDS: Final = {"llm": kinds.MODEL, "tool": kinds.TOOL}
PLAIN: Final = ("task", "function", "eval")


def _member(attribute: str, *names: str) -> Read:
    """The first of several members of an object that is a JSON text, or whose members are attributes each."""

    def read(reading: Reading) -> Any:
        for name in names:
            found = reading.attributes.get(f"{attribute}.{name}")
            found = at(reading.attributes.get(attribute), name) if found is None else found
            if found is not None:
                return found
        return None

    shown = ", ".join(f"`{name}`" for name in names)
    return Read(f"`{attribute}`: {shown}", read, (attribute, *(f"{attribute}.{n}" for n in names)))


_TYPE: Final = _member(SPAN, "type")


def _kind(reading: Reading) -> str | None:
    type_ = text(_TYPE.read(reading))
    if type_ is None:
        return None
    if type_ in PLAIN and reading.parent_span_id is None:
        return kinds.WORKFLOW
    return KINDS.get(type_, kinds.OTHER)


def _of_tools(*attributes: str) -> Read:
    def read(reading: Reading) -> Any:
        if _TYPE.read(reading) != "tool":
            return None
        return next((v for n in attributes if (v := reading.attributes.get(n)) is not None), None)

    return Read(f"{', '.join(f'`{name}`' for name in attributes)} of a tool", read, attributes)


def _scores(reading: Reading) -> list[dict[str, Any]] | None:
    found = parsed(reading.attributes.get(SCORES))
    if not isinstance(found, Mapping):
        found = part_of_names(reading.attributes, f"{SCORES}.")
    return [{"name": name, "score": score} for name, score in found.items()] if found else None


DIALECT = Dialect(
    name="braintrust",
    title="Braintrust",
    origin="the attributes of Braintrust's SDKs for Go, Java, Ruby and .NET",
    kinds=(
        Rule(
            f"`{SPAN}`: `type` llm: model; tool: tool; {', '.join(PLAIN)} without parent: workflow; any other: other",
            _kind,
        ),
    ),
    fields={
        "request_model": (_member(METADATA, "model"),),
        "provider": (_member(METADATA, "provider"),),
        "input_tokens": (_member(METRICS, "prompt_tokens"),),
        "output_tokens": (_member(METRICS, "completion_tokens"),),
        "total_tokens": (_member(METRICS, "tokens"),),
        "cache_read_tokens": (_member(METRICS, "prompt_cached_tokens"),),
        "cache_write_tokens": (_member(METRICS, "prompt_cache_creation_tokens"),),
        "reasoning_tokens": (_member(METRICS, "completion_reasoning_tokens", "reasoning_tokens"),),
        "cost": (_member(METRICS, "estimated_cost", "cost"),),
        "first_token_seconds": (_member(METRICS, "time_to_first_token"),),
        "tool_definitions": (_member(METADATA, "tools"),),
        "tool_name": (
            Read(
                "name of the span of a tool",
                lambda reading: reading.name if _TYPE.read(reading) == "tool" else None,
            ),
        ),
        "tool_arguments": (_of_tools(*INPUTS),),
        "tool_result": (_of_tools(*OUTPUTS),),
        "input": INPUTS,
        "output": OUTPUTS,
        "evaluations": (Read(f"`{SCORES}`: a score each", _scores, (SCORES,)),),
    },
)
