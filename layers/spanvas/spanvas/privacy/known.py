"""Texts in which nothing was found before.

Agents repeat the conversation in every span: of the 9,900 texts in the spans of one real run 214 are different. Whoever
redacts many spans of many executions remembers which texts were clean and scans only what is new; a text is clean or
not whatever is around it, and names of keys are judged each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from spanvas.privacy.cards import is_card_number
from spanvas.privacy.json_text import (
    STARTS,
    documents,
    holds_json,
    looks_like_json,
    may_repeat_names,
    quickly_decoded,
    without_escapes,
)
from spanvas.privacy.keys import MAX_PATH, is_secret_key, is_secret_label
from spanvas.privacy.named import FLAGS, KINDS, NAMING, is_model_token
from spanvas.privacy.schemas import says_no_value
from spanvas.privacy.walk import MAX_DEPTH, MAX_JSON_DEPTH

MAX_CHARACTERS: Final = 4_000_000
"""Remembered at most; then everything is forgotten, which costs scanning it again once."""
MAX_NEW_CHARACTERS: Final = 200_000
"""Of one span that are scanned at a stretch, in a millisecond or two; more of them are scanned with an eye on time."""
MAX_NAMES: Final = 4_096
LARGE: Final = 10**12
"""Numbers from here on may be cards."""


class KnownTexts:
    """`is_secret_item` says whether a key makes its value a secret; keys in `identifiers` are left alone."""

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
        # Names that are clean, and make no secret of any value.
        self._plain_names: set[str] = set()

    def __contains__(self, text: str) -> bool:
        return text in self._clean

    def add(self, text: str) -> None:
        """A text in which nothing was found, by any rule. One that may tell of another is looked at each time."""
        if text not in self._clean and not may_tell(text):
            self._characters += len(text) + 50
            if self._characters > self._max_characters:
                self._clean.clear()
                self._plain_names.clear()
                self._characters = len(text) + 50
            self._clean.add(text)

    def update(self, texts: Iterable[str]) -> None:
        for text in texts:
            self.add(text)

    def new_in(self, value: Any) -> New | None:
        """What of a value has to be scanned: if nothing is found there, nothing is in the value.

        None where it is not sure: a key makes its value a secret, there is more than is scanned at a stretch, or
        something is neither text nor number.
        """
        new = New([], [])
        return new if self._collect(value, new, 0, 0) else None

    def _collect(self, value: Any, new: New, depth: int, json_depth: int) -> bool:
        """Whether it is sure. One pass over all of every request: types are told apart by the commonest first."""
        kind = type(value)
        if kind is str:
            return value in self._clean or self._collect_text(value, new, depth, json_depth)
        if kind is dict:
            return depth < MAX_DEPTH and self._collect_mapping(value, new, depth + 1, json_depth)
        if kind is list or kind is tuple:
            if depth >= MAX_DEPTH:
                return False
            clean, depth, strings = self._clean, depth + 1, 0
            for item in value:
                if type(item) is str:
                    strings += 1
                    if item in clean:
                        continue
                    if may_tell(item):
                        return False
                if not self._collect(item, new, depth, json_depth):
                    return False
            new.strings += strings
            return True
        if kind is int or kind is float:
            return -LARGE < value < LARGE or not is_card_number(value, "")
        return kind is bool or value is None

    def _collect_mapping(
        self, value: Mapping[Any, Any], new: New, depth: int, json_depth: int
    ) -> bool:
        clean, plain_names = self._clean, self._plain_names
        strings = len(value)
        for key, item in value.items():
            if key not in plain_names:
                if key in self._identifiers:
                    continue
                if type(key) is not str or not self._collect_name(key, item, value, new):
                    return False
            if type(item) is str:
                strings += 1
                if item in clean:
                    continue
                if key in NAMING and may_tell(item):
                    return False
            elif item is True and key in FLAGS:
                return False
            if not self._collect(item, new, depth, json_depth):
                return False
        new.strings += strings
        return True

    def _collect_name(self, name: str, item: Any, siblings: Iterable[Any], new: New) -> bool:
        is_secret = is_secret_key(name) and not is_model_token(name, item, siblings)
        if is_secret and (self._is_secret_item(name, item) or not _says_nothing(item)):
            return False
        if name not in self._clean:
            return new.add(name)
        if len(self._plain_names) < MAX_NAMES and not is_secret_key(name):
            self._plain_names.add(name)
        return True

    def _collect_text(self, text: str, new: New, depth: int, json_depth: int) -> bool:
        first = text[:1]
        is_whole = first in STARTS or (not first.isalnum() and looks_like_json(text))
        if not is_whole and not holds_json(text):
            return new.add_readable(text) if "\\" in text else new.add(text)
        if json_depth >= MAX_JSON_DEPTH or len(text) > MAX_NEW_CHARACTERS:
            return False
        before, new.strings = new.strings, 0
        try:
            if not is_whole:
                return self._collect_parts(text, new, depth, json_depth)
            decoded = quickly_decoded(text)
            new.wholes.append(text)
            is_sure = self._collect(decoded, new, depth, json_depth + 1)
            return is_sure and (
                type(decoded) is str or not may_repeat_names(text, decoded, new.strings)
            )
        except RecursionError:
            return False
        except ValueError:
            return self._collect_parts(text, new, depth, json_depth)
        finally:
            new.strings = before

    def _collect_parts(self, text: str, new: New, depth: int, json_depth: int) -> bool:
        """Of a text that is JSON in part, or not at all."""
        try:
            parts = documents(text)
        except RecursionError:
            return False
        return all(
            self._collect(part.value, new, depth, json_depth + 1) for part in parts if part.is_json
        ) and new.add_readable(text)


def may_tell(text: str) -> bool:
    """Whether a text beside or above another may say that the other is a secret: its name, or an option."""
    if len(text) > MAX_PATH:
        return text[:1] == "-"
    return text[:1] == "-" or text in KINDS or is_secret_label(text)


def _says_nothing(item: Any) -> bool:
    """Whether under a secret's name stands nothing that is one."""
    return not isinstance(item, Mapping) or not item or says_no_value(item)


class New:
    """`texts` that have to be scanned, and texts that are clean as `wholes` if those are. `strings` counts the names
    and texts of the JSON text that is looked at."""

    __slots__ = ("characters", "strings", "texts", "wholes")

    def __init__(self, texts: list[str], wholes: list[str]) -> None:
        self.texts = texts
        self.wholes = wholes
        self.characters = self.strings = 0

    def add_readable(self, text: str) -> bool:
        """A text as it reads without escapes: if that is clean, so is the text."""
        readable = without_escapes(text)
        if readable is not text:
            self.wholes.append(text)
        return self.add(readable)

    def add(self, text: str) -> bool:
        """Whether it is not too much by now."""
        self.texts.append(text)
        self.characters += len(text)
        return self.characters <= MAX_NEW_CHARACTERS
