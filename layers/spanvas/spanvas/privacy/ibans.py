"""IBANs with anything behind them: the length by country says where one ends, the remainder whether it is one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from spanvas.privacy.cards import MARK

LENGTHS: Final = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27,
    "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28,
    "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23,
    "GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26,
    "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21,
    "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28,
    "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22,
    "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25,
    "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}  # fmt: skip

IBAN_PATTERN: Final = (
    r"(?i)\b(?:iban[_-]?)?((?:" + "|".join(LENGTHS) + r")" + MARK + r"?\d" + MARK + r"?\d)"
)
"""How an IBAN begins; the rest is counted."""

STEP: Final = re.compile(
    rb"(?:[ \t._/+-]|\xc2[\xa0\xad]|\xef\xbb\xbf|\xe2\x80[\x80-\x8d\x90-\x95\xaf]|\xe2\x81\xa0|\xe2\x88\x92"
    rb"|\xe3\x80\x80){0,3}([A-Za-z0-9])"
)
CALLED: Final = re.compile(rb"(?i)iban[_-]?$")
FEWEST_DIGITS: Final = 8
JOINS: Final = re.compile(rb"[-_][A-Za-z0-9]")


def ibans_in(text: bytes, start: int, _end: int, _name: str = "") -> Iterator[tuple[int, int]]:
    """The IBAN that begins at a place, whatever follows it."""
    if not CALLED.search(text, max(start - 5, 0), start) and (
        text[max(start - 1, 0) : start] in {b"-", b"_"}
        and text[max(start - 2, 0) : start - 1].isalnum()
    ):
        return
    compact, end = _read(text, start)
    if not is_iban(compact) or sum(map(str.isdigit, compact)) < FEWEST_DIGITS:
        return
    if not text[end : end + 1].isalnum() and not JOINS.match(text, end):
        yield start, end


def _read(text: bytes, start: int) -> tuple[str, int]:
    """As many letters and digits as the country's numbers have, and where they end."""
    characters: list[bytes] = []
    end, length = start, len(LENGTHS)
    while len(characters) < length and (step := STEP.match(text, end)):
        characters.append(step[1])
        end = step.end()
        if len(characters) == 2:
            length = LENGTHS.get(b"".join(characters).decode().upper(), 0)
    return b"".join(characters).decode().upper(), end


def is_iban(compact: str) -> bool:
    """Length by country and the remainder of ISO 13616."""
    if len(compact) != LENGTHS.get(compact[:2]):
        return False
    rearranged = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in rearranged)) % 97 == 1
