"""What stands around a number: the word before it says whether it is a card, a version or an id."""

from __future__ import annotations

import re
from typing import Final

REACH: Final = 60
"""Bytes before a number in which a word can still be about it."""

LAST_WORD: Final = re.compile(r"([A-Za-z][\w.-]*|[#§])[\s\"'`\\:=({<>|\[@]{0,8}$")
WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[#§]")
FIRST_WORD: Final = re.compile(r"^[\s\"'`)\],;|]{0,3}([A-Za-z]{1,12})\b")

COUNTED: Final = frozenset(
    {
        "#", "id", "ids", "uid", "uuid", "guid", "order", "orders", "message", "messages", "msg", "event", "events",
        "trace", "span", "request", "req", "tweet", "post", "ean", "gtin", "isbn", "upc", "imei", "sku", "offset",
        "offsets", "seq", "sequence", "serial", "ticket", "case", "job", "run", "task", "batch", "block", "commit",
        "hash", "index", "row", "rows", "record", "ref", "reference", "session", "build", "version", "ts", "time",
        "timestamp", "timestamps", "epoch", "since", "until", "nano", "nanos", "millis", "ns", "us", "ms", "size",
        "sizes", "bytes", "length", "count", "counts", "total", "exec", "execution", "instance", "object", "snowflake",
        "nonce", "checkpoint", "partition", "shard", "port", "ports", "sample", "samples", "latency", "latencies",
        "duration", "durations", "took", "delta", "step", "page", "line", "lines", "part", "score", "scores", "etag",
        "revision", "chunk", "cell", "lsn", "txid", "position", "checksum", "crc", "seed", "pid", "tid", "address",
    }
)  # fmt: skip
"""A number behind one of these is an id, a time or a count."""

UNITS: Final = frozenset(
    {"total", "ms", "us", "ns", "s", "sec", "bytes", "kb", "mb", "gb", "rows", "items", "tokens", "requests", "times"}
)  # fmt: skip
"""A number before one of these is a count."""

CARDS: Final = re.compile(
    r"(?i)(?:^|[^a-z])(?:credit|debit|payment|bank)?[ _-]?(?:cards?|cardnumber|visa|mastercard|amex|maestro|diners|jcb"
    r"|unionpay|pan|ccn?|kreditkarte|karte|carte|tarjeta|carta)(?:$|[^a-z])"
)


def before(text: bytes, start: int, name: str = "") -> str:
    """What stands before a place in a text; at its beginning, the name that the text stands under."""
    near = text[max(start - REACH, 0) : start].decode("utf-8", "ignore")
    return f"{name}: {near}" if name and start <= REACH else near


def after(text: bytes, end: int) -> str:
    return text[end : end + 20].decode("utf-8", "ignore")


def last_word(near: str) -> str:
    """The last word right before a number, of a name its last part: `id` of `order_id=`. Empty where there is none."""
    found = LAST_WORD.search(near)
    words = WORDS.findall(found[1]) if found else []
    return words[-1].lower() if words else ""


def first_word(near: str) -> str:
    found = FIRST_WORD.match(near)
    return found[1].lower() if found else ""


def is_counted(text: bytes, start: int, end: int, name: str) -> bool:
    """Whether the words around a number say that it is an id, a time or a count."""
    return last_word(before(text, start, name)) in COUNTED or first_word(after(text, end)) in UNITS


def is_counted_name(name: str) -> bool:
    return last_word(name) in COUNTED


def speaks_of_cards(text: bytes, start: int) -> bool:
    """Names of attributes say it too, but a text is judged the same under any name: see `known`."""
    return CARDS.search(before(text, start)) is not None
