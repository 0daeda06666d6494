"""The cache of texts in which nothing was found before, and the first look at a span that uses it.

Agents repeat the conversation in every span: of the 9,900 texts in the spans of one real run 214 are different. So a
redactor of many spans remembers which texts were clean and scans only the others. A text is clean or not whatever is
around it; names of keys are judged each time.

The first look goes over the same structures as `walk.Walk`, by the same limits and rules for names, but changes
nothing and gives up where anything may have to change. It takes a seventh of the time: 2.6 us for a span of an agent
whose texts are all known, the walk 18.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from spanvas.privacy.json_text import (
    STARTS,
    documents,
    holds_json,
    looks_like_json,
    may_repeat_names,
    quickly_decoded,
    without_escapes,
)
from spanvas.privacy.keys import (
    MAX_LABEL_BLANKS,
    MAX_PATH,
    is_secret_key,
    is_secret_label,
    says_no_value,
)
from spanvas.privacy.named import FLAGS, KINDS, NAMING, is_model_token
from spanvas.privacy.rules.payment import is_card_number
from spanvas.privacy.walk import (
    MAX_DEPTH,
    MAX_JSON_DEPTH,
    MAX_NAMES,
    MAX_PENDING_CHARACTERS,
)

MAX_CHARACTERS: Final = 4_000_000
"""Remembered at most; then everything is forgotten, which costs scanning it again once."""
LIST_HEAD: Final = 1_000
"""First characters by which a list is found again that has grown since."""
LARGE: Final = 10**12
"""Numbers from here on may be cards."""


class CleanTextCache:
    """Remembers clean texts. `is_secret_item` says whether a key makes its value a secret; `identifiers` are keys that
    are left alone."""

    def __init__(
        self,
        is_secret_item: Callable[[str, Any], bool],
        identifiers: frozenset[str],
        max_characters: int = MAX_CHARACTERS,
    ) -> None:
        self._max_characters = max_characters
        self._is_secret_item = is_secret_item
        self._identifiers = identifiers
        self._clean: set[str] = set()
        self._characters = 0
        self._lists: dict[str, str] = {}
        # Names that are clean, and make no secret of any value.
        self._plain_names: set[str] = set()

    def __contains__(self, text: str) -> bool:
        return text in self._clean

    def add(self, text: str) -> None:
        """Remembers a text in which no rule found anything. One that may be the name of a secret beside it is not
        remembered, so that it is looked at each time."""
        if text not in self._clean and not may_tell(text):
            self._characters += len(text) + 50
            if self._characters > self._max_characters:
                self._clean.clear()
                self._lists.clear()
                self._plain_names.clear()
                self._characters = len(text) + 50
            self._clean.add(text)

    def update(self, texts: Iterable[str]) -> None:
        """Remembers several texts: see `add`."""
        clean = self._clean
        for text in texts:
            if text not in clean:
                self.add(text)

    def update_with(self, pending: PendingTexts) -> None:
        """Remembers what was pending, of which nothing has to be redacted."""
        self.update(pending.texts)
        self.update(pending.wholes)
        for text in pending.lists:
            if len(text) > LIST_HEAD and text in self._clean:
                self._characters += LIST_HEAD
                self._lists[text[:LIST_HEAD]] = text

    def pending_in(self, value: Any) -> PendingTexts | None:
        """Returns the texts of a value that have to be scanned: if nothing is found in them, nothing is in the value.

        None where the value has to be walked: a key makes its value a secret, there are more characters than are
        scanned at a stretch, or something is neither text nor number.
        """
        pending = PendingTexts()
        return pending if self._collect(value, pending, 0, 0) else None

    def _collect(self, value: Any, pending: PendingTexts, depth: int, json_depth: int) -> bool:
        """Collects the pending texts of a value; False where it has to be walked. This pass goes over everything in
        every request, so it asks for the commonest type first."""
        kind = type(value)
        if kind is str:
            return value in self._clean or self._collect_text(value, pending, depth, json_depth)
        if kind is dict:
            return depth < MAX_DEPTH and self._collect_mapping(
                value, pending, depth + 1, json_depth
            )
        if kind is list or kind is tuple:
            if depth >= MAX_DEPTH:
                return False
            clean, depth, strings = self._clean, depth + 1, 0
            for item in value:
                kind = type(item)
                if kind is str:
                    strings += 1
                    if item in clean:
                        continue
                    if may_tell(item):
                        return False
                elif kind is dict and depth < MAX_DEPTH:
                    if not self._collect_mapping(item, pending, depth + 1, json_depth):
                        return False
                    continue
                if not self._collect(item, pending, depth, json_depth):
                    return False
            pending.strings += strings
            return True
        if kind is int or kind is float:
            return -LARGE < value < LARGE or not is_card_number(value, "")
        return kind is bool or value is None

    def _collect_mapping(
        self, value: Mapping[Any, Any], pending: PendingTexts, depth: int, json_depth: int
    ) -> bool:
        clean, plain_names = self._clean, self._plain_names
        strings = len(value)
        for key, item in value.items():
            if key not in plain_names:
                if key in self._identifiers:
                    continue
                if type(key) is not str or not self._collect_name(key, item, value, pending):
                    return False
            kind = type(item)
            if kind is str:
                strings += 1
                if item in clean:
                    continue
                if key in NAMING and may_tell(item):
                    return False
                if not self._collect_text(item, pending, depth, json_depth):
                    return False
            elif kind is dict:
                if depth >= MAX_DEPTH or not self._collect_mapping(
                    item, pending, depth + 1, json_depth
                ):
                    return False
            elif (item is True and key in FLAGS) or not self._collect(
                item, pending, depth, json_depth
            ):
                return False
        pending.strings += strings
        return True

    def _collect_name(
        self, name: str, item: Any, siblings: Iterable[Any], pending: PendingTexts
    ) -> bool:
        is_secret = is_secret_key(name) and not is_model_token(name, item, siblings)
        if is_secret and (self._is_secret_item(name, item) or not _says_nothing(item)):
            return False
        if name not in self._clean:
            return pending.add(name)
        if len(self._plain_names) < MAX_NAMES and not is_secret_key(name):
            self._plain_names.add(name)
        return True

    def _collect_text(self, text: str, pending: PendingTexts, depth: int, json_depth: int) -> bool:
        first = text[:1]
        is_whole = first in STARTS or (not first.isalnum() and looks_like_json(text))
        if not is_whole and not holds_json(text):
            return pending.add_readable(text) if "\\" in text else pending.add(text)
        if json_depth >= MAX_JSON_DEPTH or len(text) > MAX_PENDING_CHARACTERS:
            return False
        before, pending.strings = pending.strings, 0
        try:
            if not is_whole:
                return self._collect_parts(text, pending, depth, json_depth)
            unknown = self._without_known_items(text)
            decoded = quickly_decoded(unknown)
            if not decoded:  # a comma behind the last item is no JSON
                unknown, decoded = text, quickly_decoded(text)
            pending.wholes.append(text)
            if type(decoded) is list and text[-1] == "]":
                pending.lists.append(text)
            is_sure = self._collect(decoded, pending, depth, json_depth + 1)
            return is_sure and (
                type(decoded) is str or not may_repeat_names(unknown, decoded, pending.strings)
            )
        except RecursionError:
            return False
        except ValueError:
            return self._collect_parts(text, pending, depth, json_depth)
        finally:
            pending.strings = before

    def _without_known_items(self, text: str) -> str:
        """Returns a JSON list without the items with which a clean list has begun: agents send the conversation again
        with each call, and what was added to it. Any other text as it is.

        The characters are the same up to the comma behind an item, so the items are. Each item of a clean list is clean
        by itself: none of them names a secret beside it.
        """
        known = self._lists.get(text[:LIST_HEAD])
        if known is None or text[len(known) - 1 : len(known)] != ",":
            return text
        return "[" + text[len(known) :] if text.startswith(known[:-1]) else text

    def _collect_parts(self, text: str, pending: PendingTexts, depth: int, json_depth: int) -> bool:
        """Collects the pending texts of a text that is JSON in part, or not at all."""
        try:
            parts = documents(text)
        except RecursionError:
            return False
        return all(
            self._collect(part.value, pending, depth, json_depth + 1)
            for part in parts
            if part.is_json
        ) and pending.add_readable(text)


def may_tell(text: str) -> bool:
    """Says whether a text may be the name of a secret that stands beside or below it, or an option before one."""
    if text[:1] == "-":
        return True
    if len(text) > MAX_PATH or text.count(" ") > MAX_LABEL_BLANKS:
        return False
    return text in KINDS or is_secret_label(text)


def _says_nothing(item: Any) -> bool:
    """Says whether the value under a secret's name holds no secret."""
    return not isinstance(item, Mapping) or not item or says_no_value(item)


class PendingTexts:
    """`texts` that have to be scanned. If they are clean, `wholes` are: the JSON texts that they were found in, of
    which some are `lists`. `strings` counts the names and texts of the JSON text that is being read."""

    __slots__ = ("characters", "lists", "strings", "texts", "wholes")

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.wholes: list[str] = []
        self.lists: list[str] = []
        self.characters = self.strings = 0

    def add_readable(self, text: str) -> bool:
        """Adds a text as it reads without escapes: if that is clean, so is the text."""
        readable = without_escapes(text)
        if readable is not text:
            self.wholes.append(text)
        return self.add(readable)

    def add(self, text: str) -> bool:
        """Adds a text. Returns False once MAX_PENDING_CHARACTERS is exceeded."""
        self.texts.append(text)
        self.characters += len(text)
        return self.characters <= MAX_PENDING_CHARACTERS
