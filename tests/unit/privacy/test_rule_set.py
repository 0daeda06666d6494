"""Rules are switched by name, and an operator's own stand beside ours."""

from __future__ import annotations

import pytest

from spanvas.privacy.redact import Redactor
from spanvas.privacy.rule_set import CURATED, RuleError, rule_set
from spanvas.privacy.scan import Scanner


def redacted(text: str, *choice: str, patterns: dict[str, str] | None = None) -> str:
    redactor = Redactor("redacted", 10_000, Scanner(rule_set(choice, patterns)))
    return redactor.redact_text(text)


def test_without_a_choice_the_curated_rules_are_used() -> None:
    assert rule_set() is CURATED
    assert redacted("from 203.0.113.9, call 0171123456") == "from [REDACTED:ipv4], call 0171123456"


def test_a_rule_is_switched_off_by_its_name() -> None:
    assert redacted("ada@example.org from 203.0.113.9", "-ipv4") == (
        "[REDACTED:email] from 203.0.113.9"
    )


@pytest.mark.parametrize("choice", ["plain_phone", "+plain_phone"])
def test_a_rule_that_is_off_is_switched_on_by_its_name(choice: str) -> None:
    assert redacted("call 0171123456 now", choice) == "call [REDACTED:plain_phone] now"


def test_an_own_pattern_replaces_its_first_group_or_all_of_it() -> None:
    patterns = {"badge": r"\bB-\d{6}\b", "customer": r"customer (\w+)"}
    assert redacted("badge B-123456 of customer Lovelace", patterns=patterns) == (
        "badge [REDACTED:badge] of customer [REDACTED:customer]"
    )


def test_an_own_pattern_is_searched_in_json_as_well() -> None:
    assert redacted('{"a": "[{\\"b\\": \\"B-123456\\"}]"}', patterns={"badge": r"B-\d{6}"}) == (
        '{"a":"[{\\"b\\":\\"[REDACTED:badge]\\"}]"}'
    )


@pytest.mark.parametrize(
    ("choice", "patterns", "said"),
    [
        (("-ipv44",), {}, "no rule is called 'ipv44'; the rules are "),
        ((), {"Badge": "x"}, "a pattern is called 'Badge': its name needs a small letter"),
        ((), {"badge": "(x"}, "the pattern 'badge' is not in RE2's syntax: "),
        ((), {"badge": "(?=x)"}, "the pattern 'badge' is not in RE2's syntax: "),
        ((), {"badge": "x*"}, "the pattern 'badge' finds an empty text, which is everywhere"),
        ((), {f"p{number}": "x" for number in range(51)}, "there are 51 own patterns; 50 are"),
    ],
)
def test_a_choice_that_cannot_be_carried_out_is_named(
    choice: tuple[str, ...], patterns: dict[str, str], said: str
) -> None:
    with pytest.raises(RuleError) as error:
        rule_set(choice, patterns)
    assert str(error.value).startswith(said)
