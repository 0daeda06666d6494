"""Which price a model had at a time, from `prices.json` (the genai-prices project's data; source and date in it).

The file is read when the first price is asked for (2 ms), and what was found is remembered per model and provider.
Everything is an integer of 1e-9 USD, so that sums are exact.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from spanvas.lazy_pattern import LazyPattern
from spanvas.model.units import NANO

DATED: Final = LazyPattern(r"-(20\d\d)(\d\d)(\d\d)(?!\d)")
TAIL: Final = LazyPattern(r"(?:[-@](?:20\d{6}|20\d\d-\d\d-\d\d|latest))?(?:-v\d+(?::\d+)?)?$")
BEDROCK: Final = LazyPattern(
    r"(?:[a-z]{2,6}(?:-gov)?\.)?"
    r"(?:ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen"
    r"|stability|twelvelabs|writer|zai)\.[a-z]"
)
"""Model ids of Bedrock, with the region of an inference profile or without: `us.anthropic.claude-...`."""

PROVIDERS: Final = {
    "aws.bedrock": "aws",
    "azure.ai.inference": "azure",
    "azure.ai.openai": "azure",
    "gcp.gemini": "google",
    "gcp.gen_ai": "google",
    "gcp.vertex_ai": "google",
    "mistral_ai": "mistral",
    "moonshot_ai": "moonshotai",
    "x_ai": "x-ai",
}
"""OpenTelemetry's names of providers -> those of the price list, where the list would not know them."""


MAKERS: Final = ("openai", "anthropic", "google", "mistral", "cohere")
"""Whose models are asked for by names that do not tell whose they are: `text-embedding-3-small`."""


class Price(NamedTuple):
    """1e-9 USD per million tokens; `request` per call.

    `reasoning` is None where reasoning costs what other output does. `above` holds the prices that apply to all
    tokens of a call with more input tokens than the number beside them, smallest number first.
    """

    input: int
    output: int
    cache_read: int
    cache_write: int
    reasoning: int | None = None
    request: int = 0
    above: tuple[tuple[int, Price], ...] = ()

    def for_input(self, tokens: int) -> Price:
        """Returns the price of a call with so many input tokens."""
        found = self
        for start, price in self.above:
            if tokens > start:
                found = price
        return found


def price_of(
    model: str,
    provider: str | None = None,
    time_unix_nano: int | None = None,
    service_tier: str | None = None,
) -> Price | None:
    """Returns the price of a model, by the id that providers use, at a time (by default now).

    None where it is not known.

    `provider` as OpenTelemetry names it. Where it is not known, or has no such model, the model's own name decides:
    gateways respond under names of their own.
    """
    entry = _entry(model[:200], provider)
    if entry is None:
        return None
    if len(entry.history) == 1 and service_tier not in entry.tiers:
        return entry.history[0].price
    seconds = None if time_unix_nano is None else time_unix_nano // NANO
    moment = datetime.now(UTC) if seconds is None else datetime.fromtimestamp(seconds, UTC)
    standard = next(
        (dated for dated in reversed(entry.history) if _holds(dated.condition, moment)),
        entry.history[0],
    )
    for dated in entry.tiers.get(service_tier, ()):
        if _holds(dated.condition, moment):
            return _price(_overridden(standard.values, dated.values))
    return standard.price


class _Dated(NamedTuple):
    """Prices of the book, and when they hold."""

    condition: str | None
    values: list[Any]
    price: Price | None


class _Entry(NamedTuple):
    """A model's prices: the last whose condition holds counts; of a tier of service the first, instead of it."""

    history: tuple[_Dated, ...]
    tiers: Mapping[str | None, tuple[_Dated, ...]]


def _made(found: Any) -> _Entry:
    """An entry from the book: a list of prices, or an object with history and tiers."""
    if isinstance(found, list):
        return _Entry((_Dated(None, found, _price(found)),), {})
    return _Entry(
        _dated(found["when"]),
        {name: _dated(prices) for name, prices in found.get("tier", {}).items()},
    )


def _dated(prices: list[Any]) -> tuple[_Dated, ...]:
    return tuple(_Dated(condition, values, _price(values)) for condition, values in prices)


def _holds(condition: str | None, moment: datetime) -> bool:
    """`2026-06-01`: from that day on; `16:30:00/00:30:00`: in those hours (UTC)."""
    if condition is None:
        return True
    start, _, end = condition.partition("/")
    if not end:
        return moment.date() >= date.fromisoformat(start)
    begins, ends, now = time.fromisoformat(start), time.fromisoformat(end), moment.time()
    if ends < begins:
        return now >= begins or now < ends
    return begins <= now < ends


def _overridden(values: list[Any], override: list[Any]) -> list[Any]:
    size = max(len(values), len(override))
    padded = [[*part, *[None] * (size - len(part))] for part in (values, override)]
    return [new if new is not None else old for old, new in zip(*padded, strict=True)]


