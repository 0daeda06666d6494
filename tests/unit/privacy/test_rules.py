"""Every rule finds what it must and leaves alone what it must: its own examples, through the real RE2 Set."""

from __future__ import annotations

import re

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas.privacy.rule_set import CURATED, rule_set
from spanvas.privacy.rules.optional import OPTIONAL
from spanvas.privacy.rules.rule import Rule
from spanvas.privacy.scan import Scanner

ALL_RULES = (*CURATED.rules, *OPTIONAL)
FINDS = [(rule, text) for rule in ALL_RULES for text in rule.finds]
LEAVES = [(rule, text) for rule in ALL_RULES for text in rule.leaves]
MOST_RULES = 64
TOKENS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
"""An escaped character, a set of characters, or one character of a pattern."""
BENIGN = (
    "arn:aws:lambda:eu-central-1:123456789012:function:research-brief:7",
    "arn:aws:states:us-east-1:123456789012:execution:triage:6f1c2a34-0a1b-4c2d-9e8f-0123456789ab",
    "s3://spanvas-artifacts-123456789012/acme/exec_01j9x/report.csv",
    "trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7",
    "request id 8a7d6c5b-4e3f-4a2b-9c1d-0e9f8a7b6c5d took 1832.44 ms",
    '{"input_tokens": 3120, "output_tokens": 188, "max_tokens": 4096}',
    "tool call toolu_01A09q90qw90lq917835lq9 returned 17 rows",
    "2026-03-01T12:30:45.123456Z started, 1772368245123456789 ns",
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "The quarterly report shows revenue of 4,111,111 and 12.5 % growth.",
    "def authorize(principal: Principal, action: Action) -> bool: ...",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
)


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return Scanner(rule_set([rule.name for rule in OPTIONAL]))


def alternatives(pattern: str) -> list[str]:
    """Returns what stands between the `|` of a pattern that are in no group; `(?i)` at its start is for all of them."""
    flags = "(?i)" if pattern.startswith("(?i)") else ""
    found, depth = [""], 0
    for token in TOKENS.findall(pattern.removeprefix(flags)):
        depth += {"(": 1, ")": -1}.get(token, 0)
        if token == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += token
    return [flags + alternative for alternative in found]


def redacted(scanner: Scanner, text: str, rule: str | None = None) -> str:
    data = text.encode()
    hits = scanner.hits(data, scanner.rules_in([data]))
    for hit in reversed([hit for hit in hits if rule in (None, hit.rule)]):
        data = data[: hit.start] + b"<>" + data[hit.end :]
    return data.decode()


@pytest.mark.parametrize(("rule", "text"), FINDS, ids=[rule.name for rule, _ in FINDS])
def test_rule_replaces_the_secret_and_nothing_else(scanner: Scanner, rule: Rule, text: str) -> None:
    before, _, rest = text.partition("«")
    _, _, after = rest.partition("»")
    plain = text.replace("«", "").replace("»", "")
    assert redacted(scanner, plain) == f"{before}<>{after}"


@pytest.mark.parametrize(("rule", "text"), LEAVES, ids=[rule.name for rule, _ in LEAVES])
def test_rule_leaves_lookalikes_alone(scanner: Scanner, rule: Rule, text: str) -> None:
    assert redacted(scanner, text, rule.name) == text


@pytest.mark.parametrize("text", BENIGN)
def test_telemetry_and_prose_stay_as_they_are(scanner: Scanner, text: str) -> None:
    assert redacted(scanner, text) == text


def test_every_rule_has_a_name_of_its_own_and_examples_of_both_kinds() -> None:
    assert len({rule.name for rule in ALL_RULES}) == len(ALL_RULES)
    assert [rule.name for rule in ALL_RULES if not (rule.finds and rule.leaves)] == []


def test_every_alternative_of_a_rule_is_found_in_one_of_its_examples() -> None:
    without_example = [
        f"{rule.name}: add a text to `finds` for {alternative}"
        for rule in ALL_RULES
        for alternative in alternatives(rule.pattern)
        if not any(re2.search(alternative, re.sub("[«»]", "", text)) for text in rule.finds)
    ]
    assert without_example == []


@pytest.mark.parametrize(
    "rule", [rule for rule in ALL_RULES if rule.sign], ids=lambda rule: rule.name
)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_the_sign_of_a_rule_is_in_every_text_in_which_its_pattern_matches(rule, data) -> None:
    for text in rule.finds:
        assert re2.search(rule.sign, re.sub("[«»]", "", text))
    text = data.draw(st.from_regex(re.compile(rule.pattern, re.ASCII)))
    if re2.search(rule.pattern, text):
        assert re2.search(rule.sign, text)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"\bone\b", [r"\bone\b"]),
        ("a[|]b|(c|d)|[]|]e", ["a[|]b", "(c|d)", "[]|]e"]),
        (r"a\|b|[^]|]\(|c", [r"a\|b", r"[^]|]\(", "c"]),
        ("(?i)a|b", ["(?i)a", "(?i)b"]),
    ],
)
def test_alternatives_are_those_outside_of_groups_and_sets(
    pattern: str, expected: list[str]
) -> None:
    assert alternatives(pattern) == expected


def test_the_set_stays_small_enough_for_the_executors_own_time() -> None:
    assert len(CURATED.rules) <= MOST_RULES, (
        "make an alternative of a rule that is there, with an example"
    )


def test_rules_do_not_reach_from_one_text_into_the_next(scanner: Scanner) -> None:
    texts = [b"password:", b"hunter2"]
    rules = scanner.rules_in(texts)
    assert [scanner.hits(text, rules) for text in texts] == [[], []]


def test_a_set_that_misses_its_canary_runs_every_rule_by_itself(
    scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    class ExhaustedSet:
        def Match(self, text: bytes) -> None:
            return None

    monkeypatch.setattr(scanner, "_set", ExhaustedSet())
    data = b"mail ada@example.org"
    hits = scanner.hits(data, scanner.rules_in([data]))
    assert [(hit.rule, data[hit.start : hit.end]) for hit in hits] == [
        ("email", b"ada@example.org")
    ]


def test_a_secret_wins_over_the_address_around_it_wherever_there_are_many(
    scanner: Scanner,
) -> None:
    text = b"postgresql://app:hunter2@db.example.org/a mail ada@example.org " * 3
    hits = scanner.hits(text, scanner.rules_in([text]))
    assert [(hit.rule, text[hit.start : hit.end]) for hit in hits] == [
        ("url_password", b"hunter2"),
        ("email", b"ada@example.org"),
    ] * 3


def test_overlapping_hits_become_one(scanner: Scanner) -> None:
    text = b"Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
    hits = scanner.hits(text, scanner.rules_in([text]))
    assert [text[hit.start : hit.end] for hit in hits] == [text[22:]]
