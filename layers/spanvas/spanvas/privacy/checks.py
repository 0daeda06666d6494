"""Second looks at what a pattern found: RE2 has no look-around, and some numbers carry check digits."""

from __future__ import annotations

import re
from typing import Final

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

FILE_ENDINGS: Final = frozenset(
    {"png", "jpg", "jpeg", "gif", "svg", "webp", "js", "ts", "css", "json", "py", "md", "html"}
)
"""`icon@2x.png` is no address."""

ELSEWHERE: Final = (
    "$", "os.environ", "process.env", "getenv", "env.", "self.", "this.", "arn:", "var.", "local.", "data.", "module.",
    "secrets.",
)  # fmt: skip
"""How code, templates and Terraform refer to a value that stands elsewhere."""
NO_VALUES: Final = frozenset(
    {
        "none", "null", "true", "false", "undefined", "required", "optional", "string", "password", "passwd", "secret",
        "token",
    }
)  # fmt: skip
PLACEHOLDER: Final = re.compile(r"[<{\[%]+[\w .:/{}%-]+[>}\]%]*")
KEY_DIGITS: Final = 12

LUHN_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
PHONE_DIGITS: Final = range(8, 16)


def has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def is_random_looking(text: str) -> bool:
    """Digits, or capitals inside: what keys have and single words of prose have not."""
    return has_digit(text) or not (text[1:].islower() or text.isupper())


def is_secret_value(text: str) -> bool:
    """Whether the value of an assignment is a secret itself, not the name of one or a placeholder."""
    lowered = text.lower()
    if lowered in NO_VALUES:
        return False
    if lowered.startswith(ELSEWHERE) or PLACEHOLDER.fullmatch(text):
        return False
    return len(set(text)) > 2


def is_opaque_value(text: str) -> bool:
    """As `is_secret_value`, and with a digit: `token: expired` and `secret=rotation` are prose. Short numbers are
    limits and counts."""
    if text.isdigit() and len(text) < KEY_DIGITS:
        return False
    return has_digit(text) and is_secret_value(text)


def is_payment_card(text: str) -> bool:
    """Luhn's check digit and an issuer's prefix; timestamps pass Luhn one time in ten, prefixes never."""
    digits = "".join(filter(str.isdigit, text))
    return _has_issuer(digits) and luhn_holds(digits)


def luhn_holds(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        number = int(digit)
        total += LUHN_DOUBLED[number] if position % 2 else number
    return total % 10 == 0


def is_iban(text: str) -> bool:
    """Length by country and the remainder of ISO 13616."""
    compact = text.replace(" ", "").replace("-", "").upper()
    if len(compact) != IBAN_LENGTHS.get(compact[:2]):
        return False
    rearranged = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in rearranged)) % 97 == 1


def is_us_ssn(text: str) -> bool:
    """Areas 000, 666 and 9xx, group 00 and serial 0000 were never issued (ssa.gov, randomization)."""
    digits = "".join(filter(str.isdigit, text))
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in {"000", "666"} and area[0] != "9" and group != "00" and serial != "0000"


def is_email(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    return local != "git" and domain.rpartition(".")[2].lower() not in FILE_ENDINGS


def is_phone(text: str) -> bool:
    return sum(character.isdigit() for character in text) in PHONE_DIGITS


def is_public_ipv4(text: str) -> bool:
    """Loopback, broadcast and 0.x say nothing about a person."""
    return not text.startswith(("127.", "0.", "255."))


def is_ipv6(text: str) -> bool:
    """A whole address: `std::vector` and `12:30:45` look like parts of one."""
    import ipaddress

    if not has_digit(text) or text.strip(":0") in {"", "1"}:
        return False
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def _has_issuer(digits: str) -> bool:
    length, two, four = len(digits), int(digits[:2]), int(digits[:4])
    if digits[0] == "4":
        return length in {13, 16, 19}
    if 51 <= two <= 55 or 2221 <= four <= 2720:
        return length == 16
    if two in {34, 37}:
        return length == 15
    if two in {36, 38, 39} or 3000 <= four <= 3059:
        return length in {14, 16}
    if four == 6011 or two == 65 or 6440 <= four <= 6499 or two in {35, 62}:
        return 16 <= length <= 19
    # Maestro allows twelve digits too, which AWS account ids have: one in two hundred of them would be a card.
    return two in {50, 56, 57, 58, 60, 61, 63, 67, 68} and 13 <= length <= 19
