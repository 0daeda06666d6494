"""Tags in logfmt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanvas_api.tempo.durations import duration_nano
from spanvas_api.tempo.logfmt import LogfmtError, pairs_of


def test_values_may_be_bare_quoted_or_missing() -> None:
    assert pairs_of('a=1 b="x \\"y\\"\\n" c= d') == {"a": "1", "b": 'x "y"\n', "c": "", "d": ""}
    assert pairs_of("  ") == {}


@pytest.mark.parametrize("text", ["a=1 a=2", 'a="x', "=1", 'a"b', "a=1=2", "x" * 5_000])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(LogfmtError):
        pairs_of(text)


@given(st.text(' a="\\\n', max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        pairs_of(text)
    except LogfmtError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("text", "nano"),
    [("0", 0), ("1.5s", 1_500_000_000), ("2m", 120_000_000_000), ("1", None), ("s", None), ("1x", None), ("", None)],
)  # fmt: skip
def test_durations_are_those_of_go(text: str, nano: int | None) -> None:
    assert duration_nano(text) == nano
