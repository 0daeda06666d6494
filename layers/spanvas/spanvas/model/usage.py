"""Tokens of model calls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


def added(one: int | None, other: int | None) -> int | None:
    """Returns the sum of two figures; None where neither is known."""
    if one is None or other is None:
        return one if other is None else other
    return one + other


class Usage(NamedTuple):
    """Tokens of one inference, or sums of them.

    `input_tokens` includes cached ones (read and write), `output_tokens` includes reasoning (OpenTelemetry GenAI
    conventions): the other three are parts, never to be added. None: not reported, which is not the same as 0.
    A NamedTuple, as `Row` is.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0


def total(usages: Iterable[Usage]) -> Usage:
    """The sum of many: column by column, since a trace may have ten thousand."""
    columns = list(zip(*usages, strict=True))
    if not columns:
        return Usage()
    sums = ([number for number in column if number is not None] for column in columns)
    return Usage(*(sum(known) if known else None for known in sums))  # type: ignore[arg-type] # the parts are never None
