"""The rules that a scanner uses: the curated ones, without those that were switched off, and an operator's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from spanvas.lazy_pattern import LazyPattern
from spanvas.privacy.rules.ai_services import AI_SERVICES
from spanvas.privacy.rules.commands import COMMANDS
from spanvas.privacy.rules.files import FILES
from spanvas.privacy.rules.hosting_services import HOSTING_SERVICES
from spanvas.privacy.rules.languages import LANGUAGES
from spanvas.privacy.rules.national_ids import NATIONAL_IDS
from spanvas.privacy.rules.optional import OPTIONAL
from spanvas.privacy.rules.personal import PERSONAL
from spanvas.privacy.rules.rule import Rule
from spanvas.privacy.rules.secrets import APART, GENERAL
from spanvas.privacy.rules.services import SERVICES
from spanvas.privacy.rules.tables import TABLES

SECRETS: Final = (
    GENERAL
    + COMMANDS
    + FILES
    + APART
    + TABLES
    + SERVICES
    + AI_SERVICES
    + HOSTING_SERVICES
    + LANGUAGES
)
PEOPLE: Final = PERSONAL + NATIONAL_IDS
NAME: Final = LazyPattern(r"[a-z][a-z0-9_]{0,39}")
OFF: Final = "-"
MOST_OWN: Final = 50


class RuleError(ValueError):
    """A choice of rules names one that is not there, or a pattern that RE2 does not take; the message says which."""


class RuleSet(NamedTuple):
    """Rules for secrets, which win over those for personal data where both hit."""

    secrets: tuple[Rule, ...]
    personal: tuple[Rule, ...]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, those for secrets first."""
        return self.secrets + self.personal


CURATED: Final = RuleSet(SECRETS, PEOPLE)


def rule_set(choice: Sequence[str] = (), patterns: Mapping[str, str] | None = None) -> RuleSet:
    """Returns the curated rules, changed by a choice.

    `choice` names rules that are off and shall be on, and with `-` before it those that shall be off. `patterns` are an
    operator's own: by name, in RE2's syntax; what is replaced is the pattern's first group, or all of it. Raises
    RuleError.
    """
    if not choice and not patterns:
        return CURATED
    known = {rule.name: rule for rule in (*CURATED.rules, *OPTIONAL)}
    off = {word[1:] for word in choice if word.startswith(OFF)}
    on = {word.removeprefix("+") for word in choice if not word.startswith(OFF)}
    unknown = sorted((on | off) - known.keys())
    if unknown:
        raise RuleError(
            f"no rule is called {unknown[0]!r}; the rules are {', '.join(sorted(known))}"
        )
    own = tuple(_own(name, pattern) for name, pattern in (patterns or {}).items())
    if len(own) > MOST_OWN:
        raise RuleError(f"there are {len(own)} own patterns; {MOST_OWN} are taken")
    return RuleSet(
        own + tuple(rule for rule in SECRETS if rule.name not in off),
        tuple(
            rule
            for rule in (*PEOPLE, *(rule for rule in OPTIONAL if rule.name in on))
            if rule.name not in off
        ),
    )


def _own(name: str, pattern: str) -> Rule:
    if not NAME.fullmatch(name):
        raise RuleError(
            f"a pattern is called {name!r}: its name needs a small letter, then small letters, digits, underscores"
        )
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options=options)
    except re2.error as error:
        raise RuleError(f"the pattern {name!r} is not in RE2's syntax: {error}") from error
    if compiled.search(b"") is not None:
        raise RuleError(f"the pattern {name!r} finds an empty text, which is everywhere")
    return Rule(name, pattern, (), sign=pattern)
