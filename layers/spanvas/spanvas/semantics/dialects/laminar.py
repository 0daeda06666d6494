"""Laminar's SDK: spans with a type, whose input and output are JSON texts; OpenTelemetry's names of model calls."""

from __future__ import annotations

from typing import Any, Final

from spanvas.model import kinds
from spanvas.semantics.dialect import Dialect, Kinds, Read, Reading, Rule, where
from spanvas.semantics.values import unquoted

TYPE: Final = "lmnr.span.type"
INPUT, OUTPUT = "lmnr.span.input", "lmnr.span.output"
PROPERTIES: Final = "lmnr.association.properties."


def _root(reading: Reading) -> str | None:
    is_plain = reading.attributes.get(TYPE) == "DEFAULT"
    return kinds.WORKFLOW if is_plain and reading.parent_span_id is None else None


def _evaluations(reading: Reading) -> list[dict[str, Any]] | None:
    """An evaluator's span has the score as its output."""
    if reading.attributes.get(TYPE) not in ("EVALUATOR", "HUMAN_EVALUATOR"):
        return None
    score = unquoted(reading.attributes.get(OUTPUT))
    if isinstance(score, dict):
        return [{"name": str(name), "score": value} for name, value in score.items()]
    return None if score is None else [{"name": reading.name, "score": score}]


DIALECT = Dialect(
    name="laminar",
    title="Laminar",
    origin="lmnr 0.7.16",
    kinds=(
        Rule(f"`{TYPE}` DEFAULT without parent: workflow", _root),
        Kinds(
            TYPE,
            {
                "llm": kinds.MODEL,
                "tool": kinds.TOOL,
                **dict.fromkeys(
                    (
                        "default", "executor", "evaluator", "human_evaluator", "evaluation", "event", "pipeline",
                        "cached",
                    ),
                    kinds.OTHER,
                ),
            },
        ),
    ),
    fields={
        "total_tokens": ("llm.usage.total_tokens",),
        "cost": ("gen_ai.usage.cost",),
        "tool_name": (
            Read(
                f"name of the span where `{TYPE}` is TOOL",
                lambda reading: reading.name if reading.attributes.get(TYPE) == "TOOL" else None,
            ),
        ),
        "tool_arguments": where(TYPE, ("TOOL",), INPUT),
        "tool_result": where(TYPE, ("TOOL",), OUTPUT),
        "input": (INPUT,),
        "output": (
            Read(f"`{OUTPUT}`", lambda reading: unquoted(reading.attributes.get(OUTPUT)), (OUTPUT,)),
        ),
        "evaluations": (
            Read(f"`{OUTPUT}` where `{TYPE}` is EVALUATOR/HUMAN_EVALUATOR", _evaluations, (OUTPUT,)),
        ),
        "session": (f"{PROPERTIES}session_id",),
    },
)  # fmt: skip