def _price(values: list[Any]) -> Price | None:
    """The price in a list of `prices.json`; None where tokens have none in it."""
    if all(value is None for value in values):
        return None
    starts = sorted({tier[0] for value in values if isinstance(value, list) for tier in value[1:]})
    above = tuple((start, _flat(values, start + 1)) for start in starts)
    return _flat(values, 0)._replace(above=above)


def _flat(values: list[Any], tokens: int) -> Price:
    """The price of calls with that many input tokens. What has no price of its own costs what its whole does."""
    given = [_nano(value, tokens) for value in values]
    given += [None] * (6 - len(given))
    input_, output, read, write, reasoning, request = given
    input_ = input_ or 0
    return Price(
        input_,
        output or 0,
        input_ if read is None else read,
        input_ if write is None else write,
        reasoning,
        (request or 0) // 1000,
    )


def _nano(value: Any, tokens: int) -> int | None:
    if isinstance(value, list):
        price = value[0]
        for start, higher in value[1:]:
            if tokens > start:
                price = higher
        value = price
    return None if value is None else round(value * NANO)


@lru_cache(maxsize=4096)
def _entry(model: str, provider: str | None) -> _Entry | None:
    """The model's entry in the book, or None."""
    name = model.strip().lower()
    if name.startswith("arn:"):
        name = name.rpartition("/")[2]
    # `openai/gpt-4o` of gateways, `models/gemini-...` of Google, `openrouter/openai/gpt-4o`
    head, _, rest = name.partition("/")
    last = rest.rpartition("/")[2]
    for form, seller in ((name, provider), (rest, _known(head) or provider), (last, provider)):
        for candidate in _providers_for(form, seller) if form else ():
            found = _find(candidate, form)
            if found is not None:
                return _made(found)
    return None


def _providers_for(name: str, provider: str | None) -> list[str]:
    """Where to look a model up: with its provider, else by the form of the id, else by the name alone."""
    found = _known(provider) if provider else None
    candidates = [found] if found else []
    if BEDROCK.match(name) and "aws" in _book():
        candidates.append("aws")
    candidates += [key for key, entry in _book().items() if _matches(entry.get("model"), name)][:1]
    return [*candidates, *MAKERS]


@lru_cache(maxsize=1024)
def _known(provider: str) -> str | None:
    """The name in the book of a provider, however it is written."""
    name = provider.strip().lower()
    name = PROVIDERS.get(name, name)
    if name in _book():
        return name
    if name.startswith("azure"):
        return "azure"
    return next(
        (key for key, entry in _book().items() if _matches(entry.get("provider"), name)), None
    )


def _find(provider: str, name: str) -> Any:
    """Prices of a model at a provider or at one whose models it offers.

    Where nothing has that name: by `-2025-08-07` for `-20250807`, without date and version, and then the first
    model whose full name begins with it.
    """
    index = _index(provider)
    short = TAIL.sub("", name)
    for form in dict.fromkeys((name, DATED.sub(r"-\1-\2-\3", name), short)):
        position, prices = index.exact.get(form, (index.size, None))
        for other, clause, found in index.others:
            if other < position and _matches(clause, form):
                return found
        if prices is not None:
            return prices
    for text, prices in index.names:
        if text.startswith(short) and TAIL.fullmatch(text, len(short)):
            return prices
    return None


class _Index(NamedTuple):
    """The models of a provider, the first of which counts: by name, by other clauses, and all names in them."""

    exact: dict[str, tuple[int, Any]]
    others: list[tuple[int, Any, Any]]
    names: list[tuple[str, Any]]
    size: int


@cache
def _index(provider: str) -> _Index:
    book = _book()
    models = [
        model
        for key in (provider, *book[provider].get("fallback", ()))
        for model in book[key]["models"]
    ]
    index = _Index({}, [], [], len(models))
    for position, (match, prices) in enumerate(models):
        for clause in match if isinstance(match, list) else [match]:
            if not isinstance(clause, str) or clause[0] not in "=^*":
                index.others.append((position, clause, prices))
                continue
            index.names.append((clause[1:], prices))
            if clause[0] == "=":
                index.exact.setdefault(clause[1:], (position, prices))
            else:
                index.others.append((position, clause, prices))
    return index


def _matches(clause: Any, text: str) -> bool:
    """Whether a clause of the book holds for a text in lower case: see `tools.refresh_prices.clause`."""
    if clause is None:
        return False
    if isinstance(clause, list):
        return any(_matches(part, text) for part in clause)
    if isinstance(clause, Mapping):
        return all(_matches(part, text) for part in clause["and"])
    sign, wanted = clause[0], clause[1:]
    if sign == "=":
        return bool(text == wanted)
    if sign == "^":
        return text.startswith(wanted)
    if sign == "*":
        return wanted in text
    if sign == "$":
        return text.endswith(wanted)
    return re.search(wanted, text) is not None


@cache
def _book() -> dict[str, Any]:
    text = Path(__file__).with_name("prices.json").read_text("utf-8")
    return json.loads(text)["providers"]  # type: ignore[no-any-return]
