"""Token counts and reported costs, whoever counted."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.model.usage import Usage
from spanvas.semantics.reader import SpanReader
from spanvas.semantics.summary import row_of
from tests.support.builders import make_span
from tests.unit.semantics.forms import form_of

CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
BEDROCK = "opentelemetry.instrumentation.botocore.bedrock-runtime"


def usage_of(scope_name: str = "", **counts: int) -> Usage | None:
    names = {
        "input": "gen_ai.usage.input_tokens",
        "output": "gen_ai.usage.output_tokens",
        "read": "gen_ai.usage.cache_read.input_tokens",
        "write": "gen_ai.usage.cache_write.input_tokens",
        "reasoning": "gen_ai.usage.reasoning.output_tokens",
        "total": "gen_ai.usage.total_tokens",
    }
    attributes = {**CHAT, **{names[key]: value for key, value in counts.items()}}
    return form_of(attributes, scope_name=scope_name).usage


def test_input_includes_what_was_cached() -> None:
    assert usage_of(input=1000, read=600, write=100, output=10) == Usage(1000, 10, 600, 100)


def test_cached_tokens_that_exceed_the_input_were_left_out_of_it() -> None:
    assert usage_of(input=100, read=600, write=50, output=10) == Usage(750, 10, 600, 50)


def test_a_total_tells_that_cached_tokens_were_left_out_of_the_input() -> None:
    assert usage_of(input=1000, read=600, output=10, total=1610) == Usage(1600, 10, 600)
    assert usage_of(input=1000, read=600, output=10, total=1010) == Usage(1000, 10, 600)


def test_bedrocks_own_counts_leave_cached_tokens_out_of_the_input() -> None:
    assert usage_of(BEDROCK, input=1000, read=600, output=10) == Usage(1600, 10, 600)
    assert usage_of(BEDROCK, input=1000, output=10) == Usage(1000, 10)


def test_reasoning_that_was_left_out_of_the_output_is_added() -> None:
    assert usage_of(input=10, output=20, reasoning=5) == Usage(10, 20, 0, 0, 5)
    assert usage_of(input=10, output=20, reasoning=50) == Usage(10, 70, 0, 0, 50)
    assert usage_of(input=10, output=20, reasoning=5, total=35) == Usage(10, 25, 0, 0, 5)


def test_a_span_that_speaks_two_dialects_is_counted_once() -> None:
    form = form_of(
        {
            **CHAT,
            "gen_ai.usage.input_tokens": 100,
            "gen_ai.usage.output_tokens": 20,
            "openinference.span.kind": "LLM",
            "llm.token_count.prompt": 101,
            "llm.token_count.completion": 21,
            "llm.token_count.prompt_details.cache_read": 40,
        }
    )

    # What the first does not say, the second may.
    assert form.usage == Usage(100, 20, 40)


@pytest.mark.parametrize(
    ("reported", "nano_usd"),
    [
        ({"gen_ai.usage.cost": 0.0015}, 1_500_000),
        ({"llm.cost.total": 1}, 1_000_000_000),
        ({"operation.cost": 1e-7}, 100),
        ({"operation.cost": 0.0}, 0),
        ({"spanvas.cost_nano_usd": 7, "operation.cost": 1.0}, 7),
        ({"gen_ai.usage.cost": "free", "operation.cost": 0.5}, 500_000_000),
        ({"gen_ai.usage.cost": " 0.0015 "}, 1_500_000),
        ({"gen_ai.cost.total_cost": 0.0014886}, 1_488_600),
        ({"gen_ai.cost.input_cost": 0.001, "gen_ai.cost.output_cost": 0.0005}, 1_500_000),
        ({"gen_ai.cost.input_cost": 0.001}, None),
        (
            {
                "llm.cost.prompt": "0.001",
                "llm.cost.completion": 0.002,
                "openinference.span.kind": "LLM",
            },
            3_000_000,
        ),
        ({"spanvas.cost_nano_usd": "7"}, 7),
        ({"operation.cost": -1.0}, None),
        ({"operation.cost": float("nan")}, None),
        ({"operation.cost": float("inf")}, None),
        ({"operation.cost": True}, None),
        ({"spanvas.cost_nano_usd": True}, None),
    ],
)
def test_a_cost_that_is_reported_wins(reported: dict[str, Any], nano_usd: int | None) -> None:
    attributes = {"gen_ai.operation.name": "chat", **reported}

    assert form_of(attributes).reported_cost_nano_usd == nano_usd
    assert row_of(make_span(kind="model", attributes=attributes)).cost_nano_usd == nano_usd


@pytest.mark.parametrize("names", [
    ("gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"),
    ("gen_ai.usage.prompt_tokens", "gen_ai.usage.completion_tokens"),
    ("llm.token_count.prompt", "llm.token_count.completion"),
    ("ai.usage.inputTokens", "ai.usage.outputTokens"),
])  # fmt: skip
@pytest.mark.parametrize(
    ("counts", "usage"),
    [
        (("22118", "1970"), Usage(22_118, 1_970)),
        ((" 11.0 ", 7.0), Usage(11, 7)),
        (("none", "7"), Usage(None, 7)),
        (("none", "NaN"), None),
        ((1.5, -1), None),
        (("0", 0), None),
    ],
)
def test_counts_are_read_whatever_type_they_were_sent_as(
    names: tuple[str, str], counts: tuple[Any, Any], usage: Usage | None
) -> None:
    row = row_of(make_span(kind="model", attributes=dict(zip(names, counts, strict=True))))

    assert row.usage == usage


def test_a_name_without_a_count_does_not_hide_one_that_has_it() -> None:
    given = {"gen_ai.usage.input_tokens": "none", "gen_ai.usage.prompt_tokens": "7"}

    assert form_of({**CHAT, **given}).usage == Usage(7)


def test_counts_of_0_are_reported_where_a_cost_is() -> None:
    counts = {"gen_ai.usage.input_tokens": 0, "gen_ai.usage.output_tokens": 0}
    span = make_span(kind="model", attributes={**counts, "gen_ai.usage.cost": 0})

    assert SpanReader(span).usage() == Usage(0, 0)
    assert SpanReader(make_span(kind="model", attributes=counts)).usage() is None
