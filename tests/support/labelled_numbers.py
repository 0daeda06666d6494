"""Payment cards and IBANs as people and programs write them: grouped, with neighbours, as numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

DIGITS = "0123456789"
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NBSP, NARROW = "\u00a0", "\u202f"

CARDS = (("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("2700", 16), ("34", 15), ("37", 15), ("6011", 16),
         ("65", 16), ("3056", 14), ("36", 14), ("3530", 16), ("6212", 16))  # fmt: skip
"""Beginnings that issuers have, and how long their numbers are."""

ACCOUNTS = {"DE": "#" * 18, "GB": "AAAA" + "#" * 14, "FR": "#" * 23, "NL": "AAAA" + "#" * 10, "NO": "#" * 11,
            "ES": "#" * 20, "CH": "#" * 17, "MT": "AAAA" + "#" * 23, "BE": "#" * 12, "PL": "#" * 24}  # fmt: skip
"""What follows the check digits: letters and digits."""


class Number(NamedTuple):
    form: str
    secret: str
    content: Any


def with_check_digit(digits: str) -> str:
    """Luhn's, behind all but the last digit of a card."""
    doubled = sum(sum(divmod(int(digit) * 2, 10)) for digit in digits[::-2])
    return digits + str(-(doubled + sum(map(int, digits[-2::-2]))) % 10)


def card_of(chance: Random, prefix: str, length: int) -> str:
    return with_check_digit(prefix + "".join(chance.choices(DIGITS, k=length - len(prefix) - 1)))


def card(chance: Random) -> str:
    return card_of(chance, *chance.choice(CARDS))


def iban(chance: Random) -> str:
    country = chance.choice(list(ACCOUNTS))
    account = "".join(
        chance.choice(DIGITS if place == "#" else UPPER) for place in ACCOUNTS[country]
    )
    number = "".join(str(int(character, 36)) for character in account + country + "00")
    return f"{country}{98 - int(number) % 97:02d}{account}"


def grouped(number: str, mark: str) -> str:
    """In fours; of 14 and 15 digits as they are embossed, four, six and the rest."""
    if number.isdigit() and len(number) in {14, 15}:
        return mark.join((number[:4], number[4:10], number[10:]))
    return mark.join(number[at : at + 4] for at in range(0, len(number), 4))


def mixed(number: str) -> str:
    """In fours, with another mark each time."""
    first, *rest = grouped(number, " ").split(" ")
    return first + "".join(mark + part for mark, part in zip(" -. -._", rest, strict=False))


Written = Callable[[str], tuple[str, Any]]
"""A number to what of it is secret, and the content around it."""


def form(write: Callable[[str], str], put: Callable[[str], Any]) -> Written:
    def written(number: str) -> tuple[str, Any]:
        secret = write(number)
        return secret, put(secret)

    return written


def spaced(number: str) -> str:
    return grouped(number, " ")


def by(mark: str) -> Callable[[str], str]:
    return lambda number: grouped(number, mark)


CARD_FORMS: dict[str, Written] = {
    "expiry date and code behind": form(spaced, lambda card: f"charge {card} 09/27 123 please"),
    "expiry year behind": form(spaced, lambda card: f"charge {card} 2027 please"),
    "plain, expiry date and code behind": form(str, lambda card: f"charge {card} 12/27 123"),
    "expiry date in words behind": form(spaced, lambda card: f"{card} exp 09/2027 cvc 737"),
    "number before": form(spaced, lambda card: f"2 {card} and no more"),
    "plain, number before": form(str, lambda card: f"pay 2 {card} now"),
    "number of a list before": form(spaced, lambda card: f"1. {card}\n2. none"),
    "in columns": form(str, lambda card: f"Ada Lovelace,{card},12/27,123"),
    "between bars": form(str, lambda card: f"{card}|12|27|123"),
    "with slash and date": form(str, lambda card: f"card {card}/12/27"),
    "two in a row": form(spaced, lambda card: f"{card} {card}"),
    "track": form(str, lambda card: f";{card}=27121011000012300000?"),
    "no-break spaces": form(by(NBSP), lambda card: f"card {card} please"),
    "narrow no-break spaces": form(by(NARROW), lambda card: f"card {card} please"),
    "dots": form(by("."), lambda card: f"card {card}."),
    "dashes": form(by("-"), lambda card: f"card {card}, thanks"),
    "slashes": form(by("/"), lambda card: f"card {card} please"),
    "underscores": form(by("_"), lambda card: f"card {card} please"),
    "two blanks": form(by("  "), lambda card: f"card {card} please"),
    "mixed marks": form(mixed, lambda card: f"card {card} please"),
    "number in JSON": form(str, lambda card: f'{{"note": "x", "paid_with": {card}}}'),
    "numbers in a list in JSON": form(str, lambda card: f'{{"seen": [[1, {card}]]}}'),
    "fraction of zero in JSON": form(str, lambda card: f'{{"paid_with": {card}.0}}'),
    "number in JSON in JSON": form(str, lambda card: json.dumps({"body": f'{{"a": {card}}}'})),
    "attribute that is a number": form(str, int),
    "number in a list of values": form(str, lambda card: [{"key": "pan", "value": int(card)}]),
    "text in JSON": form(str, lambda card: json.dumps({"paid_with": card})),
}
IBAN_FORMS: dict[str, Written] = {
    "BIC behind": form(spaced, lambda iban: f"to {iban} COBADEFFXXX today"),
    "plain, BIC behind": form(str, lambda iban: f"to {iban} COBADEFF"),
    "words behind": form(spaced, lambda iban: f"to {iban} if you can"),
    "number behind": form(spaced, lambda iban: f"{iban} 100 EUR"),
    "code before": form(spaced, lambda iban: f"BE71 {iban} please"),
    "lower case": form(lambda iban: iban.lower(), lambda iban: f"to {iban} please"),
    "lower case in fours": form(lambda iban: spaced(iban).lower(), lambda iban: f"to {iban}, ok"),
    "no-break spaces": form(by(NBSP), lambda iban: f"to {iban} please"),
    "narrow no-break spaces": form(by(NARROW), lambda iban: f"to {iban} please"),
    "dots": form(by("."), lambda iban: f"to {iban}."),
    "dashes": form(by("-"), lambda iban: f"to {iban} please"),
    "slashes": form(by("/"), lambda iban: f"to {iban} please"),
    "underscores": form(by("_"), lambda iban: f"to {iban} please"),
    "mixed marks": form(mixed, lambda iban: f"to {iban} please"),
    "in JSON": form(spaced, lambda iban: json.dumps({"to": f"{iban} COBADEFFXXX"})),
}


def numbers(chance: Random, of_each: int) -> list[tuple[str, Number]]:
    """The family (payment card or IBAN), and the number in each of its forms."""
    return [
        (family, Number(name, *written(make(chance))))
        for family, make, forms in (
            ("payment card", card, CARD_FORMS),
            ("IBAN", iban, IBAN_FORMS),
        )
        for name, written in forms.items()
        for _ in range(of_each)
    ]
