"""What a model call cost, in integers of 1e-9 USD, so that sums add up exactly.

A cost that the instrumentation reports itself wins; a model without a known price has no cost, which is not the
same as 0.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from spanvas.model.span import Span
from spanvas.model.usage import Usage
from spanvas.semantics.price_book import Price, price_of
from spanvas.semantics.reader import SpanReader

__all__ = ["CostLine", "Price", "cost_lines", "lines_of", "price_of"]

MILLION: Final = 1_000_000
REPORTED: Final = "reported"


class CostLine(NamedTuple):
    """One term of the arithmetic: `tokens` x `nano_usd_per_million` / 1e6 = `nano_usd`, rounded to the nearest.

    What is paid by call is a line of one token; a cost that was reported is a line of none.
    """

    what: str
    tokens: int
    nano_usd_per_million: int
    nano_usd: int


def lines_of(usage: Usage, price: Price) -> list[CostLine]:
    """Returns the terms of a call's cost. Cached tokens are parts of the input and charged at their own prices."""
    input_tokens, output = usage.input_tokens or 0, usage.output_tokens or 0
    price = price.for_input(input_tokens)
    plain = max(input_tokens - usage.cache_read_tokens - usage.cache_write_tokens, 0)
    reasoning = 0
    if price.reasoning is not None:
        reasoning = min(usage.reasoning_tokens, output)
        output -= reasoning
    terms = (
        ("input", plain, price.input),
        ("cache read", usage.cache_read_tokens, price.cache_read),
        ("cache write", usage.cache_write_tokens, price.cache_write),
        ("output", output, price.output),
        ("reasoning", reasoning, price.reasoning or 0),
        ("request", 1 if price.request else 0, price.request * MILLION),
    )
    return [
        CostLine(what, tokens, rate, (tokens * rate + MILLION // 2) // MILLION)
        for what, tokens, rate in terms
        if tokens
    ]


def cost_lines(span: Span, own: Usage | None = None) -> list[CostLine]:
    """Returns the terms that a span's cost adds up from; empty where usage or price is not known.

    `own`: what its call has used, where that is not all that the span reports.
    """
    reader = SpanReader(span)
    reported = reader.reported_cost()
    if reported is not None:
        return [CostLine(REPORTED, 0, 0, reported)]
    return computed_lines(reader, own or reader.usage()) or []


def cost_in(reader: SpanReader, usage: Usage | None) -> int | None:
    """Returns the cost of a model call in 1e-9 USD: as reported, else computed from its usage, else None."""
    reported = reader.reported_cost()
    if reported is not None:
        return reported
    lines = computed_lines(reader, usage)
    return None if lines is None else sum(line.nano_usd for line in lines)


def computed_lines(reader: SpanReader, usage: Usage | None) -> list[CostLine] | None:
    """Returns the terms at the price of the span's time; None where the usage or the price is not known.

    Where the responding model has no price (a gateway may name it as it likes), the one that was asked for counts. An
    answer of which the question's tokens are not known has no cost: that of the answer alone would look like all of it.
    """
    if usage is None or (usage.input_tokens is None and usage.output_tokens):
        return None
    provider, tier = reader.provider(), reader.service_tier()
    time = reader.span.start_time_unix_nano
    for field in ("response_model", "request_model"):
        model = reader.model_in(field)
        price = price_of(model, provider, time, tier) if model else None
        if price is not None:
            return lines_of(usage, price)
    return None
