"""Every price of every model against genai-prices itself, at several times and lengths."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from spanvas.model.usage import Usage
from spanvas.semantics import price_book
from spanvas.semantics.prices import lines_of, price_of
from tests.dialects.live import PRODUCERS, PYTHON
from tools import refresh_prices

SECONDS = 1_790_000_000
"""2026-09-21 14:13:20 UTC."""
TIMES = (SECONDS - 300 * 86_400, SECONDS - 11 * 3_600, SECONDS)
SHORT = Usage(1_000, 100, 400, 0)
LONG = Usage(900_000, 1_000, 100_000, 50_000)


def asked(question: Any) -> Any:
    done = subprocess.run(
        [str(PYTHON), str(PRODUCERS / "price_oracle.py")],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_the_file_is_made_of_the_installed_package_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed = json.loads(refresh_prices.FILE.read_text("utf-8"))
    monkeypatch.setattr(refresh_prices, "FILE", tmp_path / "prices.json")
    monkeypatch.setattr(refresh_prices, "ROOT", tmp_path)

    assert refresh_prices.main(["--python", str(PYTHON)]) == 0

    made = json.loads((tmp_path / "prices.json").read_text("utf-8"))
    assert made["licence"].startswith("The MIT License")
    if made["source"] == committed["source"]:
        assert made["providers"] == committed["providers"]


def test_every_model_costs_what_genai_prices_says() -> None:
    source = json.loads(Path(price_book.__file__).with_name("prices.json").read_text())["source"]
    known = asked(None)
    if f"genai-prices {known['version']}," not in source:
        pytest.skip("the file is of another version: python -m tools.refresh_prices")
    questions = [
        (provider, model, usage, seconds)
        for provider, model in known["models"]
        for usage in (SHORT, LONG)
        for seconds in TIMES
    ]
    theirs = asked(
        [
            (
                provider,
                model,
                {
                    "input_tokens": usage.input_tokens,
                    "output_tokens": usage.output_tokens,
                    "cache_read_tokens": usage.cache_read_tokens,
                    "cache_write_tokens": usage.cache_write_tokens,
                },
                seconds,
            )
            for provider, model, usage, seconds in questions
        ]
    )

    different, compared = [], 0
    for (provider, model, usage, seconds), nano_usd in zip(questions, theirs, strict=True):
        price = price_of(model, provider, seconds * 1_000_000_000)
        if price is None:
            continue
        ours = sum(line.nano_usd for line in lines_of(usage, price))
        compared += 1
        if nano_usd is not None and abs(ours - nano_usd) > 2:  # a rounding for each line
            different.append((provider, model, usage, seconds, ours, nano_usd))
    assert different == []
    assert compared > 12_000
