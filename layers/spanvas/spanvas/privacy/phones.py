"""Telephone numbers, told from dates, ids and decimal numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from spanvas.privacy.context import before, is_counted

DIGITS: Final = range(8, 16)
MOST_UNBROKEN: Final = 13
"""Digits in a row; ids are longer."""
NORTH_AMERICAN: Final = 11
"""Digits with the country's code 1."""
DATE: Final = re.compile(
    rb"(?:^|[^0-9])(?:(?:19|20)\d\d([-./])\d\d\1\d\d|\d\d([-./])\d\d\2(?:19|20)\d\d)(?:[^0-9]|$)"
)
DECIMAL: Final = re.compile(rb"\+\d+\.\d+")
TRUNK: Final = (b"1-", b"1.")
"""What North American numbers are dialled with."""
TIME: Final = re.compile(r"\d\d[ \t]?$")
UNBROKEN: Final = re.compile(rb"\d+")
LABEL: Final = re.compile(rb"[A-Za-z]")


def phones_in(text: bytes, start: int, end: int, name: str = "") -> Iterator[tuple[int, int]]:
    found = text[start:end]
    digits = b"".join(UNBROKEN.findall(found.lower().partition(b"x")[0]))
    if len(digits) not in DIGITS or (UNBROKEN.fullmatch(found) and len(found) > MOST_UNBROKEN):
        return
    if DATE.search(found) or _is_joined(text, start, end):
        return
    if not _is_labelled(text, start) and (
        _is_no_number(found, digits)
        or is_counted(text, start, end, name)
        or (found.startswith(b"+") and TIME.search(before(text, start)))
    ):
        return
    yield start, end


def _is_labelled(text: bytes, start: int) -> bool:
    near = before(text, start).rstrip(" \"'.:=#(").lower()
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
    ) or (right[:1] in {b"-", b"_"} and right[1:].isalnum())
