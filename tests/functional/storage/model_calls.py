"""Runs of agents that call models, and what their totals are: the short reference for tests of counting."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from spanvas.model.span import Span
from tests.functional.storage.received import root
from tests.support.builders import SECOND, T0, make_span

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
