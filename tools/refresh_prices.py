"""Writes the layer's `prices.json` from the genai-prices project's data: `python -m tools.refresh_prices`.

The package is installed into a throw-away environment, and its data are written down slim: prices of tokens and of
requests, with their history, tiers and times of day, and how providers and models are recognised. Prices of seconds,
pages and searches are left out, as spans do not report those.

Not responsible for what the data mean: see `spanvas.semantics.price_book`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
FILE: Final = ROOT / "layers" / "spanvas" / "spanvas" / "semantics" / "prices.json"

PRICES: Final = (
    "input_mtok",
    "output_mtok",
    "cache_read_mtok",
    "cache_write_mtok",
    "output_reasoning_mtok",
    "requests_kcount",
)
"""What a price list holds, in this order: USD per million tokens, and per thousand requests."""
TIERS: Final = frozenset({"priority", "flex", "fast"})


def slim(providers: Iterable[Any]) -> dict[str, Any]:
    """Providers of genai-prices as JSON: id -> {model?, provider?, fallback?, models: [[match, prices], ...]}."""
    return {provider.id: _provider(provider) for provider in providers}


def _provider(provider: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if provider.model_match is not None:
        found["model"] = clause(provider.model_match)
    if provider.provider_match is not None:
        found["provider"] = clause(provider.provider_match)
    if provider.fallback_model_providers:
        found["fallback"] = list(provider.fallback_model_providers)
    found["models"] = [[clause(model.match), _prices(model)] for model in provider.models]
    return found


def _prices(model: Any) -> Any:
    """`[input, output, ...]`; with history `{"when": [[condition, prices], ...], "tier": {name: [[condition, prices],
    ...]}}`: the last that holds of the history, the first that holds of a tier.

    Empty for a model that is paid by other things than tokens: it is in the list so that no other takes its name.
    """
    given = model.prices
    standard: list[Any] = (
        [[None, price_list(given)]]
        if not isinstance(given, list)
        else [[_condition(item.constraint), price_list(item.prices)] for item in given]
    )
    tiers: dict[str, list[Any]] = {}
    for variant in model.price_variants or ():
        tier = variant.when.get("service_tier")
        prices = price_list(variant.prices)
        if prices and tier in TIERS and len(variant.when) == 1:
            tiers.setdefault(tier, []).append([_condition(variant.constraint), prices])
    if len(standard) == 1 and not tiers:
        return standard[0][1]
    return {"when": standard} | ({"tier": tiers} if tiers else {})


def price_list(price: Any) -> list[Any]:
    """A number each; `[base, [tokens, price], ...]` where more input tokens than that cost another price."""
    values = [_price(getattr(price, name, None)) for name in PRICES]
    while values and values[-1] is None:
        values.pop()
    return values


def _price(value: Any) -> Any:
    if value is None:
        return None
    if hasattr(value, "tiers"):
        return [number(value.base), *([tier.start, number(tier.price)] for tier in value.tiers)]
    return number(value)


def number(value: Any) -> int | float:
    """A decimal as the shortest JSON number that is exactly it."""
    as_float = float(value)
    if type(value)(repr(as_float)) != value:
        raise ValueError(f"{value} is no exact JSON number")
    return int(as_float) if as_float.is_integer() else as_float


def clause(match: Any) -> Any:
    """`=equal`, `*contained`, `^beginning`, `$end`, `/expression`; a list is "any of", `{"and": [...]}` "all of"."""
    name = type(match).__name__
    if name == "ClauseOr":
        return [clause(part) for part in match.or_]
    if name == "ClauseAnd":
        return {"and": [clause(part) for part in match.and_]}
    sign, field = {
        "ClauseEquals": ("=", "equals"),
        "ClauseContains": ("*", "contains"),
        "ClauseStartsWith": ("^", "starts_with"),
        "ClauseEndsWith": ("$", "ends_with"),
        "ClauseRegex": ("/", "regex"),
    }[name]
    text: str = getattr(match, field)
    return sign + (text if sign == "/" else text.lower())


def _condition(constraint: Any) -> str | None:
    """`2026-09-01`, from that day on; `16:30:00/00:30:00`, in those hours (UTC)."""
    if constraint is None:
        return None
    if hasattr(constraint, "start_date"):
        return str(constraint.start_date)
    return f"{_utc(constraint.start_time)}/{_utc(constraint.end_time)}"


def _utc(time: Any) -> str:
    if time.utcoffset():
        raise ValueError(f"{time} is not UTC")
    return str(time.replace(tzinfo=None).isoformat())


def document(version: str, licence: str, providers: dict[str, Any], taken: date) -> str:
    """The file: valid JSON with a line per provider, so that a refresh can be reviewed."""
    head = {
        "source": f"genai-prices {version}, https://github.com/pydantic/genai-prices",
        "licence": licence,
        "taken": taken.isoformat(),
        "unit": "USD per million tokens: input, output, cache read, cache write, reasoning; USD per thousand requests",
    }
    lines = [
        f"{json.dumps(name)}:{json.dumps(provider, ensure_ascii=False, separators=(',', ':'))}"
        for name, provider in providers.items()
    ]
    body = json.dumps(head, ensure_ascii=False, indent=0)[:-2]
    return f'{body},\n"providers": {{\n' + ",\n".join(lines) + "\n}\n}\n"


def _print_installed() -> None:
    """Runs in the throw-away environment: the data of the package that is installed there."""
    from importlib.metadata import distribution

    from genai_prices.data import providers  # type: ignore[import-not-found]

    package = distribution("genai-prices")
    licences = [file for file in package.files or () if file.name.startswith("LICENSE")]
    licence = Path(str(licences[0].locate())).read_text("utf-8")
    print(json.dumps([package.version, licence, slim(providers)]))


def _printed_by_new_one(version: str) -> str:
    requirement = f"genai-prices=={version}" if version else "genai-prices"
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", requirement], check=True)
        return _printed_by(str(python))


def _printed_by(python: str) -> str:
    command = [python, "-I", __file__, "--print-installed"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def main(arguments: list[str]) -> int:
    """Writes `prices.json` from a version of genai-prices. Returns the exit code of the process."""
    parser = argparse.ArgumentParser(prog="python -m tools.refresh_prices", description=__doc__)
    parser.add_argument("--version", default="", help="of genai-prices; the newest unless given")
    parser.add_argument(
        "--python",
        default="",
        help="of an environment that has genai-prices: nothing is downloaded",
    )
    parser.add_argument("--print-installed", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.print_installed:
        _print_installed()
        return 0
    installed = options.python
    printed = _printed_by(installed) if installed else _printed_by_new_one(options.version)
    version, licence, providers = json.loads(printed)
    text = document(version, licence, providers, date.today())
    FILE.write_text(text, "utf-8")
    models = sum(len(provider["models"]) for provider in providers.values())
    print(f"{FILE.relative_to(ROOT)}: {models} models of genai-prices {version}, {len(text)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
