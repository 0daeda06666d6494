"""What reads the same to a person is the same to the rules, and what stands around it stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanvas.privacy.readings import reading_of
from spanvas.privacy.redact import Redactor
from spanvas.privacy.scan import Scanner

TOKEN = "ghp_" + "A1b2C3d4E5f6" * 3
REDACTOR = Redactor("redacted", 10_000, Scanner())


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("q=4111%201111%201111%201111&n=2", "q=[REDACTED:payment_card]&n=2"),
        ("to%3Dada%40example.org%26cc", "to%3D[REDACTED:email]%26cc"),
        ("ada%2540example.org, please", "[REDACTED:email], please"),
        ("password%3Dhunter22%26next", "password%3D[REDACTED:password]%26next"),
        ("ada&#64;example.org &#38; co", "[REDACTED:email] &#38; co"),
        ("ada&#x40;example.org", "[REDACTED:email]"),
        (f"use {TOKEN[:10]}\u200b{TOKEN[10:]} now", "use [REDACTED:github_token] now"),
        (f"{TOKEN[:10]}\u00ad{TOKEN[10:20]}\ufeff{TOKEN[20:]}", "[REDACTED:github_token]"),
        ("\uff14\uff11\uff11\uff11 1111 1111 1111!", "[REDACTED:payment_card]!"),
        ("x_" + TOKEN, "x_[REDACTED:github_token]"),
    ],
)
def test_a_disguised_secret_is_replaced_where_it_stands(text: str, kept: str) -> None:
    assert REDACTOR.redact_text(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "GET /items/100%25%20off?page=2",
        "a family: \U0001f468\u200d\U0001f469\u200d\U0001f467",
        "5 % and 10% of &#8364; 200",
        "50%zz",
        "&#1114112; &#xD800; &#0;",
    ],
)
def test_what_is_harmless_stays_as_it_was_written(text: str) -> None:
    assert REDACTOR.redact_text(text) == text


@pytest.mark.parametrize("text", [b"plain", b"50% off", b"caf\xc3\xa9", b"&# and %"])
def test_a_text_that_reads_as_it_stands_has_no_other_reading(text: bytes) -> None:
    assert reading_of(text) is None


@given(
    st.lists(
        st.sampled_from(
            [b"a", b"%41", b"%2541", b"\xe2\x80\x8b", b"&#97;", b"\xef\xbd\x81", b" ", b"%"]
        )
    )
)
def test_each_byte_of_a_reading_knows_its_place(parts: list[bytes]) -> None:
    text = b"".join(parts)
    reading = reading_of(text)
    if reading is None:
        return
    assert len(reading.positions) == len(reading.text) + 1
    assert list(reading.positions) == sorted(reading.positions)
    assert reading.positions[-1] == len(text)
    for byte, place in zip(reading.text, reading.positions, strict=False):
        assert text[place] == byte or text[place : place + 1] in {b"%", b"&", b"\xef"}
