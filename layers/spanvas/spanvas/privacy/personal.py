"""The curated rules for structured personal data. Names and postal addresses have no pattern."""

from __future__ import annotations

from typing import Final

from spanvas.privacy import checks
from spanvas.privacy.addresses import addresses_in, is_ipv6
from spanvas.privacy.cards import CARD_PATTERN, cards_in
from spanvas.privacy.ibans import IBAN_PATTERN, ibans_in
from spanvas.privacy.phones import phones_in
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
        ("SSN «078-05-1120»", "it is «078-05-1120».", "ssn: «078 05 1120»"),
        (
            "000-12-3456",
            "666-12-3456",
            "912-12-3456",
            "078-00-1120",
            "078-05-0000",
            "GET /x 200 12 3456",
            "part 123-45-6789-01",
            "ab-123-45-6789",
        ),
        places=checks.ssns_in,
    ),
    Rule(
        "uk_nino",
        r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b",
        ("NI number «QQ 12 34 56 C»".replace("QQ", "AB"),),
        ("AB 12 34",),
    ),
    Rule(
        "payment_card",
        CARD_PATTERN,
        (
            "card «4111 1111 1111 1111» please",
            "«378282246310005»",
            "«5555-5555-5555-4444»",
            "«4111 1111 1111 1111» 09/27 123",
            "2 «4111 1111 1111 1111» 2027",
            "«3782 822463 10005»",
            "«4111.1111.1111.1111».",
            "«4111\u00a01111\u202f1111_1111»",
            "«4111111111111111»/12/27",
            ";«4111111111111111»=27121011",
            "%B«4111111111111111»^DOE/JOHN^2712",
            "card_«4111111111111111»",
            "visa «4222222222222»",
        ),
        (
            "1700000000000",
            "1700000000000000000",
            "4111 1111 1111 1112",
            "123456789012",
            "4222222222222",
            "order 4111111111111111",
            "order_id=4111111111111111",
            "exec-4111111111111111-a",
            "0.4111111111111111",
            "+4111111111111111",
            "20260301-4111111111111111",
            "4111111111111111-0001",
            "s3://b/4111111111111111.json",
            "sizes: 4111 1111 1111 1111",
            "4111 1111 1111 1111 ms",
            "1234 4111 1111 1111 1111 1234",
        ),
        places=cards_in,
    ),
    Rule(
        "iban",
        IBAN_PATTERN,
        (
            "to «DE89 3704 0044 0532 0130 00» today",
            "«GB29NWBK60161331926819»",
            "«DE89 3704 0044 0532 0130 00» COBADEFFXXX",
            "«DE89370400440532013000» if you can",
            "BE71 «DE89 3704 0044 0532 0130 00» 100 EUR",
            "«de89 3704 0044 0532 0130 00»",
            "«DE89\u00a03704.0044-0532/0130_00»",
        ),
        (
            "DE89 3704 0044 0532 0130 01",
            "AB12 3456 7890",
            "DE89370400440532013000A",
            "x-DE89370400440532013000",
        ),
        places=ibans_in,
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
            "mobile 2026-03-01",
            "cell 453957876362148: ok",
            "+1.2345678901",
            "1772368245+12345678",
            "12:30:45 +1030 2026",
            "a0eebc99-0012-3456-7890-6bb9bd380a11",
            "0012-3456-7890",
            "ref 0049-1234-5678",
            "12-555-010-4477",
            "555-010-4477-12",
        ),
        places=phones_in,
    ),
    Rule(
        "ipv4",
        r"(?:^|[^\w.-])((?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d))(?:$|[^\w.-]|\.(?:\D|$))",
        (
            "from «203.0.113.9»",
            "(«198.51.100.7»).",
            "client «10.1.2.3» sent",
            "https://«203.0.113.9»/x",
            "ubuntu@«10.1.2.3»",
            "<ip>«10.1.2.3»</ip>",
            'ip == "«10.1.2.3»"',
            "db.internal/«10.1.2.3»:5432",
            "«203.0.113.9» - - [01/Mar/2026] 200",
        ),
        (
            "127.0.0.1",
            "v1.2.3.4",
            "1.3.6.1.4.1.311",
            "0.0.0.0:8080",
            "256.1.1.1",
            "10.1.2.0/24",
            "Chrome/126.1.2.3 Safari/537.36",
            "MyApp.Client/1.2.3.4",
            "version 1.2.3.4",
            '"version": "1.2.3.4"',
            "AssemblyVersion=1.2.3.4",
            "upgraded from 1.2.3.4 to 1.2.3.5",
            "lib>=1.2.3.4",
            "see section 4.1.2.3",
            "https://cdn.example.org/lib/1.2.3.4/app.js",
        ),
        places=addresses_in,
    ),
    Rule(
        "ipv6",
        r"(?i)(?:^|[^\w:.])((?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:)+(?::[0-9a-f]{1,4})+"
        r"|(?:[0-9a-f]{1,4}:)+:)(?:$|[^\w:])",
        ("from «2001:db8::8a2e:370:7334»", "«2001:0db8:85a3:0000:0000:8a2e:0370:7334»"),
        ("::1", "std::vector", "a::b", "12:30:45", "aa:bb:cc:dd:ee:ff"),
        is_ipv6,
    ),
)
