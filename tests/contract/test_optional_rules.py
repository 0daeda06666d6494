"""The rules of redaction that are off stand in the guide, and do there what it says."""

from __future__ import annotations

import re

import pytest

from spanvas.privacy.redact import Redactor
from spanvas.privacy.rule_set import CURATED, rule_set
from spanvas.privacy.rules.optional import OPTIONAL
from spanvas.privacy.rules.rule import Rule
from spanvas.privacy.scan import Scanner
from tests.support.aws_from_template import ROOT

GUIDE = ROOT / "docs" / "how-to" / "check-redaction.md"
ROW = re.compile(r"^\| `([a-z_]+)` \|", re.MULTILINE)
BY_NAME = pytest.mark.parametrize("rule", OPTIONAL, ids=[rule.name for rule in OPTIONAL])


def redactor(*choice: str) -> Redactor:
    return Redactor("redacted", 10_000, Scanner(rule_set(choice)))


def test_the_guide_names_each_rule_that_is_off_and_no_other() -> None:
    assert ROW.findall(GUIDE.read_text("utf-8")) == [rule.name for rule in OPTIONAL]
    assert {rule.name for rule in OPTIONAL}.isdisjoint(rule.name for rule in CURATED.rules)


@BY_NAME
def test_what_such_a_rule_is_for_is_left_to_others_until_it_is_switched_on_by_its_name(
    rule: Rule,
) -> None:
    off, on, marker = redactor(), redactor(rule.name), f"[REDACTED:{rule.name}]"
    for text in rule.finds:
        plain = text.replace("«", "").replace("»", "")
        assert marker not in off.redact_text(plain)
        assert re.sub(r"\[REDACTED:\w+\]", marker, on.redact_text(plain)) == re.sub(
            "«.*?»", marker, text
        )


@BY_NAME
def test_switched_on_it_leaves_what_only_looks_like_it(rule: Rule) -> None:
    for text in rule.leaves:
        assert redactor(rule.name).redact_text(text) == text
