"""Rules that are off unless somebody asks for them: their forms are those of harmless numbers and ids, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from spanvas.privacy.rules import check_digits as check
from spanvas.privacy.rules.context import is_counted
from spanvas.privacy.rules.rule import Rule

NUMBERS: Final[dict[int, tuple[Callable[[str], bool], ...]]] = {
    9: (check.luhn_holds, check.is_bsn),
    10: (check.is_nhs, check.is_personnummer),
    11: (check.is_cpf, check.is_steuer_id, check.is_pesel),
    12: (check.is_aadhaar, check.is_personnummer),
}
"""Digits, and the states that have numbers of that length."""
FEWEST_KINDS: Final = 3


def plain_ids_in(text: bytes, start: int, end: int, name: str = "") -> Iterator[tuple[int, int]]:
    """Yields the bounds of digits in a row that are an identity number by the check digits of some state."""
    digits = text[start:end].decode()
    if any(is_one(digits) for is_one in NUMBERS.get(len(digits), ())) and not is_counted(
        text, start, end, name
    ):
        yield start, end


def plain_phones_in(text: bytes, start: int, end: int, name: str = "") -> Iterator[tuple[int, int]]:
    """Yields the bounds of digits in a row, unless the words around them say that they are an id or a count."""
    if not is_counted(text, start, end, name):
        yield start, end


def is_random_token(text: str) -> bool:
    """Returns whether a word has capitals, small letters and digits mixed, as random keys have."""
    kinds = (str.isupper, str.islower, str.isdigit)
    return sum(any(map(kind, text)) for kind in kinds) == FEWEST_KINDS


OPTIONAL: Final = (
    Rule(
        "plain_national_id",
        r"\b\d{9,12}\b",
        (
            "my number is «52998224725»",
            "«234123412346»",
            "«943476591» it is".replace("943476591", "046454286"),
        ),
        ("52998224724", "order 52998224725"),
        places=plain_ids_in,
    ),
    Rule(
        "plain_phone",
        r"\b(?:0[1-9]\d{8,9}|[6-9]\d{8,9})\b",
        ("call «0171123456» today", "«612345678»"),
        ("order 0171123456", "0012345678"),
        places=plain_phones_in,
    ),
    Rule(
        "random_token",
        r"\b[A-Za-z0-9]{20,64}\b",
        ("it is «8HxjSI6bWHtP3fS2qHx6kwXo»",),
        ("0a1b2c3d4e5f6a7b8c9d0e1f", "internationalization"),
        is_random_token,
    ),
)
