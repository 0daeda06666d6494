"""The redaction of one span within one budget of time: what is walked, what is scanned, and the receipt."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from spanvas.privacy.content import FREE_TEXT_NAMES, IDENTIFIERS
from spanvas.privacy.context import REACH
from spanvas.privacy.json_text import without_escapes
from spanvas.privacy.known import KnownTexts
from spanvas.privacy.scan import Scanner, scannable
from spanvas.privacy.secret_items import is_secret_item
from spanvas.privacy.walk import Walk

KEY_RULE: Final = "key"
UNSCANNED: Final = "unscanned"
MARKER: Final = "[REDACTED:{}]"

MAX_TEXT_CHARACTERS: Final = 2_000_000
MOST_UNTIMED: Final = 50_000
"""Characters of one span that are scanned when time is up: less than a millisecond."""
BETWEEN_LOOKS: Final = 10_000
"""Characters between two looks at the clock, which costs as much as scanning a hundred."""
FEW_CHARACTERS: Final = 10_000
"""New ones in a span, which are worth to be searched twice where something is found."""
DIGIT: Final = re.compile(r"\d")
MAX_NAME: Final = 100
MAX_NAMES: Final = 4_096


class OverBudgetError(Exception):
    """Time is up, or the text is too large to start with."""


class Job:
    """The redaction of one span: one budget, one receipt."""

    def __init__(
        self,
        scanner: Scanner | None,
        clock: Callable[[], int],
        deadline: int,
        known: KnownTexts | None,
        clean_names: set[str],
    ) -> None:
        self.receipt: dict[str, int] = {}
        self._known = known
        self._clean_names = clean_names
        self._names: list[str] = []
        self._unlooked = self._untimed = 0
        self._scanner = scanner
        self._clock = clock
        self._deadline = deadline
        self._texts: list[bytes] = []
        self._characters = 0
        self._rules: tuple[int, ...] = ()
        self._decoded: dict[str, Any] = {}

    def content(self, name: str, value: Any) -> Any:
        """One content value, redacted, or the marker in its place."""
        if is_secret_item(name, value):
            return self._replaced(KEY_RULE)
        try:
            if self._scanner is not None:
                return self._cleaned(self._scanner, value)
        except OverBudgetError:
            pass
        return self._dropped()

    def machine_text(self, value: dict[str, Any]) -> dict[str, Any]:
        """Everything that is not content: scanned, or else with key rules alone and its free text dropped. Of the rest
        stays what is short and clean, of which the search has an end that is known before."""
        try:
            if self._scanner is not None:
                return self._cleaned(self._scanner, value)  # type: ignore[no-any-return]
        except OverBudgetError:
            pass
        self._untimed = MOST_UNTIMED
        return {name: self._without_free_value(name, item) for name, item in value.items()}

    def is_clean(self, value: Any) -> bool:
        """Whether nothing of the value has to be redacted, by scanning what of it is not known. False where it is not
        sure, and always without a memory."""
        try:
            return self._rules_in_new(value) == ()
        except OverBudgetError:
            return False

    def _rules_in_new(self, value: Any) -> tuple[int, ...] | None:
        """The rules that may hit in what of a value is not known; None where it is not sure that no more is to do."""
        if self._known is None or self._scanner is None:
            return None
        new = self._known.new_in(value)
        if new is None:
            return None
        if new.texts:
            texts = [scannable(text) for text in new.texts]
            rules = self._scanner.rules_in(texts)
            if rules and not self._are_clean(self._scanner, texts, rules, new.characters):
                return rules
            self._known.update(new.texts)
        self._known.update(new.wholes)
        return ()

    def _are_clean(
        self, scanner: Scanner, texts: list[bytes], rules: tuple[int, ...], characters: int
    ) -> bool:
        """Whether the rules hit nowhere after all: most long numbers are no cards. Costs a tenth of walking the value.
        The name that a text stands under is left out, since a name only makes hits harmless."""
        return characters <= FEW_CHARACTERS and not any(
            scanner.hits(text, rules, self._look) for text in texts
        )

    def _cleaned(self, scanner: Scanner, value: Any) -> Any:
        rules = self._rules_in_new(value)
        if rules == ():
            return value
        self._texts, self._names, self._characters = [], [], 0
        before = dict(self.receipt)
        try:
            self._look()
            if rules is None:
                value = self._walk(value, self._note)
                rules = scanner.rules_in(self._texts)
            if rules:
                self._rules = rules
                return self._walk(value, self._scrub)
            if len(self._clean_names) < MAX_NAMES:
                self._clean_names.update(self._names)
            if self._known is not None:
                self._known.update(text.decode() for text in self._texts)
            return value
        except OverBudgetError:
            self.receipt = before
            raise
        finally:
            self._decoded.clear()

    def _walk(self, value: Any, text: Callable[[str, str], str]) -> Any:
        return Walk(text, partial(self._walk_name, text), self._replaced, self._decoded).value(
            value
        )

    def _walk_name(self, text: Callable[[str, str], str], name: str) -> str:
        """Names of attributes come again with every span: one that was clean stays so."""
        if name in self._clean_names:
            return name
        if len(name) <= MAX_NAME:
            self._names.append(name)
        return text(name, "")

    def _note(self, text: str, _name: str) -> str:
        self._characters += len(text)
        if self._characters > MAX_TEXT_CHARACTERS:
            raise OverBudgetError
        self._unlooked += 100 + len(text)
        if self._unlooked > BETWEEN_LOOKS:
            self._look()
        self._texts.append(scannable(text))
        return text

    def _look(self) -> None:
        self._unlooked = 0
        if self._clock() > self._deadline:
            raise OverBudgetError

    def _scrub(self, text: str, name: str) -> str:
        self._look()
        assert self._scanner is not None
        if self._known is not None and text in self._known:
            return text
        data = scannable(text)
        hits = self._scanner.hits(data, self._rules, self._look, name)
        if not hits:
            # A number in a short text may be harmless only because of the name that the text stands under.
            if self._known is not None and (len(text) > REACH or not DIGIT.search(text)):
                self._known.add(text)
            return text
        data = text.encode("utf-8", "surrogatepass")
        pieces, end = [], 0
        for hit in hits:
            pieces += [data[end : hit.start], MARKER.format(hit.rule).encode()]
            end = hit.end
            self._count(hit.rule)
        return b"".join((*pieces, data[end:])).decode("utf-8", "surrogatepass")

    def _without_free_text(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: self._without_free_value(key, item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._without_free_text(item) for item in value]
        if isinstance(value, (str, bytes, bytearray)) and not self._is_short_and_clean(value):
            return self._dropped()
        return value

    def _is_short_and_clean(self, value: str | bytes | bytearray) -> bool:
        """Whether no rule can hit in a text. Without a scanner names and ids are kept unseen."""
        if self._scanner is None:
            return True
        self._untimed -= len(value)
        if self._untimed < 0:
            return False
        text = value if isinstance(value, str) else value.decode("utf-8", "replace")
        return self._scanner.rules_in([scannable(without_escapes(text))]) == ()

    def _without_free_value(self, key: Any, item: Any) -> Any:
        if key in FREE_TEXT_NAMES:
            return self._dropped() if item else item
        if isinstance(key, str) and key not in IDENTIFIERS and is_secret_item(key, item):
            return self._replaced(KEY_RULE)
        return self._without_free_text(item)

    def _dropped(self) -> str:
        return self._replaced(UNSCANNED)

    def _replaced(self, rule: str) -> str:
        self._count(rule)
        return MARKER.format(rule)

    def _count(self, rule: str) -> None:
        self.receipt[rule] = self.receipt.get(rule, 0) + 1
