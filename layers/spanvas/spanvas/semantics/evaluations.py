"""Evaluations of a span in one form, `{name, score?, label?, explanation?, by?}`, whatever wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from spanvas.semantics.reader import SpanReader
from spanvas.semantics.values import as_text, first_of, is_given, number

FIELDS: Final = {
    "label": ("label",),
    "explanation": ("explanation", "reason", "rationale", "comment"),
    "by": ("annotator_kind",),
}
"""Texts of an evaluation, and what others call them."""
MAX_EVALUATIONS: Final = 200


def evaluations_of(reader: SpanReader) -> list[dict[str, Any]]:
    """Returns what was judged of a span, by all dialects that it speaks; each judgement once."""
    found: list[dict[str, Any]] = []
    for listed in reader.plan.values("evaluations", reader.span):
        for given in listed[:MAX_EVALUATIONS]:
            evaluation = _evaluation(given)
            if evaluation is not None and evaluation not in found:
                found.append(evaluation)
    return found[:MAX_EVALUATIONS]


def scores_of(reader: SpanReader) -> str | None:
    """Returns what was judged of a span in short, `relevance 0.92, tone friendly`; None where nothing was.

    Each judgement is its name and its score, or its label where it has no score.
    """
    said = ([given.get("name", ""), _verdict(given)] for given in evaluations_of(reader))
    return ", ".join(text for words in said if (text := " ".join(filter(None, words)))) or None


def _verdict(evaluation: Mapping[str, Any]) -> str:
    score = evaluation.get("score")
    return f"{score:.4g}" if score is not None else evaluation.get("label", "")


def without_explanation(evaluation: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what of an evaluation is structure: an explanation is content."""
    return {key: value for key, value in evaluation.items() if key != "explanation"}


def _evaluation(given: Mapping[str, Any]) -> dict[str, Any] | None:
    evaluation: dict[str, Any] = {}
    name = given.get("name")
    if is_given(name):
        evaluation["name"] = as_text(name)
    score = _score(first_of(given, "score", "value"))
    if score is not None:
        evaluation["score"] = score
    for field, keys in FIELDS.items():
        text = first_of(given, *keys)
        if is_given(text):
            evaluation[field] = as_text(text)
    return evaluation or None


def _score(value: Any) -> float | None:
    """A score is a number; judgements of yes and no are 1 and 0."""
    return float(value) if isinstance(value, bool) else number(value)
