"""The redaction of one span within one budget of time, and its receipt."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from spanvas import attributes as names
from spanvas.lazy_pattern import LazyPattern
from spanvas.privacy.clean_texts import CleanTextCache
from spanvas.privacy.json_text import without_escapes
from spanvas.privacy.keys import is_secret_item
from spanvas.privacy.rules.context import REACH
from spanvas.privacy.scan import Scanner, scannable
from spanvas.privacy.walk import (
    IDENTIFIERS,
    MAX_NAME,
    MAX_NAMES,
    MAX_SEARCHED_CHARACTERS,
    MAX_TEXT_CHARACTERS,
    MAX_UNTIMED_CHARACTERS,
    Walk,
)

KEY_RULE: Final = "key"
UNSCANNED: Final = "unscanned"
MARKER: Final = "[REDACTED:{}]"

FREE_TEXT_NAMES: Final = frozenset(
    {
        names.EXCEPTION_MESSAGE,
        names.EXCEPTION_STACKTRACE,
        names.URL_FULL,
        names.URL_QUERY,
        names.URL_PATH,
        names.HTTP_URL_OLD,
        names.HTTP_TARGET_OLD,
        names.DB_QUERY_TEXT,
        names.DB_STATEMENT_OLD,
        names.PROCESS_COMMAND_LINE,
        names.PROCESS_COMMAND_ARGS,
    }
)
"""Written by machines, but about people's values: dropped with the content where nothing can be scanned."""

CLOCK_CHARACTERS: Final = 10_000
"""Between two looks at the clock, each of which costs as much as scanning a hundred characters."""
DIGIT: Final = LazyPattern(r"\d")


def full_collections() -> int:
    """Returns how many times the garbage collector has looked at all objects of the process."""
    collections: int = gc.get_stats()[-1]["collections"]
    return collections


class OverBudgetError(Exception):
    """The time is up, or a span holds too many characters."""


class SpanRedaction:
    """Redacts one span: `receipt` counts what was replaced, by rule. `budget` is in nanoseconds of the clock.

    `clean_texts` and `clean_names` outlive it: texts and names of attributes in which nothing was found before. A full
    garbage collection is no work of the redaction, and is charged to the thread in which it comes: the budget begins
    anew after the first one.
    """

    def __init__(
        self,
        scanner: Scanner | None,
        clock: Callable[[], int],
        budget: int,
        clean_texts: CleanTextCache | None,
        clean_names: set[str],
    ) -> None:
        self.receipt: dict[str, int] = {}
        self._clean_texts = clean_texts
        self._clean_names = clean_names
        self._names: list[str] = []
        self._since_check = self._untimed = 0
        self._scanner = scanner
        self._clock = clock
        self._budget = budget
        self._deadline = clock() + budget
        self._collections: int | None = full_collections()
        self._texts: list[bytes] = []
        self._characters = 0
        self._rules: tuple[int, ...] = ()
        self._decoded: dict[str, Any] = {}

    def content(self, name: str, value: Any) -> Any:
        """Redacts one content value; a marker stands for what cannot be scanned."""
        if is_secret_item(name, value):
            return self._replaced(KEY_RULE)
        try:
            if self._scanner is not None:
                return self._cleaned(self._scanner, value)
        except OverBudgetError:
            pass
        return self._dropped()

    def machine_text(self, value: dict[str, Any]) -> dict[str, Any]:
        """Redacts everything that is not content.

        What cannot be scanned is redacted by the names of keys alone, and its free text is dropped. Of the rest stays
        what is short and clean, of which the search has an end that is known before.
        """
        try:
            if self._scanner is not None:
                return self._cleaned(self._scanner, value)  # type: ignore[no-any-return]
        except OverBudgetError:
            pass
        self._untimed = MAX_UNTIMED_CHARACTERS
        return {name: self._without_free_value(name, item) for name, item in value.items()}

    def is_clean(self, value: Any) -> bool:
        """Says whether nothing of the value has to be redacted, after scanning its texts that are not in the cache.

        False where that is not sure, and always without a cache.
        """
        try:
            return self._rules_in_pending(value) == ()
        except OverBudgetError:
            return False

    def _rules_in_pending(self, value: Any) -> tuple[int, ...] | None:
        """Returns the rules that may hit in the texts of a value that are not in the cache; None where the whole value
        has to be walked."""
        if self._clean_texts is None or self._scanner is None:
            return None
        pending = self._clean_texts.pending_in(value)
        if pending is None:
            return None
        if pending.texts:
            texts = [scannable(text) for text in pending.texts]
            rules = self._scanner.rules_in(texts)
            if rules and not self._are_clean(self._scanner, texts, rules, pending.characters):
                return rules
        self._clean_texts.update_with(pending)
        return ()

    def _are_clean(
        self, scanner: Scanner, texts: list[bytes], rules: tuple[int, ...], characters: int
    ) -> bool:
        """Says whether the rules hit nowhere after all: most long numbers are no cards.

        Costs a tenth of walking the value. The name that a text stands under is left out, since a name only makes hits
        harmless.
        """
        return characters <= MAX_SEARCHED_CHARACTERS and not any(
            scanner.hits(text, rules, self._check_time) for text in texts
        )

    def _cleaned(self, scanner: Scanner, value: Any) -> Any:
        rules = self._rules_in_pending(value)
        if rules == ():
            return value
        self._texts, self._names, self._characters = [], [], 0
        before = dict(self.receipt)
        try:
            self._check_time()
            if rules is None:
                value = self._walk(value, self._note)
                rules = scanner.rules_in(self._texts)
            if rules:
                self._rules = rules
                return self._walk(value, self._scrub)
            if len(self._clean_names) < MAX_NAMES:
                self._clean_names.update(self._names)
            if self._clean_texts is not None:
                self._clean_texts.update(text.decode() for text in self._texts)
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
        """Applies `text` to a name, unless it was clean before: names of attributes come again with every span."""
        if name in self._clean_names:
            return name
        if len(name) <= MAX_NAME:
            self._names.append(name)
        return text(name, "")

    def _note(self, text: str, _name: str) -> str:
        self._characters += len(text)
        if self._characters > MAX_TEXT_CHARACTERS:
            raise OverBudgetError
        self._since_check += 100 + len(text)
        if self._since_check > CLOCK_CHARACTERS:
            self._check_time()
        self._texts.append(scannable(text))
        return text

    def _check_time(self) -> None:
        self._since_check = 0
        if self._clock() > self._deadline:
            if self._collections in {None, full_collections()}:
                raise OverBudgetError
            self._collections = None
            self._deadline = self._clock() + self._budget

    def _scrub(self, text: str, name: str) -> str:
        self._check_time()
        assert self._scanner is not None
        if self._clean_texts is not None and text in self._clean_texts:
            return text
        data = scannable(text)
        hits = self._scanner.hits(data, self._rules, self._check_time, name)
        if not hits:
            # A number in a short text may be harmless only because of the name that the text stands under.
            if self._clean_texts is not None and (len(text) > REACH or not DIGIT.search(text)):
                self._clean_texts.add(text)
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
        """Says whether no rule can hit in a text. Without a scanner names and ids are kept unseen."""
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
