"""A secret in base64 goes with the base64 that it is in; what is harmless stays, encoded or not."""

from __future__ import annotations

import json
from base64 import b64encode, encodebytes, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanvas.privacy.redact import Redactor
from spanvas.privacy.scan import Scanner
from tests.support.harmless_lines import harmless_lines
from tests.support.labelled_texts import BARE, KEYS, labelled

TOKEN = "ghp_" + "A1b2C3d4E5f6" * 3
REDACTOR = Redactor("redacted", 10_000, Scanner())


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"see {encoded(f'use {TOKEN} now')}, please", "see [REDACTED:github_token], please"),
        (f"data={encoded('password=hunter22')}&n=2", "data=[REDACTED:password]&n=2"),
        (f"data:text/plain;base64,{encoded('to ada@example.org')}", "data:text/plain;base64,[REDACTED:email]"),
        (encoded(encoded(f"use {TOKEN} now")), "[REDACTED:github_token]"),
        (encoded("user=ada&to=ada%40example.org"), "[REDACTED:email]"),
        (urlsafe_b64encode(f"??>>{TOKEN}".encode()).decode(), "[REDACTED:github_token]"),
        (f"q={encoded(TOKEN + '1').replace('=', '%3D')}&n=2", "q=[REDACTED:github_token]&n=2"),
        (encodebytes(f"{'a line of text. ' * 9}{TOKEN}".encode()).decode(), "[REDACTED:github_token]\n"),
        (encoded(f"{TOKEN} is cut")[:-3], "[REDACTED:github_token]"),
    ],
)  # fmt: skip
def test_a_secret_in_base64_goes_with_it(text: str, kept: str) -> None:
    assert REDACTOR.redact_text(text) == kept


def test_each_run_is_judged_by_itself() -> None:
    harmless = encoded("nothing but a sentence")
    text = json.dumps({"a": harmless, "b": encoded(f"use {TOKEN}"), "c": harmless})
    assert json.loads(REDACTOR.redact_text(text)) == {
        "a": harmless,
        "b": "[REDACTED:github_token]",
        "c": harmless,
    }


def test_every_key_of_the_labelled_set_is_found_in_base64() -> None:
    places = list(BARE)
    whole = [one for one in labelled() if one.format in KEYS and one.place == places[0]]
    assert len(whole) > 400
    assert [
        one.format
        for one in whole
        if not REDACTOR.redact_text(encoded(str(one.content))).startswith("[REDACTED:")
    ] == []


def test_harmless_lines_stay_in_base64_too() -> None:
    lines = [encoded(line) for line in harmless_lines()]
    assert [line for line in lines if REDACTOR.redact_text(line) != line] == []


@pytest.mark.parametrize(
    "text",
    [
        "spanvas.privacy.EncodedTextsInsideOfATextAreFound",
        "8f14e45fceea167a5a36dedd4bea2543",
        "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
        encoded("nothing but a sentence of more than a few words"),
        "=" * 60,
    ],
)
def test_what_is_no_text_or_says_nothing_stays(text: str) -> None:
    assert REDACTOR.redact_text(text) == text


@given(st.binary(max_size=300), st.text("ABab01+/_-= \n", max_size=80))
def test_whatever_stands_there_redaction_ends_and_leaves_the_rest(data: bytes, noise: str) -> None:
    text = f"{noise} {b64encode(data).decode()} {noise}"
    kept = REDACTOR.redact_text(text)
    assert kept == text or "[REDACTED:" in kept


def test_a_line_below_one_of_a_usual_length_stays_where_words_stand_in_it() -> None:
    line = encoded(f"use {TOKEN} now")
    assert len(line) == 64
    assert (
        REDACTOR.redact_text(f"{line}\nPlease use it") == "[REDACTED:github_token]\nPlease use it"
    )


def test_every_one_of_many_is_found() -> None:
    secret, harmless = encoded(f"use {TOKEN} now"), encoded("nothing but a sentence")
    text = "\n".join([f"{harmless} {secret}"] * 300)
    assert REDACTOR.redact_text(text) == "\n".join([f"{harmless} [REDACTED:github_token]"] * 300)
