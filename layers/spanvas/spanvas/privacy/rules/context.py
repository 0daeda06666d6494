"""What stands around a number: the word before it says whether it is a card, a version or an id.

Versions of software and numbers of sections have the form of addresses, cards and telephone numbers.
"""

from __future__ import annotations

from typing import Final

from spanvas.lazy_pattern import LazyPattern

REACH: Final = 60
"""Bytes before a number in which a word can still be about it."""

LAST_WORD: Final = LazyPattern(r"[\s\"'`\\:=({<>|\[@]{0,8}([\w.-]*[A-Za-z]|[#§])")
"""In a text that is read from its end, where the search need not try each place."""
WORDS: Final = LazyPattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[#§]")
FIRST_WORD: Final = LazyPattern(r"^[\s\"'`)\],;|]{0,3}([A-Za-z]{1,12})\b")

COUNTED: Final = frozenset(
    {
        "#", "id", "ids", "uid", "uuid", "guid", "order", "orders",
        "trace", "span", "tweet", "ean", "gtin", "isbn", "upc", "imei", "sku", "offset",
        "offsets", "seq", "sequence", "serial", "ticket", "job", "run", "task", "batch", "block", "commit",
        "hash", "index", "row", "rows", "ref", "reference", "build", "version", "ts", "time",
        "timestamp", "timestamps", "epoch", "since", "until", "nano", "nanos", "millis", "ns", "us", "ms", "size",
        "sizes", "bytes", "length", "count", "counts", "total", "exec", "execution", "snowflake",
        "nonce", "checkpoint", "partition", "shard", "port", "ports", "sample", "samples", "latency", "latencies",
        "duration", "durations", "took", "delta", "step", "score", "scores", "etag",
        "revision", "chunk", "cell", "lsn", "txid", "position", "checksum", "crc", "seed", "pid", "tid",
    }
)  # fmt: skip
"""A number behind one of these is an id, a time or a count."""

SERIES: Final = frozenset(
    {
        "row", "rows", "size", "sizes", "bytes", "length", "count", "counts", "total", "port", "ports",
        "sample", "samples", "latency", "latencies", "duration", "durations", "took", "delta", "score", "scores",
        "offset", "offsets", "serial",
        "timestamps", "ns", "us", "ms", "seed", "position",
    }
)  # fmt: skip
"""Behind one of these stand numbers side by side."""

UNITS: Final = frozenset(
    {"total", "ms", "us", "ns", "s", "sec", "bytes", "kb", "mb", "gb", "rows", "items", "tokens", "requests", "times"}
)  # fmt: skip
"""A number before one of these is a count."""

CARDS: Final = frozenset(
    {
        "card", "cards", "cardnumber", "cardno", "cardnum", "creditcard", "debitcard", "paymentcard", "bankcard",
        "visa", "mastercard", "amex", "maestro", "diners", "jcb", "unionpay", "pan", "cc", "ccn", "ccnum",
        "kreditkarte", "karte", "carte", "tarjeta", "carta",
    }
)  # fmt: skip
LETTERS: Final = LazyPattern(r"[a-z]+")


def before(text: bytes, start: int, name: str = "") -> str:
    """Returns what stands before a position; at the beginning of a text, the name that the text stands under."""
    near = text[max(start - REACH, 0) : start].decode("utf-8", "ignore")
    return f"{name}: {near}" if name and start <= REACH else near


def after(text: bytes, end: int) -> str:
    """Returns up to 20 bytes behind a position, as text."""
    return text[end : end + 20].decode("utf-8", "ignore")


def last_word(near: str) -> str:
    """Returns the last word right before a number, of a name its last part.

    That is `id` for `order_id=`. Empty where there is none.
    """
    found = LAST_WORD.match(near[::-1])
    words = WORDS.findall(found[1][::-1]) if found else []
    return words[-1].lower() if words else ""


def first_word(near: str) -> str:
    """Returns the first word of a text in lower case; an empty text where it begins with none."""
    found = FIRST_WORD.match(near)
    return found[1].lower() if found else ""


def is_counted(text: bytes, start: int, end: int, name: str, *, is_series: bool = False) -> bool:
    """Returns whether the words around a number say that it is an id, a time or a count.

    Of a series of numbers: counts alone, since ids are not written in groups.
    """
    words = SERIES if is_series else COUNTED
    return last_word(before(text, start, name)) in words or first_word(after(text, end)) in UNITS


def is_counted_name(name: str) -> bool:
    """Returns whether a name ends in a word for an amount, such as `count` or `total`."""
    return last_word(name) in COUNTED


def speaks_of_cards(text: bytes, start: int) -> bool:
    """Returns whether the words before a position are about cards.

    Names of attributes do not count, since a text is judged the same under any name (`clean_texts`).
    """
    return not CARDS.isdisjoint(LETTERS.findall(before(text, start).lower()))


VERSIONED: Final = frozenset(
    {
        "version", "versions", "ver", "v", "release", "build", "firmware", "sdk", "driver", "upgrade", "upgraded",
        "downgrade", "downgraded", "chrome", "chromium", "firefox", "safari", "edge", "opera", "android", "ios",
        "windows", "nt", "linux", "kernel", "java", "jdk", "electron", "outlook", "office", "assembly", "framework",
        "rv", "net", "clr", "schema", "package", "plugin", "module", "library", "lib", "tag", "section", "sections",
        "sec", "chapter", "clause", "figure", "table", "appendix", "step", "rule", "control", "requirement", "§",
        "paragraph", "article", "oid", "mozilla", "browser", "webkit", "minecraft", "terraform", "image", "patch",
        "update", "bios",
    }
)  # fmt: skip
"""What stands before a version or the number of a section."""

ADDRESSED: Final = frozenset(
    {"ip", "ipv4", "addr", "address", "host", "client", "peer", "remote", "server", "src", "source", "dst", "user"}
)  # fmt: skip
"""What stands before an address whatever else is said."""

SAYING: Final = frozenset(
    {"is", "was", "be", "now", "to", "than", "needs", "requires", "or", "and"}
)
"""Words between a version and what it is the version of: `the driver version is`."""

LEFT_VERSION: Final = LazyPattern(
    r"(?i)\b(?:upgrad|downgrad|updat|migrat|bump|version)[a-z]*\b[^\n]{0,40}\bfrom\s$"
)
UPGRADE: Final = LazyPattern(r"\s(?:to|->|=>)\s?v?\d")
"""Behind a version that was left for another one. Without that, what comes `from` a number is from a machine."""
NEW_VERSION: Final = LazyPattern(
    r"(?i)\b(?:upgrad|downgrad|bump|version)[a-z]*\b[^\n]{0,40}(?:\b(?:to|and|or|by)|->|=>)\s$"
    r"|\b(?:updat|migrat)[a-z]*\b[^\n]{0,40}\d\.\d+\s(?:to|->|=>)\s$"
)
LEFT: Final = "from "
NEW: Final = ("to ", "and ", "or ", "by ", "> ")
"""How the two end, which is seen sooner."""
CENTER_PC: Final = "Media Center PC "
"""How a user agent of Windows 7 calls a version."""
PRODUCT: Final = LazyPattern(r"([A-Za-z_)][\w.)-]*)[/#]$")
PRODUCT_MARKS: Final = frozenset("/#")
HOST: Final = LazyPattern(r"[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+|localhost")
PORT: Final = LazyPattern(r":\d{2,5}\b")
OPERATOR: Final = LazyPattern(r"(?:[=~<>!]=|[\^~]|,\s?[<>])\s?$")
OPERATORS: Final = frozenset("=^~<>")
PACKAGE: Final = (
    r"\.(?:js|css|map|zip|gz|tgz|tar|jar|war|whl|egg|gem|dll|exe|msi|deb|rpm|apk|nupkg|so|dylib)\b"
)
SUFFIX: Final = LazyPattern(r"\+(?!\s)|(?:/[\w.-]+)?" + PACKAGE)
SUFFIXED: Final = frozenset("+/.")


def is_version(near: str, behind: str) -> bool:
    """Returns whether numbers with dots are a version, by the text before and behind them."""
    word = last_word(near)
    if word in ADDRESSED:
        return False
    if near[-1:] in PRODUCT_MARKS and (product := PRODUCT.search(near)):
        return not HOST.fullmatch(product[1]) and not PORT.match(behind)
    return (
        word in VERSIONED
        or (word in SAYING and _word_before(near, word) in VERSIONED)
        or near.endswith(CENTER_PC)
        or (behind[:1] in SUFFIXED and SUFFIX.match(behind) is not None)
        or (near.rstrip()[-1:] in OPERATORS and OPERATOR.search(near) is not None)
        or (near.endswith(LEFT) and UPGRADE.match(behind) and LEFT_VERSION.search(near) is not None)
        or (near.endswith(NEW) and NEW_VERSION.search(near) is not None)
    )


def _word_before(near: str, word: str) -> str:
    return last_word(near[: near.lower().rindex(word)])
