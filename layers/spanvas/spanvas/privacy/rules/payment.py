"""Payment cards and IBANs, whatever stands beside them and whatever marks are between their groups.

Cards are found in runs of digits by issuer, length and check digit; an IBAN ends where its country's length says.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from spanvas.lazy_pattern import LazyPattern
from spanvas.privacy.rules.check_digits import luhn_holds
from spanvas.privacy.rules.context import (
    after,
    before,
    is_counted,
    is_counted_name,
    is_version,
    speaks_of_cards,
)

MARK: Final = r"[ \t._/+\x{a0}\x{ad}\x{feff}\x{2000}-\x{200d}\x{2010}-\x{2015}\x{202f}\x{2060}\x{2212}\x{3000}-]"
"""What people and programs put between the groups of a number, as RE2 has it."""
CARD_PATTERN: Final = r"\d(?:" + MARK + r"{0,3}\d){11,}"
"""A run of digits in which a card may stand: twelve at least."""

GROUP: Final = LazyPattern(rb"\d+")
LENGTHS: Final = range(13, 20)
LONGEST: Final = 10**19
"""Numbers from here on have more digits than a card."""

SHAPES: Final = frozenset(
    {(4, 4, 4, 4), (4, 4, 4, 3), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4), (14,), (15,), (16,)}
)
"""How cards are embossed and stored. Other groups are a card's where a word says so."""

BARE_19: Final = (19,)
UNIONPAY: Final = "62"
"""Whose cards have 19 digits. Those of Visa seldom do, and ids of 19 digits often begin as they would."""

MAESTRO: Final = frozenset({5018, 5020, 5038, 5893, 6304, 6390, 6759, 6761, 6762, 6763, 5612})
ISSUERS: Final = b"2345689"
"""First digits."""
SHORTEST_GROUP: Final = 4
MOST_GROUPS: Final = 6
TRACK: Final = b"%B"
"""What stands before the number on a magnetic stripe."""
DATE: Final = LazyPattern(rb"20[2-4]\d|(?:0[1-9]|1[0-2])(?:2[4-9]|3[0-3])")
"""The year in which a card expires, or the month and the year in four digits."""
ZEROS: Final = LazyPattern(rb"\.0+(?!\d)")
OF_AN_ID: Final = LazyPattern(rb"\d[\w:.-]*:$")
JOINS: Final = frozenset({b"-", b"_", b"/", b"."})

Span = tuple[int, int]


class Run(NamedTuple):
    """A run of digits in a text, its groups, and whether the words before it are about cards."""

    text: bytes
    groups: list[Span]
    is_of_cards: bool

    def mark_before(self, first: int) -> bytes:
        """Returns the bytes between a group and the one before it; none at the first group."""
        return self.text[self.groups[first - 1][1] : self.groups[first][0]] if first else b""

    def mark_after(self, last: int) -> bytes:
        """Returns the bytes between a group and the next one; none at the last group."""
        if last + 1 == len(self.groups):
            return b""
        return self.text[self.groups[last][1] : self.groups[last + 1][0]]


def cards_in(text: bytes, start: int, end: int, name: str = "") -> Iterator[Span]:
    """Yields where cards stand in a run of digits.

    A card is a series of whole groups with an issuer's prefix, its length and the check digit, unless the text around
    it says that it is something else.
    """
    groups = [match.span() for match in GROUP.finditer(text, start, end)]
    run = Run(text, groups, speaks_of_cards(text, start))
    windows = list(_windows(run))
    covered = {group for first, last in windows for group in range(first, last + 1)}
    for first, last in windows:
        span = groups[first][0], groups[last][1]
        if run.is_of_cards or (
            _is_alone(run, first, last, covered)
            and not is_counted(text, *span, name, is_series=first != last)
            and not (first != last and _is_version(run, first, last, name))
        ):
            yield span


def is_card_number(value: float, name: str) -> bool:
    """Returns whether a number of JSON or of an attribute is a card, under this name."""
    if not 0 < value < LONGEST:  # nothing longer is written out: Python refuses thousands of digits
        return False
    digits = str(value).removesuffix(".0")
    return (
        (len(digits),) in SHAPES
        and digits.isdigit()
        and is_payment_card(digits)
        and not is_counted_name(name)
    )


def is_payment_card(digits: str) -> bool:
    """Returns whether digits have Luhn's check digit and an issuer's prefix.

    One timestamp in ten has the check digit, but none has a prefix.
    """
    return len(digits) in LENGTHS and has_issuer(digits) and luhn_holds(digits)


def has_issuer(digits: str) -> bool:
    """Returns whether an issuer of cards uses numbers with these first digits and of this length (ISO/IEC 7812)."""
    length, two, four = len(digits), int(digits[:2]), int(digits[:4])
    if digits[0] == "4":
        return length in {13, 16, 19}
    if 51 <= two <= 55 or 2221 <= four <= 2720:
        return length == 16
    if two in {34, 37}:
        return length == 15
    if two in {36, 38, 39} or 3000 <= four <= 3059 or four == 3095:
        return length in {14, 16}
    if four == 2131:
        return length == 15
    if two in {35, 62, 65} or four == 6011 or 6440 <= four <= 6499:
        return 16 <= length <= 19
    if 2200 <= four <= 2204 or 5060 <= four <= 5061 or four in {5080, 6062}:
        return 16 <= length <= 19
    # Maestro allows twelve digits too, which AWS account ids have: one in two hundred of them would be a card.
    return four in MAESTRO and 13 <= length <= 19


