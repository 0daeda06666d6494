"""The curated rules for structured personal data. Names and postal addresses have no pattern."""

from __future__ import annotations

from typing import Final

from spanvas.privacy import checks
from spanvas.privacy.rule import Rule

PERSONAL: Final = (
    Rule(
        "email",
        r"\b[A-Za-z0-9._%+'-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}\b",
        ("write to «ada.lovelace+spam@mail.example.org».",),
        ("icon@2x.png", "git@github.com:org/repo.git", "lodash@4.17.21", "user@localhost"),
        checks.is_email,
    ),
    Rule(
        "us_ssn",
        r"\b(?:\d{3}-\d{2}-\d{4}|\d{3} \d{2} \d{4})\b",
        ("SSN «078-05-1120»",),
        ("000-12-3456", "666-12-3456", "912-12-3456", "078-00-1120", "078-05-0000"),
        checks.is_us_ssn,
    ),
    Rule(
        "uk_nino",
        r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b",
        ("NI number «QQ 12 34 56 C»".replace("QQ", "AB"),),
        ("AB 12 34",),
    ),
    Rule(
        "payment_card",
        r"\b\d(?:[ -]?\d){11,18}\b",
        ("card «4111 1111 1111 1111» please", "«378282246310005»", "«5555-5555-5555-4444»"),
        ("1700000000000", "1700000000000000000", "4111 1111 1111 1112", "123456789012"),
        checks.is_payment_card,
    ),
    Rule(
        "iban",
        r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b",
        ("to «DE89 3704 0044 0532 0130 00» today", "«GB29NWBK60161331926819»"),
        ("DE89 3704 0044 0532 0130 01", "AB12 3456 7890"),
        checks.is_iban,
    ),
    Rule(
        "phone",
        r"((?:\+[1-9]\d{0,2}[ .-]?|\b00[1-9]\d{0,2}[ .-])(?:\(\d{1,4}\)[ .-]?)?\d{1,4}(?:[ .-]?\d{1,5}){1,5}"
        r"|(?:\(\d{3}\) ?|\b\d{3}[-.])\d{3}[-.]\d{4})(?: ?(?:x|ext\.?) ?\d{1,6})?\b"
        r"|(?i:\b(?:phone|telephone|tel|mobile|cell|fax)(?: (?:no|number))?)[\"'.:=# ]{1,4}"
        r"(\(?\d[\d ()./-]{5,18}\d)\b",
        (
            "call «+44 20 7946 0958»",
            "«(555) 010-4477»",
            "or «555-010-4477»",
            "«+225 21 23 4 56789»",
            "«001-555-010-4477»",
            "Tel.: «030 12345678»",
            "phone number: «0171/1234567»",
        ),
        (
            "+00:00",
            "+15 %",
            "+1234567",
            "12:30:45 +0100 2026-03-01",
            "2026-01-02T03:04:05.678+0000",
            "span 555-010",
            "mobile 2026",
        ),
        checks.is_phone,
    ),
    Rule(
        "ipv4",
        r"(?:^|[^\w.-])((?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d))(?:$|[^\w.-]|\.(?:\D|$))",
        ("from «203.0.113.9»", "(«198.51.100.7»)."),
        ("127.0.0.1", "v1.2.3.4", "1.3.6.1.4.1.311", "0.0.0.0:8080", "256.1.1.1"),
        checks.is_public_ipv4,
    ),
    Rule(
        "ipv6",
        r"(?i)(?:^|[^\w:.])((?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:)+(?::[0-9a-f]{1,4})+"
        r"|(?:[0-9a-f]{1,4}:)+:)(?:$|[^\w:])",
        ("from «2001:db8::8a2e:370:7334»", "«2001:0db8:85a3:0000:0000:8a2e:0370:7334»"),
        ("::1", "std::vector", "a::b", "12:30:45", "aa:bb:cc:dd:ee:ff"),
        checks.is_ipv6,
    ),
)
