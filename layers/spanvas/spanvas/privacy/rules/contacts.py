"""Telephone numbers, told from dates, ids and decimal numbers; addresses of machines, told from versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from spanvas.lazy_pattern import LazyPattern
from spanvas.privacy.rules.context import REACH, after, before, is_counted, is_version

DIGITS: Final = range(8, 16)
MOST_UNBROKEN: Final = 13
"""Digits in a row; ids are longer."""
NORTH_AMERICAN: Final = 11
"""Digits with the country's code 1."""
DATE: Final = LazyPattern(
    rb"(?:^|[^0-9])(?:(?:19|20)\d\d([-./])\d\d\1\d\d|\d\d([-./])\d\d\2(?:19|20)\d\d)(?:[^0-9]|$)"
)
DECIMAL: Final = LazyPattern(rb"\+\d+\.\d+")
VERSION: Final = LazyPattern(rb"\d{1,4}(?:\.\d{1,5})*\.\d(?:\.\d{1,5})*")
"""Groups of a telephone number with dots have two digits at least, save the first."""
PREFIX: Final = LazyPattern(rb"[A-Z]{2,}[-_]$|[A-Za-z]/$")
BASE64: Final = LazyPattern(rb"[A-Za-z0-9+/]+")
ENCODED: Final = 24
"""Characters."""
TRUNK: Final = (b"1-", b"1.")
"""What North American numbers are dialled with."""
TIME: Final = LazyPattern(r"\d\d[ \t]?$")
UNBROKEN: Final = LazyPattern(rb"\d+")
LABEL: Final = LazyPattern(rb"[A-Za-z]")


def phones_in(text: bytes, start: int, end: int, name: str = "") -> Iterator[tuple[int, int]]:
    """Yields the bounds of a match if it is a telephone number: at most one pair of byte positions.

    `name` is the attribute or member that has the text. Dates, versions, amounts and parts of ids are no numbers.
    """
    found = text[start:end]
    digits = b"".join(UNBROKEN.findall(found.lower().partition(b"x")[0]))
    if len(digits) not in DIGITS or (UNBROKEN.fullmatch(found) and len(found) > MOST_UNBROKEN):
        return
    if DATE.search(found) or _is_joined(text, start, end) or VERSION.fullmatch(found):
        return
    if not _is_labelled(text, start) and (
        _is_no_number(found, digits)
        or _is_of_an_id(text, start)
        or _is_of_base64(text, start, end)
        or is_counted(text, start, end, name)
        or (found.startswith(b"+") and TIME.search(before(text, start)))
    ):
        return
    yield start, end


def _is_labelled(text: bytes, start: int) -> bool:
    near = before(text, start).rstrip(" \"'.:=#(-/_").lower()
    return near.endswith(
        ("phone", "telephone", "tel", "mobile", "cell", "fax", "number", "call", "no")
    )


def _is_no_number(found: bytes, digits: bytes) -> bool:
    """A decimal number with its sign, or one that no country has."""
    if DECIMAL.fullmatch(found):
        return True
    if found.startswith(b"00"):
        digits = digits[2:]
    elif not found.startswith(b"+"):
        return False
    return digits.startswith(b"1") and len(digits) != NORTH_AMERICAN


def _is_of_an_id(text: bytes, start: int) -> bool:
    """Behind capitals and a mark, as in `ORD-555-010-4477`, or a product, as in `Chrome/123.456.7890`."""
    prefix = PREFIX.search(text, max(start - 3, 0), start)
    return prefix is not None and (prefix[0][-1:] != b"/" or b"." in text[start : start + 4])


def _is_of_base64(text: bytes, start: int, end: int) -> bool:
    """Whether it stands in base64 that is long and has another `+` or its padding: paths have neither."""
    if not BASE64.fullmatch(text, start, end):
        return False
    left = BASE64.match(text[max(start - REACH, 0) : start][::-1])
    right = BASE64.match(text, end, end + REACH)
    around = (left[0] if left else b"") + (right[0] if right else b"")
    behind = right.end() if right else end
    return len(around) >= ENCODED and (b"+" in around or text[behind : behind + 1] == b"=")


def _is_joined(text: bytes, start: int, end: int) -> bool:
    """Whether it is a part of an id: letters, digits or marks between them touch it."""
    left, right = text[max(start - 2, 0) : start], text[end : end + 2]
    if left in TRUNK and not text[max(start - 3, 0) : start - 2].isalnum():
        left = b""
    if left[-1:].isalnum() or right[:1].isalnum():
        return True
    return (
        left[-1:] in {b"-", b".", b"_", b"/", b":"}
        and left[:1].isalnum()
        and LABEL.match(left) is None
    ) or (
        right[1:].isdigit()
        if right[:1] == b"."
        else right[:1] in {b"-", b"_"} and right[1:].isalnum()
    )


SILENT: Final = (b"127.", b"0.", b"255.")
"""Loopback, broadcast and 0.x say nothing about a person, and neither does a network, which ends in 0."""

PAIRS: Final = LazyPattern(r"(?:[0-9a-fA-F]{2}:){7}[0-9a-fA-F]{2}")
"""A fingerprint or a hardware address of 64 bits: of no address in use all groups have lost two zeros (RFC 4291)."""


def addresses_in(text: bytes, start: int, end: int, name: str = "") -> Iterator[tuple[int, int]]:
    """Yields the bounds of an IPv4 address, where it is no version, no network and no address of this machine."""
    found = text[start:end]
    if found.startswith(SILENT) or found.endswith(b".0"):
        return
    if not is_version(before(text, start, name), after(text, end)):
        yield start, end


def is_ipv6(text: str) -> bool:
    """Returns whether a match is a whole address: `std::vector` and `12:30:45` look like parts of one."""
    import ipaddress

    if not any(map(str.isdigit, text)) or text.strip(":0") in {"", "1"} or PAIRS.fullmatch(text):
        return False
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
