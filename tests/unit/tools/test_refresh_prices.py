"""The price file from the package's data, whose classes are known by their names and fields alone."""

from __future__ import annotations

import json
import subprocess
from datetime import date, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tools import refresh_prices
from tools.refresh_prices import clause, document, number, price_list, slim


class ClauseEquals:
    def __init__(self, equals: str) -> None:
        self.equals = equals


class ClauseRegex:
    def __init__(self, regex: str) -> None:
        self.regex = regex


class ClauseOr:
    def __init__(self, *parts: Any) -> None:
        self.or_ = parts


class ClauseAnd:
    def __init__(self, *parts: Any) -> None:
        self.and_ = parts


def prices(**values: Any) -> SimpleNamespace:
    return SimpleNamespace(**{f"{name}_mtok": value for name, value in values.items()})


def model(name: str, given: Any, variants: Any = None) -> SimpleNamespace:
    return SimpleNamespace(match=ClauseEquals(name), prices=given, price_variants=variants)


def dated(given: Any, start: date | None = None) -> SimpleNamespace:
    constraint = None if start is None else SimpleNamespace(start_date=start)
    return SimpleNamespace(constraint=constraint, prices=given)


def tiered(base: str, *tiers: tuple[int, str]) -> SimpleNamespace:
    return SimpleNamespace(
        base=Decimal(base),
        tiers=[SimpleNamespace(start=start, price=Decimal(price)) for start, price in tiers],
    )


def provider(*models: Any, **fields: Any) -> SimpleNamespace:
    values = {"model_match": None, "provider_match": None, "fallback_model_providers": None}
    return SimpleNamespace(id="acme", models=list(models), **{**values, **fields})


def test_a_provider_is_how_it_is_known_and_what_its_models_cost() -> None:
    given = provider(
        model("Big", prices(input=Decimal("2.5"), output=Decimal(10), cache_read=Decimal("0.25"))),
        model("audio", SimpleNamespace(audio_hours=Decimal(1))),
        model_match=ClauseOr(ClauseEquals("Big"), ClauseRegex("^B[ig]+")),
        provider_match=ClauseAnd(ClauseEquals("ACME")),
        fallback_model_providers=["openai"],
    )

    assert slim([given]) == {
        "acme": {
            "model": ["=big", "/^B[ig]+"],
            "provider": {"and": ["=acme"]},
            "fallback": ["openai"],
            "models": [["=big", [2.5, 10, 0.25]], ["=audio", []]],
        }
    }


def test_history_hours_and_tiers_are_kept() -> None:
    hours = SimpleNamespace(
        constraint=SimpleNamespace(start_time=time(16, 30), end_time=time(0, 30)),
        prices=prices(input=Decimal("0.5")),
    )
    variants = [
        SimpleNamespace(
            when={"service_tier": "flex"},
            prices=prices(input=Decimal("0.25")),
            constraint=SimpleNamespace(start_date=date(2026, 7, 1)),
        ),
        SimpleNamespace(when={"service_tier": "default"}, prices=prices(), constraint=None),
        SimpleNamespace(
            when={"processing": "batch"}, prices=prices(input=Decimal(1)), constraint=None
        ),
        SimpleNamespace(
            when={"service_tier": "flex", "speed": "fast"},
            prices=prices(input=Decimal(9)),
            constraint=None,
        ),
    ]
    history = [dated(prices(input=Decimal(2))), dated(prices(input=Decimal(1)), date(2026, 6, 1))]
    given = provider(model("m", [*history, hours], variants), model("n", [history[0]]))

    assert slim([given])["acme"]["models"] == [
        [
            "=m",
            {
                "when": [[None, [2]], ["2026-06-01", [1]], ["16:30:00/00:30:00", [0.5]]],
                "tier": {"flex": [["2026-07-01", [0.25]]]},
            },
        ],
        ["=n", [2]],
    ]


def test_prices_of_long_calls_stand_beside_their_length() -> None:
    given = prices(input=tiered("3", (200_000, "6")), output=Decimal(15))

    assert price_list(given) == [[3, [200_000, 6]], 15]


def test_what_cannot_be_written_exactly_is_refused() -> None:
    assert number(Decimal("0.0375")) == 0.0375
    with pytest.raises(ValueError, match="no exact JSON number"):
        number(Decimal("0.12345678901234567890"))
    away = time(16, 30, tzinfo=timezone(timedelta(hours=2)))
    constraint = SimpleNamespace(start_time=away, end_time=away)
    with pytest.raises(ValueError, match="is not UTC"):
        slim([provider(model("m", [SimpleNamespace(constraint=constraint, prices=prices())]))])
    with pytest.raises(KeyError):
        clause(SimpleNamespace())


def test_the_file_is_json_with_a_line_for_each_provider() -> None:
    text = document("1.0", "MIT …", {"a": {"models": []}, "b": {"models": []}}, date(2026, 6, 1))

    assert json.loads(text)["providers"] == {"a": {"models": []}, "b": {"models": []}}
    assert json.loads(text)["licence"] == "MIT …"
    assert json.loads(text)["taken"] == "2026-06-01"
    assert text.count("\n") == 10


def test_the_package_is_installed_into_an_environment_that_is_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands: list[list[str]] = []

    def run(command: list[Any], **_: Any) -> SimpleNamespace:
        commands.append([str(part) for part in command])
        return SimpleNamespace(stdout=json.dumps(["1.0", "MIT", {"acme": {"models": [[], []]}}]))

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(refresh_prices, "FILE", tmp_path / "prices.json")
    monkeypatch.setattr(refresh_prices, "ROOT", tmp_path)

    assert refresh_prices.main(["--version", "1.0"]) == 0

    made, installed, printed = commands
    assert made[1:3] == ["-m", "venv"]
    assert installed[-1] == "genai-prices==1.0"
    assert printed[1:] == ["-I", refresh_prices.__file__, "--print-installed"]
    assert not Path(made[3]).exists()
    assert json.loads((tmp_path / "prices.json").read_text())["source"].startswith(
        "genai-prices 1.0,"
    )
    assert "2 models of genai-prices 1.0" in capsys.readouterr().out
