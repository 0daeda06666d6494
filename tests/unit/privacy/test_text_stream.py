"""Long texts are redacted piece by piece: what is found does not depend on where they are cut."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas.privacy.redact import Redactor
from spanvas.privacy.scan import Scanner
from spanvas.privacy.text_stream import AHEAD, PIECE, WHOLE, Redacted, TextStream
from tests.support.builders import Clock

REDACTOR = Redactor("redacted", scanner=Scanner(), clock=Clock())
WEATHER = "The weather is fine today, said all.\n"
PEM = (
    "-----BEGIN RSA PRIVATE KEY-----\n"
    + "A1b2C3d4E5f6G7h8\n" * 60
    + "-----END RSA PRIVATE KEY-----"
)


def search(text: str) -> Redacted:
    return Redacted(*REDACTOR.redact_piece(text))


def redacted(text: str, block: int = 100_003, is_table: bool = False) -> Redacted:
    """Redacts a text that comes in blocks of so many characters."""
    stream = TextStream(search, is_table)
    done = "".join(_fed(stream, text, block))
    return Redacted(done, stream.receipt)


def _fed(stream: TextStream, text: str, block: int) -> Iterator[str]:
    for start in range(0, len(text), block):
        yield from stream.feed(text[start : start + block])
    yield stream.close()


def long(text: str, characters: int = WHOLE + PIECE) -> str:
    return text * (characters // len(text) + 1)


def test_a_short_text_is_redacted_as_a_value_of_a_span_is() -> None:
    assert redacted('{"password": "hunter2", "n": 1}') == (
        '{"password":"[REDACTED:key]","n":1}',
        {"key": 1},
    )
    assert redacted("") == ("", {})


def test_a_long_text_in_which_nothing_is_found_comes_out_as_it_was() -> None:
    text = long(WEATHER)
    assert redacted(text) == (text, {})
    line = "A1b2C3d4E5" * 150_000
    assert redacted(line) == (line, {})


@pytest.mark.parametrize("before", [-300, -40, -20, -3, 0, 3, 500, AHEAD - 20, AHEAD])
@pytest.mark.parametrize("secret", ["ada@example.org", PEM], ids=["mail", "key"])
def test_a_secret_across_a_border_is_found(secret: str, before: int) -> None:
    text = long(WEATHER)
    for border in (PIECE, 2 * PIECE):
        at = border + before
        rule = "email" if secret != PEM else "private_key"
        done = redacted(f"{text[:at]} {secret} {text[at:]}")
        assert done == (f"{text[:at]} [REDACTED:{rule}] {text[at:]}", {rule: 1})


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 1_500_000), min_size=1, max_size=8), st.integers(1_000, 400_000))
def test_wherever_secrets_stand_and_blocks_end_all_of_them_are_found(
    places: list[int], block: int
) -> None:
    text = long(WEATHER, 1_500_000)
    for at in sorted(places, reverse=True):
        text = f"{text[:at]} hunt3r@example.org {text[at:]}"
    done = redacted(text, block)
    assert "hunt3r" not in done.text
    assert done.receipt == {"email": len(places)}


@pytest.mark.parametrize("indent", [None, 2])
def test_in_long_json_every_secret_is_found_by_its_name(indent: int | None) -> None:
    rows = [{"id": at, "said": "fine " * 20, "password": f"corr3ct{at}"} for at in range(9_000)]
    text = json.dumps(rows, indent=indent)
    assert len(text) > WHOLE

    done = redacted(text)
    assert "corr3ct" not in done.text
    assert done.receipt == {"key": 9_000}
    assert [row["id"] for row in json.loads(done.text)] == list(range(9_000))


def test_in_long_lines_of_json_every_secret_is_found_by_its_name() -> None:
    text = "".join(
        json.dumps({"id": at, "said": "fine " * 20, "token": f"corr3ct{at}x"}) + "\n"
        for at in range(9_000)
    )
    done = redacted(text)
    assert "corr3ct" not in done.text
    assert done.text.count("\n") == 9_000


def test_in_a_long_table_the_name_of_a_column_counts_in_every_piece() -> None:
    rows = "".join(f"{at},Ada,of the weather,corr3cthorse{at}\n" for at in range(40_000))
    done = redacted(f"id,name,note,password\n{rows}", is_table=True)

    assert "corr3ct" not in done.text
    assert done.text.startswith("id,name,note,password\n0,Ada,of the weather,[REDACTED:")
    assert done.receipt == {"table_column": 40_000}
    assert done.text.count("\n") == 40_001


def test_what_is_cut_in_two_wherever_it_is_cut_is_not_kept() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJ" + "A1b2C3d4E5" * 150_000
    assert redacted(f"{token} and more") == ("[REDACTED:unscanned] and more", {"unscanned": 1})
    assert redacted(token) == ("[REDACTED:unscanned]", {"unscanned": 1})


def test_without_rules_nothing_is_kept() -> None:
    unable = Redactor("redacted", scanner=None)
    stream = TextStream(lambda text: Redacted(*unable.redact_piece(text)))
    assert "".join(_fed(stream, "the weather", 5)) == "[REDACTED:unscanned]"
    assert stream.receipt == {"unscanned": 1}
