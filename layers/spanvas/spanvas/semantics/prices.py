"""What a model call cost, in integers of 1e-9 USD, so that sums add up exactly.

Prices are data (`prices.json`, taken from the genai-prices project, which states source and date). A cost that the
instrumentation reports itself wins; an unknown model has no cost, which is not the same as 0.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from spanvas.model.span import Span
from spanvas.model.usage import Usage
from spanvas.semantics import attributes as names
from spanvas.semantics.genai import model_of, usage_of

MILLION = 1_000_000


class Price(NamedTuple):
    """1e-9 USD per million tokens."""

    input: int
    output: int
    cache_read: int
    cache_write: int


class CostLine(NamedTuple):
    """One term of the arithmetic: `tokens` x `nano_usd_per_million` / 1e6 = `nano_usd`, rounded to the nearest."""

    what: str
    tokens: int
    nano_usd_per_million: int
    nano_usd: int


def price_of(model: str) -> Price | None:
    """The price of a model id as providers write it; the longest known name in it decides."""
    model = model.lower()
    best: tuple[int, Price] | None = None
    for match, price in _table():
        if match in model and (best is None or len(match) > best[0]):
            best = (len(match), price)
    return best[1] if best else None


def lines_of(usage: Usage, price: Price) -> list[CostLine]:
    """The terms of a call's cost. Cached tokens are parts of the input and charged at their own prices."""
    plain = max(usage.input_tokens - usage.cache_read_tokens - usage.cache_write_tokens, 0)
    terms = (
        ("input", plain, price.input),
        ("cache read", usage.cache_read_tokens, price.cache_read),
        ("cache write", usage.cache_write_tokens, price.cache_write),
        ("output", usage.output_tokens, price.output),
    )
    return [
        CostLine(what, tokens, rate, (tokens * rate + MILLION // 2) // MILLION)
        for what, tokens, rate in terms
        if tokens
    ]


def cost_lines(span: Span) -> list[CostLine]:
    """The arithmetic of one span's cost; empty where the usage or the price is not known."""
    model, usage = model_of(span.attributes), usage_of(span.attributes)
    price = price_of(model) if model else None
    return lines_of(usage, price) if usage and price else []


def cost_of(attributes: Mapping[str, Any]) -> int | None:
    """Cost of a model call in 1e-9 USD: as reported, else computed, else None."""
    reported = attributes.get(names.COST)
    if isinstance(reported, int) and 0 <= reported < 2**62:
        return reported
    model, usage = model_of(attributes), usage_of(attributes)
    price = price_of(model) if model else None
    if usage is None or price is None:
        return None
    return sum(line.nano_usd for line in lines_of(usage, price))


@cache
def _table() -> tuple[tuple[str, Price], ...]:
    data = json.loads((files("spanvas.semantics") / "prices.json").read_text("utf-8"))
    return tuple(
        (
            entry["match"],
            Price(
                entry["input"],
                entry["output"],
                entry.get("cache_read", entry["input"]),
                entry.get("cache_write", entry["input"]),
            ),
        )
        for entry in data["models"]
    )
