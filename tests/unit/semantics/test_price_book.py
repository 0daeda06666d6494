from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from spanvas.semantics import price_book
from spanvas.semantics.price_book import Price, price_of

FILE = Path(price_book.__file__).with_name("prices.json")
USD = 1_000_000_000


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * USD


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A book of the test's own, written into before the first price is asked for."""
    made: dict[str, Any] = {
        name: {"models": []} for name in ("openai", "anthropic", "google", "mistral", "cohere")
    }
    monkeypatch.setattr(price_book, "_book", lambda: made)
    caches = (price_book._entry, price_book._known, price_book._index)
    for cached in caches:
        cached.cache_clear()
    yield made
    for cached in caches:
        cached.cache_clear()


def test_the_file_says_where_it_is_from_and_stays_small() -> None:
    data = json.loads(FILE.read_text("utf-8"))

    assert data["source"].startswith("genai-prices ")
    assert data["licence"].startswith(
        "The MIT License (MIT)\n\nCopyright (c) Pydantic Services Inc."
    )
    assert datetime.fromisoformat(data["taken"]).year >= 2025
    assert FILE.stat().st_size <= 300_000
    assert sum(len(provider["models"]) for provider in data["providers"].values()) > 2_000


@pytest.mark.parametrize(
    ("model", "provider", "input_", "output"),
    [
        ("gpt-4o", "openai", 2.5, 10),
        ("gpt-4o-2024-08-06", None, 2.5, 10),
        ("GPT-4o ", "OpenAI", 2.5, 10),
        ("openai/gpt-4o", None, 2.5, 10),
        ("gpt-4o", "azure.ai.openai", 2.5, 10),
        ("text-embedding-3-small", None, 0.02, 0),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", None, 3, 15),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", "aws.bedrock", 3, 15),
        (
            "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0",
            "aws.bedrock",
            0.25,
            1.25,
        ),
        # by a name without its date
        ("anthropic.claude-sonnet-4-5", "aws.bedrock", 3.3, 16.5),
        # of a date that nobody knows yet
        ("gpt-4o-2031-08-06", "openai", 2.5, 10),
        ("gemini-2.5-flash", "gcp.gemini", 0.3, 2.5),
        ("models/gemini-2.5-flash", "gcp.gen_ai", 0.3, 2.5),
        ("claude-sonnet-4-5@20250929", "gcp.vertex_ai", 3, 15),
        ("grok-4", "x_ai", 3, 15),
        ("mistral-large-latest", "mistral_ai", 2, 6),
        # a gateway that nobody knows, with a model that everybody does
        ("gpt-4o", "somebody.new", 2.5, 10),
    ],
)
def test_models_are_found_by_the_names_that_providers_and_gateways_give_them(
    model: str, provider: str | None, input_: float, output: float
) -> None:
    price = price_of(model, provider)

    assert price is not None
    assert (price.input, price.output) == (round(input_ * USD), round(output * USD))


@pytest.mark.parametrize("model", ["someone/new-model", "", "writer", "x" * 10_000, "/", "a/b/c/d"])
def test_an_unknown_model_has_no_price(model: str) -> None:
    assert price_of(model) is None
    assert price_of(model, "openai") is None


def test_the_price_is_that_of_the_time() -> None:
    model = "claude-opus-4-6"

    before = price_of(model, "anthropic", at("2026-03-12T23:59:59"))
    after = price_of(model, "anthropic", at("2026-03-13T00:00:00"))

    assert before is not None
    assert before.for_input(300_000).input == 10 * USD
    assert after is not None
    assert after.for_input(300_000).input == 5 * USD
    assert price_of(model, "anthropic") == after


def test_the_price_may_depend_on_the_hour() -> None:
    model = "deepseek-chat"

    assert price_of(model, None, at("2025-06-01T00:29:59")) == Price(
        135_000_000, 550_000_000, 35_000_000, 135_000_000
    )
    assert price_of(model, None, at("2025-06-01T00:30:00")) == Price(
        270_000_000, 1_100_000_000, 70_000_000, 270_000_000
    )


def test_many_tokens_may_cost_another_price(book: dict[str, Any]) -> None:
    book["openai"]["models"] = [["=m", [[1, [100, 2], [200, 3]], [5, [200, 6]]]]]

    price = price_of("m", "openai")

    assert price is not None
    assert [price.for_input(tokens).input for tokens in (100, 101, 201)] == [USD, 2 * USD, 3 * USD]
    assert [price.for_input(tokens).output for tokens in (100, 101, 201)] == [
        5 * USD,
        5 * USD,
        6 * USD,
    ]


