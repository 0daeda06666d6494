"""Which ids say more than which one is meant: those with personal data or a secret in them.

Ids are parts of keys, are listed, and are shown to callers who may read no content. The forms here are few and fixed,
unlike the rules of redaction: two versions that tell an id differently would make two executions of one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from spanvas.lazy_pattern import LazyPattern

MAX_CHARACTERS: Final = 1_000
"""Of an id that are looked at; of a longer one, no more is ever kept."""

_MAIL: Final = r"[^\s@](?:@|%40)[^\W_][\w-]*(?:\.[\w-]+)*\.(?:xn--)?[^\W\d_]{2,}"
_PHONE: Final = (
    r"(?:\+|%2B)\d(?:[\s().-]{0,2}\d){7,14}(?!\d)"
    r"|(?<![A-Za-z])(?i:phone|tel|mobile|msisdn|whatsapp|sms|fax)[^A-Za-z0-9]{0,3}\d(?:[ ().-]?\d){6,14}(?!\d)"
)
_SOCIAL_SECURITY: Final = r"(?<!\d)(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?!\d)"
_IPV4: Final = (
    r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.])"
)
_SERVICES: Final = (
    r"(?<![A-Za-z0-9])(?:sk-(?=[\w-]{0,64}\d)[\w-]{20,}|(?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{10,}"
    r"|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{36,}|gl(?:pat|dt|rt|ptt|ft)-[\w.=-]{20,}|xox[abeoprs]-[\w-]{10,}"
    r"|xapp-\d-[\w-]{10,}|(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}|AIza[\w-]{35}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}"
    r"|hf_[A-Za-z0-9]{34,}|gsk_[A-Za-z0-9]{40,}|r8_[A-Za-z0-9]{36,}|xai-[A-Za-z0-9]{60,}|npm_[A-Za-z0-9]{36,}"
    r"|pypi-[\w-]{50,}|SG\.[\w-]{16,}\.[\w-]{16,}|whsec_[\w+/=]{20,}|shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}"
    r"|do[opr]_v1_[a-f0-9]{64}|hv[sbr]\.[\w-]{24,}|lsv2_(?:pt|sk)_[a-f0-9_]{32,}|eyJ[\w-]{8,256}\.eyJ[\w-]{8})"
    r"|://[^/\s:@]+:[^/\s@]+@"
    r"|(?<![A-Za-z])(?i:password|passwd|pwd|passphrase|secret|api[_-]?key|access[_-]?token|bearer)[=: ]\s*\S{4,}"
)
_MAILS: Final = LazyPattern(_MAIL)
_NUMBERS: Final = LazyPattern("|".join((_PHONE, _SOCIAL_SECURITY, _IPV4)))
_KEYS_OF_SERVICES: Final = LazyPattern(_SERVICES)
_DIGIT: Final = LazyPattern(r"\d")
_UUID: Final = LazyPattern(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_CARD: Final = LazyPattern(
    r"(?<![0-9A-Za-z])(?=[3-6]|2[2-7])\d(?:[ .-]?\d){12,18}(?![0-9A-Za-z])", re.ASCII
)
_IBAN: Final = LazyPattern(
    r"(?<![0-9A-Za-z])[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]{4}){2,7}(?:[ .-]?[A-Z0-9]{1,3})?(?![0-9A-Za-z])",
    re.ASCII | re.IGNORECASE,
)


def is_private(text: str) -> bool:
    """Returns whether an id has personal data or a secret in it: an address, a number of a person, a key of a service.

    Names and postal addresses have no form; nothing is found in what is only random.
    """
    return _is_private(text[:MAX_CHARACTERS])


@lru_cache(maxsize=4_096)
def _is_private(text: str) -> bool:
    if _UUID.fullmatch(text):  # none of the forms; most ids of executions and of requests are one
        return False
    if ("@" in text or "%40" in text) and _MAILS.search(text):
        return True
    return _KEYS_OF_SERVICES.search(text) is not None or (
        _DIGIT.search(text) is not None and _has_number_of_person(text)
    )


def _has_number_of_person(text: str) -> bool:
    if _NUMBERS.search(text):
        return True
    text = _UUID.sub(" ", text)
    return any(_is_card(found[0]) for found in _CARD.finditer(text)) or any(
        _is_iban(found[0]) for found in _IBAN.finditer(text)
    )


def _is_card(text: str) -> bool:
    """Whether the check digit of a payment card is right (ISO/IEC 7812-1, Luhn)."""
    digits = [int(character) for character in reversed(text) if character.isdigit()]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _is_iban(text: str) -> bool:
    """Whether the check digits of an IBAN are right (ISO 13616, remainder 1 of 97)."""
    plain = re.sub(r"[ .-]", "", text).upper()
    number = "".join(str(int(character, 36)) for character in plain[4:] + plain[:4])
    return int(number) % 97 == 1
