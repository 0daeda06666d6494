from __future__ import annotations

from spanvas.model.usage import Usage
from spanvas.semantics.prices import Price, cost_lines, cost_of, lines_of, price_of
from tests.builders import make_span

SONNET = "us.anthropic.claude-sonnet-4-20250514-v1:0"


def attributes(model: str = SONNET, **usage: int) -> dict[str, object]:
    names = {"input": "input_tokens", "output": "output_tokens", "read": "cache_read.input_tokens"}
    return {
        "gen_ai.request.model": model,
        **{f"gen_ai.usage.{names[key]}": value for key, value in usage.items()},
    }


def test_a_call_costs_its_tokens_times_their_prices() -> None:
    # 500 x $3 + 500 x $0.30 + 100 x $15, each per million
    assert cost_of(attributes(input=1000, read=500, output=100)) == 1_500_000 + 150_000 + 1_500_000


def test_the_arithmetic_adds_up_to_the_cost() -> None:
    given = attributes(input=1000, read=500, output=100)

    lines = cost_lines(make_span(attributes=given))

    assert [(line.what, line.tokens, line.nano_usd) for line in lines] == [
        ("input", 500, 1_500_000),
        ("cache read", 500, 150_000),
        ("output", 100, 1_500_000),
    ]
    assert sum(line.nano_usd for line in lines) == cost_of(given)


def test_an_unknown_model_has_no_cost_which_is_not_zero() -> None:
    assert cost_of(attributes("someone/new-model", input=10)) is None
    assert cost_lines(make_span(attributes=attributes("someone/new-model", input=10))) == []


def test_a_call_without_usage_has_no_cost() -> None:
    assert cost_of({"gen_ai.request.model": SONNET}) is None


def test_a_reported_cost_wins() -> None:
    assert cost_of({**attributes(input=1000), "spanvas.cost_nano_usd": 7}) == 7
    assert cost_of({**attributes(input=1000), "spanvas.cost_nano_usd": -7}) == 3_000_000


def test_the_longest_name_decides() -> None:
    assert price_of("global.anthropic.claude-haiku-4-5-20251001-v1:0") == Price(
        1_000_000_000, 5_000_000_000, 100_000_000, 1_250_000_000
    )
    assert price_of("eu.anthropic.claude-haiku-4-5-20251001-v1:0") == Price(
        1_100_000_000, 5_500_000_000, 110_000_000, 1_375_000_000
    )


def test_lines_are_rounded_to_the_nearest() -> None:
    [line] = lines_of(Usage(3, 0), Price(35_000_000, 0, 0, 0))

    assert line.nano_usd == 105
    assert lines_of(Usage(1, 0), Price(500_000, 0, 0, 0))[0].nano_usd == 1
