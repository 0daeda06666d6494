from __future__ import annotations

from spanvas.model.usage import Usage
from spanvas.semantics.prices import CostLine, Price, cost_lines, lines_of, price_of
from spanvas.semantics.summary import row_of
from tests.support.builders import make_span

SONNET = "us.anthropic.claude-sonnet-4-20250514-v1:0"


def attributes(model: str = SONNET, **usage: int | str) -> dict[str, object]:
    names = {"input": "input_tokens", "output": "output_tokens", "read": "cache_read.input_tokens"}
    return {
        "gen_ai.request.model": model,
        **{f"gen_ai.usage.{names[key]}": value for key, value in usage.items()},
    }


def cost_of(given: dict[str, object]) -> int | None:
    return row_of(make_span(kind="model", attributes=given)).cost_nano_usd


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


def test_an_answer_whose_question_is_not_known_has_no_cost_that_looks_like_all_of_it() -> None:
    assert cost_of(attributes(output=100)) is None
    assert cost_of(attributes(input="10_000", output=100)) is None
    assert cost_of(attributes(input=-1, output=100)) is None
    assert cost_of(attributes(input=1000)) == 3_000_000


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


def test_reasoning_may_have_a_price_of_its_own_and_a_call_one_for_itself() -> None:
    price = Price(2_000_000_000, 8_000_000_000, 0, 0, 3_000_000_000, 5_000_000)

    assert lines_of(Usage(100, 50, 0, 0, 30), price) == [
        CostLine("input", 100, 2_000_000_000, 200_000),
        CostLine("output", 20, 8_000_000_000, 160_000),
        CostLine("reasoning", 30, 3_000_000_000, 90_000),
        CostLine("request", 1, 5_000_000_000_000, 5_000_000),
    ]


def test_all_tokens_of_a_long_call_cost_the_price_of_long_calls() -> None:
    price = Price(1_000_000, 5_000_000, 0, 0, above=((100, Price(2_000_000, 7_000_000, 0, 0)),))

    assert [line.nano_usd for line in lines_of(Usage(101, 10), price)] == [202, 70]
    assert [line.nano_usd for line in lines_of(Usage(100, 10), price)] == [100, 50]


def test_the_arithmetic_of_a_reported_cost_is_that_it_was_reported() -> None:
    span = make_span(attributes={**attributes(input=1000), "operation.cost": 0.5})

    assert cost_lines(span) == [CostLine("reported", 0, 0, 500_000_000)]


def test_counts_that_are_all_0_are_not_reported_and_have_no_cost() -> None:
    assert cost_of(attributes(input=0, output=0)) is None
    assert cost_of(attributes(input="0", output="0")) is None
    assert cost_of(attributes(input=0, output=100)) == 1_500_000


def test_where_the_answering_model_has_no_price_the_one_that_was_asked_has() -> None:
    given = {**attributes(input=1000), "gen_ai.response.model": "a-gateways-own-name"}

    assert cost_of(given) == 3_000_000


def test_a_call_costs_what_it_did_at_its_time() -> None:
    given = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "deepseek-chat",
        "gen_ai.usage.input_tokens": 1_000_000,
    }
    hour = 3_600 * 1_000_000_000

    night = row_of(make_span(kind="model", attributes=given, start_time_unix_nano=20 * hour))
    day = row_of(make_span(kind="model", attributes=given, start_time_unix_nano=12 * hour))

    assert (night.cost_nano_usd, day.cost_nano_usd) == (135_000_000, 270_000_000)


def test_a_tier_of_service_is_read_from_the_answer() -> None:
    given = {
        **attributes("gpt-6.1-terra", input=1_000_000),
        "gen_ai.provider.name": "openai",
        "gen_ai.operation.name": "chat",
    }

    standard = cost_of(given)
    priority = cost_of({**given, "openai.response.service_tier": "priority"})

    assert standard is not None
    assert priority == 2 * standard