def _windows(run: Run) -> Iterator[Span]:
    """First and last group of what has an issuer, its length and the check digit."""
    for first, (begin, stop) in enumerate(run.groups):
        if stop - begin < SHORTEST_GROUP or run.text[begin] not in ISSUERS:
            continue
        sizes: tuple[int, ...] = ()
        length = 0
        for last, (at, end) in enumerate(run.groups[first : first + MOST_GROUPS], first):
            sizes = (*sizes, end - at)
            length += end - at
            if length >= LENGTHS.stop:
                break
            is_usual = sizes in SHAPES or (run.is_of_cards and length in LENGTHS)
            if (is_usual or sizes == BARE_19) and _is_card(run, first, last):
                yield first, last


def _is_card(run: Run, first: int, last: int) -> bool:
    start, end = run.groups[first][0], run.groups[last][1]
    digits = b"".join(run.text[at:behind] for at, behind in run.groups[first : last + 1]).decode()
    if (
        first == last
        and len(digits) == LENGTHS[-1]
        and not run.is_of_cards
        and digits[:2] != UNIONPAY
    ):
        return False
    return is_payment_card(digits) and not _is_glued(run.text, start, end)


def _is_version(run: Run, first: int, last: int, name: str) -> bool:
    """Versions of four large numbers have the form of a card that is written with dots."""
    start, end = run.groups[first][0], run.groups[last][1]
    return run.mark_after(first) == b"." and is_version(
        before(run.text, start, name), after(run.text, end)
    )


def _is_glued(text: bytes, start: int, end: int) -> bool:
    """Whether letters touch it, or a sign: a part of something longer, an amount, a difference."""
    left = text[max(start - 2, 0) : start]
    if left[-1:].isalnum() and left != TRACK:
        return True
    return left[-1:] in {b"+", b"$", b"#"} or text[end : end + 1].isalnum()


def _is_alone(run: Run, first: int, last: int, covered: set[int]) -> bool:
    """Whether no neighbour makes it a part of an id, a path, a fraction or a longer series of numbers."""
    start, end = run.groups[first][0], run.groups[last][1]
    if _is_in_a_name(run.text, start, end):
        return False
    if first == last:
        behind = run.mark_after(last)
        if run.mark_before(first) in JOINS:
            return False
        return behind not in JOINS or behind == b"/" or bool(ZEROS.match(run.text, end))
    return all(
        _is_no_neighbour(run, group, size)
        for group, size in ((first - 1, run.groups[first]), (last + 1, run.groups[last]))
        if 0 <= group < len(run.groups) and group not in covered
    )


def _is_no_neighbour(run: Run, group: int, beside: Span) -> bool:
    """Whether a group beside a card is none of a series of numbers of one length: its date may follow."""
    start, end = run.groups[group]
    return end - start != beside[1] - beside[0] or DATE.fullmatch(run.text, start, end) is not None


def _is_in_a_name(text: bytes, start: int, end: int) -> bool:
    """Whether it is joined to letters: `order_…`, `…-a`, `….json`, `a/…`, `0f3c:…`."""
    left, right = text[max(start - 12, 0) : start], text[end : end + 2]
    if left[-1:] in {b"-", b"_", b"/", b"."} and left[-2:-1].isalnum():
        return True
    if left[-1:] == b"-" and not left[-2:-1].isdigit():
        return True
    if left[-1:] == b":" and OF_AN_ID.search(left):
        return True
    return right[:1] in {b"-", b"_", b"."} and right[1:].isalpha()


IBAN_LENGTHS: Final = {
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
    r"(?i)\b(?:iban[_-]?)?((?:" + "|".join(IBAN_LENGTHS) + r")" + MARK + r"?\d" + MARK + r"?\d)"
)
"""How an IBAN begins; the rest is counted."""

STEP: Final = LazyPattern(
    rb"(?:[ \t._/+-]|\xc2[\xa0\xad]|\xef\xbb\xbf|\xe2\x80[\x80-\x8d\x90-\x95\xaf]|\xe2\x81\xa0|\xe2\x88\x92"
    rb"|\xe3\x80\x80){0,3}([A-Za-z0-9])"
)
CALLED_IBAN: Final = LazyPattern(rb"(?i)iban[_-]?$")
FEWEST_DIGITS: Final = 8
IBAN_JOINS: Final = LazyPattern(rb"[-_][A-Za-z0-9]")


def ibans_in(text: bytes, start: int, _end: int, _name: str = "") -> Iterator[tuple[int, int]]:
    """Yields the bounds of the IBAN that begins at a position, whatever follows it."""
    if not CALLED_IBAN.search(text, max(start - 5, 0), start) and (
        text[max(start - 1, 0) : start] in {b"-", b"_"}
        and text[max(start - 2, 0) : start - 1].isalnum()
    ):
        return
    compact, end = _read_iban(text, start)
    if not is_iban(compact) or sum(map(str.isdigit, compact)) < FEWEST_DIGITS:
        return
    if not text[end : end + 1].isalnum() and not IBAN_JOINS.match(text, end):
        yield start, end


def _read_iban(text: bytes, start: int) -> tuple[str, int]:
    """As many letters and digits as the country's numbers have, and where they end."""
    characters: list[bytes] = []
    end, length = start, len(IBAN_LENGTHS)
    while len(characters) < length and (step := STEP.match(text, end)):
        characters.append(step[1])
        end = step.end()
        if len(characters) == 2:
            length = IBAN_LENGTHS.get(b"".join(characters).decode().upper(), 0)
    return b"".join(characters).decode().upper(), end


def is_iban(compact: str) -> bool:
    """Returns whether a text has its country's length and the right check digits (ISO 13616)."""
    if len(compact) != IBAN_LENGTHS.get(compact[:2]):
        return False
    rearranged = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in rearranged)) % 97 == 1
