"""A loosened pattern finds what the pattern finds, with a program that does not grow by what is counted."""

from __future__ import annotations

import re

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas.privacy.rule_set import CURATED
from spanvas.privacy.rules.optional import OPTIONAL
from spanvas.privacy.rules.pattern import loosened
from spanvas.privacy.rules.rule import Rule
from spanvas.privacy.wrapped import SIGN

RULES = (*CURATED.rules, *OPTIONAL)
PATTERNS = (*(rule.pattern for rule in RULES), SIGN)
SETS = re.compile(r"\\.|(\[\^?\]?(?:\\.|[^\]\\])*\])", re.DOTALL)
MOST_OF_ONE = 1_200
MOST_OF_ALL = 17_000
"""Instructions. Half of the time that a scanner takes to be made is theirs."""

ATOMS = ("a", "[ab]", r"\b", "[^a]", r"\{", ".", r"\x{61}", r"\p{Lu}", "é", "^")
COUNTS = ("", "*", "+?", "{2}", "{1,2}", "{0,1}", "{2,}", "{0,3}?", "{9}", "{1,10}", "{9,12}")


def grouped(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    groups = st.lists(parts, min_size=1, max_size=3).map(lambda found: f"(?:{'|'.join(found)})")
    return st.lists(
        st.builds(str.__add__, groups, st.sampled_from(COUNTS)), min_size=1, max_size=3
    ).map("".join)


ONES = st.builds(
    lambda atom, count: atom if atom in ("^", r"\b") else atom + count,
    st.sampled_from(ATOMS),
    st.sampled_from(COUNTS),
)


def instructions(pattern: str) -> int:
    options = re2.Options()
    options.log_errors = False
    size: int = re2.compile(pattern, options=options).programsize
    return size


def sign_of(rule: Rule) -> str:
    return rule.sign or loosened(rule.pattern)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("[a-z]{2,60}", "[a-z]{2,}"),
        ("[0-9a-f]{40}", "[0-9a-f]{8,}"),
        (r"\d{9,}x{8}y{3}", r"\d{8,}x{8}y{3}"),
        (r"\s{0,3}?(?:a{1,2}b){0,1}", r"\s{0,}?(?:a{1,}b){0,1}"),
        (r"\{9}[^{}]{0,200}\x{80}\p{Lu}{12}", r"\{9}[^{}]{0,}\x{80}\p{Lu}{8,}"),
        ("no counts", "no counts"),
    ],
)
def test_counts_are_left_open(pattern: str, expected: str) -> None:
    assert loosened(pattern) == expected


@settings(max_examples=500, deadline=None)
@given(
    pattern=grouped(st.lists(ONES, min_size=1, max_size=3).map("".join)),
    text=st.text("aab{Aé ", max_size=30),
)
def test_a_loosened_pattern_matches_wherever_the_pattern_does(pattern: str, text: str) -> None:
    if re2.search(pattern, text):
        assert re2.search(loosened(pattern), text)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_a_rule_finds_has_its_sign(rule: Rule) -> None:
    texts = [re.sub("[«»]", "", text) for text in rule.finds]
    assert [text for text in texts if not re2.search(sign_of(rule), text)] == []


def test_no_set_of_characters_has_a_count_in_it() -> None:
    found = [
        one
        for pattern in PATTERNS
        for one in SETS.findall(pattern)
        if re.search(r"(?<!\\x)\{\d", one)
    ]
    assert found == []


def test_the_programs_of_all_rules_together_stay_small_enough_for_a_cold_start() -> None:
    sizes = {rule.name: instructions(sign_of(rule)) for rule in CURATED.rules}
    assert {name: size for name, size in sizes.items() if size > MOST_OF_ONE} == {}, (
        "give the rule a `sign`"
    )
    assert sum(sizes.values()) <= MOST_OF_ALL, "give rules a shorter `sign`"
