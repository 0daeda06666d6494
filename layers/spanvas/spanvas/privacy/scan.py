"""The rules as one RE2 Set: a single linear pass says which rules hit, and only those are run to find where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from spanvas.privacy.rules import RULES, SECRETS

SET_MEMORY_BYTES: Final = 16 << 20
CANARY: Final = b"\0\x01spanvas-canary\x01"
CANARY_PATTERN: Final = r"\x01spanvas-canary\x01"
SEPARATOR: Final = b"\0"
"""Between texts that are scanned together. A rule that reaches across it costs a second look at each text, no more."""


class Hit(NamedTuple):
    """A place in a UTF-8 text, in bytes, and the rule that found it."""

    start: int
    end: int
    rule: str


class Scanner:
    """Finds secrets and personal data in UTF-8 bytes. Raises ImportError where google-re2 is not installed.

    A Set answers "no match" also when its automaton runs out of memory (re2/set.h), so every scanned text carries a
    canary: where that is not found, each rule is run by itself.
    """

    def __init__(self) -> None:
        import re2

        options = re2.Options()
        options.max_mem = SET_MEMORY_BYTES
        options.log_errors = False
        self._patterns: list[Any] = [None] * len(RULES)
        self._compile: Callable[[str], Any] = re2.compile
        self._set = re2.Set.SearchSet(options)
        for rule in RULES:
            self._set.Add(rule.pattern)
        self._canary = self._set.Add(CANARY_PATTERN)
        self._set.Compile()

    def rules_in(self, texts: Sequence[bytes]) -> tuple[int, ...]:
        """Numbers of the rules that may hit somewhere in these texts."""
        found: list[int] = self._set.Match(SEPARATOR.join((*texts, CANARY))) or []
        if self._canary not in found:
            return tuple(range(len(RULES)))
        return tuple(sorted(number for number in found if number != self._canary))

    def hits(self, text: bytes, numbers: Sequence[int]) -> list[Hit]:
        """Where the given rules hit in one text, in order; overlapping hits are joined under the first one's name.

        A secret wins over personal data: in `user:word@host` the word goes, although `word@host` is an address too.
        """
        secrets = [hit for n in numbers if n < len(SECRETS) for hit in self._hits_of(n, text)]
        personal = [hit for n in numbers if n >= len(SECRETS) for hit in self._hits_of(n, text)]
        hits = secrets + [hit for hit in personal if not _overlaps(hit, secrets)]
        hits.sort(key=lambda hit: (hit.start, -hit.end))
        joined: list[Hit] = []
        for hit in hits:
            if joined and hit.start < joined[-1].end:
                joined[-1] = joined[-1]._replace(end=max(hit.end, joined[-1].end))
            else:
                joined.append(hit)
        return joined

    def _hits_of(self, number: int, text: bytes) -> list[Hit]:
        rule, pattern = RULES[number], self._patterns[number]
        if pattern is None:
            pattern = self._patterns[number] = self._compile(rule.pattern)
        group = min(pattern.groups, 1)
        hits = []
        for match in pattern.finditer(text):
            start, end = match.span(group)
            if rule.check is None or rule.check(text[start:end].decode("utf-8", "replace")):
                hits.append(Hit(start, end, rule.name))
        return hits


def _overlaps(hit: Hit, others: Sequence[Hit]) -> bool:
    return any(hit.start < other.end and other.start < hit.end for other in others)
