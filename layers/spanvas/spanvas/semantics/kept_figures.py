"""Figures of a call that stand in its content alone, kept where the content is not (mode `none`).

Some instrumentations write tokens and cost nowhere but into the JSON of a response. Numbers are structure wherever they
stand, so they are written under OpenTelemetry's names. Models and providers are texts, and go with the content.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from spanvas import attributes as names
from spanvas.model.span import Span
from spanvas.model.usage import Usage
from spanvas.semantics.reader import SpanReader


def with_figures(left: Span, whole: Span) -> Span:
    """Returns what is left of a span with the tokens and the reported cost of the whole.

    Where it would be read otherwise than the whole all the same, it stays as it is.
    """
    figures = _figures(whole)
    if figures == (None, None) or _figures(left) == figures:
        return left
    named = replace(left, attributes={**left.attributes, **_attributes(*figures)})
    return named if _figures(named) == figures else left


def _figures(span: Span) -> tuple[Usage | None, int | None]:
    reader = SpanReader(span)
    return reader.usage(), reader.reported_cost()


def _attributes(usage: Usage | None, cost_nano_usd: int | None) -> dict[str, Any]:
    """Returns the attributes that say these figures."""
    found: dict[str, Any] = {}
    if usage is not None:
        found = {
            names.INPUT_TOKENS[0]: usage.input_tokens,
            names.OUTPUT_TOKENS[0]: usage.output_tokens,
            names.CACHE_READ_TOKENS[0]: usage.cache_read_tokens or None,
            names.CACHE_WRITE_TOKENS[0]: usage.cache_write_tokens or None,
            names.REASONING_TOKENS[0]: usage.reasoning_tokens or None,
        }
    found[names.COST] = cost_nano_usd
    return {name: value for name, value in found.items() if value is not None}
