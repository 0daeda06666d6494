"""Tokens of model calls."""

from __future__ import annotations

from typing import NamedTuple


class Usage(NamedTuple):
    """Tokens of one inference, or sums of them.

    `input_tokens` includes cached ones (read and write), `output_tokens` includes reasoning (OpenTelemetry GenAI
    conventions): the other three are parts, never to be added. A NamedTuple, as `Row` is.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:  # type: ignore[override] # a sum, not a longer tuple
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
        )