def test_a_tier_of_service_may_have_a_price_of_its_own(book: dict[str, Any]) -> None:
    book["openai"]["models"] = [
        [
            "=m",
            {
                "when": [[None, [2, 8, 1]], ["2026-06-01", [4, 8, 1]]],
                "tier": {"flex": [["2026-07-01", [0.5]], ["2026-06-01", [1, None]]]},
            },
        ]
    ]
    may, june, july = (at(f"2026-0{month}-15T00:00:00") for month in (5, 6, 7))

    assert price_of("m", "openai", june, "flex") == Price(USD, 8 * USD, USD, USD)
    assert price_of("m", "openai", july, "flex") == Price(USD // 2, 8 * USD, USD, USD // 2)
    assert price_of("m", "openai", may, "flex") == Price(2 * USD, 8 * USD, USD, 2 * USD)
    assert price_of("m", "openai", june, "other") == Price(4 * USD, 8 * USD, USD, 4 * USD)
    assert price_of("m", "openai", may) == Price(2 * USD, 8 * USD, USD, 2 * USD)


def test_hours_may_reach_over_midnight_and_the_first_price_is_the_last_resort(
    book: dict[str, Any],
) -> None:
    book["openai"]["models"] = [
        ["=m", {"when": [["2026-06-01", [2]], ["16:30:00/00:30:00", [1]]]}],
        ["=n", {"when": [["2026-06-01", [2]], ["2026-07-01", [3]]]}],
    ]

    def input_at(model: str, time: str) -> int:
        price = price_of(model, "openai", at(time))
        assert price is not None
        return price.input

    assert input_at("m", "2026-06-02T23:00:00") == USD
    assert input_at("m", "2026-06-02T00:10:00") == USD
    assert input_at("m", "2026-06-02T12:00:00") == 2 * USD
    assert input_at("n", "2020-01-01T00:00:00") == 2 * USD


@pytest.mark.parametrize(
    ("clause", "model", "is_meant"),
    [
        ("=gpt", "gpt", True),
        ("=gpt", "gpt-5", False),
        ("^gpt", "gpt-5", True),
        ("*5", "gpt-5-mini", True),
        ("$mini", "gpt-5-mini", True),
        ("$5", "gpt-5-mini", False),
        ("/^g.t-\\d$", "gpt-5", True),
        ("/^g.t-\\d$", "gpt-55", False),
        (["=a", "=gpt-5"], "gpt-5", True),
        ({"and": ["^gpt", "$5"]}, "gpt-5", True),
        ({"and": ["^gpt", "$6"]}, "gpt-5", False),
    ],
)
def test_clauses_of_the_book(book: dict[str, Any], clause: Any, model: str, is_meant: bool) -> None:
    book["openai"]["models"] = [[clause, [1]]]

    assert (price_of(model, "openai") is not None) is is_meant


def test_a_name_is_completed_by_a_date_or_a_version_alone(book: dict[str, Any]) -> None:
    book["openai"]["models"] = [
        [{"and": ["^x"]}, []],
        [["=model-mini-20250929", "=model-20250929-v1:0"], [1]],
    ]

    assert price_of("model", "openai") == Price(USD, 0, USD, USD)
    assert price_of("mode", "openai") is None


def test_dates_are_written_with_dashes_and_without(book: dict[str, Any]) -> None:
    book["openai"]["models"] = [["=gpt-5.2-2025-12-11", [1]]]

    assert price_of("gpt-5.2-20251211", "openai") is not None


def test_providers_sell_models_of_others(book: dict[str, Any]) -> None:
    book["azure"] = {"models": [["=own", [1]]], "fallback": ["openai"]}
    book["openai"]["models"] = [["=m", [2]]]
    book["bedrock-like"] = {"provider": "*rock", "models": [["=m", [3]]]}

    def input_of(model: str, provider: str | None) -> int | None:
        price = price_of(model, provider)
        return price.input if price else None

    assert input_of("own", "azure.anything") == USD
    assert input_of("m", "azure.ai.openai") == 2 * USD
    assert input_of("m", "my-rock") == 3 * USD
    assert input_of("my-rock/m", None) == 3 * USD


def test_what_is_paid_for_otherwise_has_no_price_in_tokens(book: dict[str, Any]) -> None:
    book["openai"]["models"] = [
        ["=audio", []],
        ["=audio-2", [None, None]],
        ["=calls", [1, 2, None, None, 3, 5]],
    ]

    assert price_of("audio", "openai") is None
    assert price_of("audio-2", "openai") is None
    assert price_of("calls", "openai") == Price(USD, 2 * USD, USD, USD, 3 * USD, 5_000_000)
