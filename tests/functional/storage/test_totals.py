"""The history's totals of an execution that has ended are those of its trace, however its spans came."""

from __future__ import annotations

from random import Random
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from spanvas.model.execution import totalled
from spanvas.storage.port import TraceStore
from tests.functional.storage.model_calls import (
    AGENTS,
    BESIDE,
    THRICE,
    Agent,
    Call,
    expected,
    spans_of,
)
from tests.functional.storage.received import TRACE, send
from tests.support.builders import T0
from tests.support.memory_store import MemoryTraceStore


def history(store: TraceStore) -> tuple[int | None, int | None]:
    """Tokens and cost of the execution in the history, which are those of its trace."""
    (listed,) = store.list_executions("acme").items
    trace = store.read_trace("acme", TRACE)
    assert trace is not None
    assert listed.counters == totalled(trace.execution, trace.rows).counters
    return listed.counters.input_tokens, listed.counters.cost_nano_usd


@given(AGENTS, st.randoms(use_true_random=False), st.integers(1, 6))
def test_each_call_counts_once_in_any_order_and_any_number_of_requests(
    agents: list[Agent], random: Random, requests: int
) -> None:
    spans = spans_of(agents)
    spans += random.sample(spans, len(spans) // 3)
    random.shuffle(spans)
    store = MemoryTraceStore(clock=lambda: T0)
    for start in range(requests):
        if some := spans[start::requests]:
            send(store, *some)

    tokens = expected(agents)
    cost = None if tokens is None else tokens * 1_000_000
    assert history(store) == (tokens, cost)


SIBLINGS: Final = [Agent(7, []), Agent(50, [Call(3, BESIDE), Call(3, THRICE)])]


class TestBothStores:
    def test_spans_that_come_one_by_one(self, store: TraceStore) -> None:
        for span in reversed(spans_of(SIBLINGS)):
            send(store, span)

        assert history(store) == (13, 13_000_000)

    def test_spans_that_come_together(self, store: TraceStore) -> None:
        send(store, *spans_of(SIBLINGS))

        assert history(store) == (13, 13_000_000)

    def test_spans_that_come_after_the_end(self, store: TraceStore) -> None:
        for span in spans_of(SIBLINGS):
            send(store, span)

        assert history(store) == (13, 13_000_000)
