"""Regular expressions match as Python's do, in time that is linear in the text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanvas_api.tempo.regex import Regex, RegexError

ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "[a-c]", r"\d", r"\W", r"\.", "é", r"\s"])
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: (
        st.tuples(inner, inner).map("".join)
        | st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})")
        | st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,}", "*?"])).map(
            lambda pair: f"({pair[0]}){pair[1]}"
        )
    ),
    max_leaves=6,
)


@given(EXPRESSIONS, st.text("abcé. 1", max_size=8))
def test_an_expression_matches_what_pythons_own_does(expression: str, text: str) -> None:
    expected = re.fullmatch(expression, text, re.DOTALL | re.ASCII) is not None

    assert Regex(expression).matches(text) is expected


@given(st.text("ab(|)[]{}*+?.^$\\-,12:dwi", max_size=12))
def test_any_text_is_an_expression_or_is_refused(text: str) -> None:
    try:
        Regex(text).matches("ab")
    except RegexError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("expression", "text", "expected"),
    [
        ("", "", True),
        ("a|b", "b", True),
        ("a|b", "ab", False),
        ("^abc$", "abc", True),
        ("a\\$", "a$", True),
        ("(?i)gpt-[45].*", "GPT-5-mini", True),
        ("(?i)[a-f]+", "CAFE", True),
        ("a{", "a{", True),
        ("a{,3}", "a{,3}", True),
        (".*", "two\nlines", True),
        ("[]a]", "]", True),
        ("[a-]", "-", True),
    ],
)
def test_the_whole_text_has_to_match(expression: str, text: str, expected: bool) -> None:
    assert Regex(expression).matches(text) is expected


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("(", "missing ): ("),
        (")", "unexpected ): )"),
        ("[", "missing ]: ["),
        ("*", "no argument for repetition operator: *"),
        ("a**", "bad repetition operator: **"),
        ("a{3,2}", "invalid repetition size: {3,2}"),
        ("a{1001}", "invalid repetition size: {1001}"),
        (r"(a)\1", r"invalid escape sequence: \1"),
        ("(?=a)", "invalid perl operator: (?="),
        ("[b-a]", "invalid character class range: b-a"),
        ("\\", "trailing \\"),
        ("((((((((a{200}){200}))))))))", "invalid repetition size: {200}"),
        ("((((){200}){200}){200}){2}", "invalid repetition size: {200}"),
    ],
)
def test_what_is_not_read_is_refused_in_words(expression: str, why: str) -> None:
    with pytest.raises(RegexError) as raised:
        Regex(expression)

    assert str(raised.value) == why


def test_a_bomb_is_none() -> None:
    assert Regex("(a+)+(a|aa)+b").matches("a" * 5_000) is False


def test_a_text_that_utf_8_cannot_hold_is_searched_all_the_same() -> None:
    assert Regex(".*b").matches("a\ud800b") is True
