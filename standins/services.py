"""The three services that the shipped workflows call: a library, an order desk, and carriers that book parcels.

Every answer says that it comes from a stand-in. The carrier Nordpost's booking is always down, so that there is a
failure to look at.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from local.project import PROJECT

STAND_IN: Final = {"x-spanvas-stand-in": "demo-services"}
DATA: Final = Path(__file__).parent / "orders.json"
TEXTS: Final = PROJECT / "functions" / "executor" / "workflows" / "texts"
CARRIER_THAT_IS_DOWN: Final = "nordpost"
WORD: Final = re.compile(r"[a-z]+")


class DemoServices:
    """`/library`, `/orders` and `/shipping`, each the base URL of the connection of that name."""

    def __init__(self, latency: float) -> None:
        self._latency = latency

    def respond(self, method: str, path: str, body: bytes) -> tuple[int, Any, Mapping[str, str]]:
        """Answers a request with status, body and headers."""
        parts = urlsplit(path)
        segments = [unquote(part) for part in parts.path.split("/") if part]
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        jitter = hashlib.blake2b(path.encode(), digest_size=1).digest()[0] / 255
        time.sleep((9 + 14 * jitter) * self._latency / 1_000)
        match [method, *segments]:
            case ["GET", "library", "articles"]:
                return _ok({"items": find_articles(query.get("q", ""), _limit(query))})
            case ["GET", "library", "articles", name] if name in articles():
                return _ok(articles()[name])
            case ["GET", "orders", "orders"]:
                email = query.get("email", "")
                found = [
                    order for order in _orders().values() if order["customer"]["email"] == email
                ]
                return _ok({"items": found})
            case ["GET", "orders", "orders", name] if name in _orders():
                return _ok(_orders()[name])
            case ["GET", "orders", "shipments", number] if number in _data()["shipments"]:
                return _ok(_data()["shipments"][number])
            case ["POST", "shipping", "carriers", carrier, "shipments"]:
                return _book(carrier, body)
        return _problem(404, "Not Found", f"there is nothing at {method} {parts.path}")


def find_articles(phrase: str, limit: int) -> list[dict[str, Any]]:
    """Articles that share words with the phrase, the title's counting most; best first, then by id."""
    wanted = [_forms(word) for word in WORD.findall(phrase.lower())]
    found = []
    for name, article in articles().items():
        words = WORD.findall(article["text"].lower())
        title = WORD.findall(article["title"].lower())
        score = sum(
            min(5, sum(word in forms for word in words)) + 5 * any(word in forms for word in title)
            for forms in wanted
        )
        if score:
            found.append({"id": name, "title": article["title"], "score": score})
    return sorted(found, key=lambda item: (-item["score"], item["id"]))[:limit]


def _forms(word: str) -> set[str]:
    """A word with its plurals or its singulars; nothing cleverer is needed for eight articles."""
    return {word, f"{word}s", f"{word}es", word.removesuffix("s"), word.removesuffix("es")}


@cache
def articles() -> dict[str, dict[str, Any]]:
    """The texts that ship with the workflows, by file name; a text's first line is its title."""
    found = {}
    for path in sorted(TEXTS.glob("*.txt")):
        title, _, text = path.read_text("utf-8").partition("\n")
        found[path.stem] = {
            "id": path.stem,
            "title": title.strip(),
            "text": text.strip(),
            "words": len(text.split()),
        }
    return found


@cache
def _data() -> Any:
    return json.loads(DATA.read_text("utf-8"))


def _orders() -> dict[str, Any]:
    return {order["id"]: order for order in _data()["orders"]}


def _book(carrier: str, body: bytes) -> tuple[int, Any, Mapping[str, str]]:
    try:
        order = json.loads(body)["order"]
    except (ValueError, KeyError, TypeError):
        return _problem(422, "Unprocessable Content", "a booking needs an order")
    if carrier.lower() == CARRIER_THAT_IS_DOWN:
        detail = f"{carrier}'s booking service is down for maintenance; {order} was not booked"
        return _problem(503, "Service Unavailable", detail)
    digits = int.from_bytes(hashlib.blake2b(str(order).encode(), digest_size=4).digest())
    return 201, {"tracking_number": f"{carrier[:2].upper()}{digits:010d}", "order": order}, STAND_IN


def _limit(query: Mapping[str, str]) -> int:
    text = query.get("limit", "")
    return int(text) if text.isdigit() else 10


def _ok(body: Any) -> tuple[int, Any, Mapping[str, str]]:
    return 200, body, STAND_IN


def _problem(status: int, title: str, detail: str) -> tuple[int, Any, Mapping[str, str]]:
    headers = {**STAND_IN, "content-type": "application/problem+json"}
    return (
        status,
        {"type": "about:blank", "title": title, "status": status, "detail": detail},
        headers,
    )
