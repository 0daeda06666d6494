"""Ids of spans: those that are known before their span starts, and random ones."""

from __future__ import annotations

import os
from contextvars import ContextVar
from typing import Final, NamedTuple

from opentelemetry.sdk.trace.id_generator import IdGenerator


class NextIds(NamedTuple):
    """Ids of the span that is started next, as integers."""

    trace_id: int
    span_id: int


next_ids: Final[ContextVar[NextIds | None]] = ContextVar("spanvas_next_ids", default=None)


class ExecutionIdGenerator(IdGenerator):
    """Digests for the root of an execution, `os.urandom` for all others: SnapStart clones the state of `random`."""

    def generate_trace_id(self) -> int:
        """Returns the trace id that the next span was given, or a random one."""
        given = next_ids.get()
        return given.trace_id if given else _random(16)

    def generate_span_id(self) -> int:
        """Returns the span id that the next span was given, or a random one."""
        given = next_ids.get()
        return given.span_id if given else _random(8)


def _random(size: int) -> int:
    while True:
        number = int.from_bytes(os.urandom(size))
        if number:
            return number
