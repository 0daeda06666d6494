"""The history's totals of an execution that has ended are those of its trace, however its spans came."""

from __future__ import annotations

from random import Random
from typing import Any, Final, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from spanvas.model.execution import totalled
from spanvas.model.span import Span
from spanvas.storage.port import TraceStore
from tests.functional.storage.received import TRACE, root, send
from tests.support.builders import SECOND, T0, make_span
from tests.support.memory_store import MemoryTraceStore

ONCE, NESTED, BESIDE, THRICE = RECORDINGS = ("once", "nested", "beside", "thrice")


class Call(NamedTuple):
    """A call to a model: its input tokens, and how it is recorded."""

    tokens: int
    recorded: str


class Agent(NamedTuple):
    """A run of an agent: the tokens that it reports itself, and its calls."""

    tokens: int | None
    calls: list[Call]


CALLS: Final = st.builds(Call, st.integers(1, 20), st.sampled_from(RECORDINGS))
AGENTS: Final = st.lists(
    st.builds(Agent, st.none() | st.integers(1, 99), st.lists(CALLS, max_size=4)), max_size=4
)


def reported(tokens: int | None) -> dict[str, Any]:
    if tokens is None:
        return {}
    return {
        "gen_ai.usage.input_tokens": tokens,
        "gen_ai.usage.output_tokens": 1,
        "gen_ai.usage.cost": tokens / 1_000,
    }


def expected(agents: list[Agent]) -> int | None:
    """Each call once; an agent where it has no calls."""
    sums = [
        sum(call.tokens for call in agent.calls) if agent.calls else agent.tokens
        for agent in agents
    ]
    known = [number for number in sums if number is not None]
    return sum(known) if known else None


def spans_of(agents: list[Agent]) -> list[Span]:
    spans = [root(end_time_unix_nano=T0 + 100 * SECOND)]
    for number, agent in enumerate(agents):
        name = f"a{number}"
        spans.append(
            make_span(
                name, "root", start=number * 10, kind="agent", attributes=reported(agent.tokens)
            )
        )
        for index, call in enumerate(agent.calls):
            spans += recordings(call, f"{name}c{index}", name, number * 10 + index * 2)
    return spans


def recordings(call: Call, name: str, parent: str, start: float) -> list[Span]:
    """The spans of one call, by as many instrumentations as have recorded it."""

    def span(layer: int, parent: str) -> Span:
        return make_span(
            f"{name}-{layer}",
            parent,
            start=start + layer / 100,
            kind="model",
            name="chat",
            scope_name=f"instrumentation {layer}",
            end_time_unix_nano=T0 + round((start + 1 - layer / 100) * SECOND),
            attributes={**reported(call.tokens), "gen_ai.response.id": name},
        )

    outer = span(0, parent)
    if call.recorded == ONCE:
        return [outer]
    if call.recorded == NESTED:
        return [outer, span(1, f"{name}-0")]
    if call.recorded == BESIDE:
        return [outer, span(1, parent)]
    return [outer, span(1, parent), span(2, f"{name}-1")]


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
