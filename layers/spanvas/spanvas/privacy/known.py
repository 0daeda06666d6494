"""Texts in which nothing was found before.

Agents repeat the conversation in every span: of the 9,900 texts in the spans of one real run 214 are different. Whoever
redacts many spans of many executions remembers which texts were clean and scans only what is new; a text is clean or
not whatever is around it, and names of keys are judged each time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

MAX_CHARACTERS: Final = 4_000_000
"""Remembered at most; then everything is forgotten, which costs scanning it again once."""
MAX_DEPTH: Final = 64
MAX_JSON_DEPTH: Final = 5
JSON_STARTS: Final = frozenset('{["')


class KnownTexts:
    """`is_secret_item` says whether a key makes its value a secret; keys in `identifiers` are left alone."""

    def __init__(
        self, is_secret_item: Callable[[str, Any], bool], identifiers: frozenset[str]
    ) -> None:
        self._is_secret_item = is_secret_item
        self._identifiers = identifiers
        self._clean: set[str] = set()
        self._characters = 0

    def add(self, text: str) -> None:
        """A text in which nothing was found, by any rule."""
        if text not in self._clean:
            self._characters += len(text) + 50
            if self._characters > MAX_CHARACTERS:
                self._clean.clear()
                self._characters = len(text) + 50
            self._clean.add(text)

    def update(self, texts: Iterable[bytes]) -> None:
        """As `add`, of texts in UTF-8."""
        for text in texts:
            self.add(text.decode("utf-8", "surrogatepass"))

    def covers(self, value: Any, depth: int = 0, json_depth: int = 0) -> bool:
        """Whether everything in the value is known to be clean. Says no where it is not sure."""
        kind = type(value)
        if kind is str:
            if value in self._clean:
                return True
            return value[:64].lstrip()[:1] in JSON_STARTS and self._covers_json(
                value, depth, json_depth
            )
        if kind is int or kind is float or kind is bool or value is None:
            return True
        if depth >= MAX_DEPTH:
            return False
        if kind is dict:
            return self._covers_mapping(value, depth + 1, json_depth)
        if kind is list or kind is tuple:
            return all(self.covers(item, depth + 1, json_depth) for item in value)
        return False

    def _covers_mapping(self, value: Mapping[Any, Any], depth: int, json_depth: int) -> bool:
        clean, is_secret_item, identifiers = self._clean, self._is_secret_item, self._identifiers
        for key, item in value.items():
            if key in identifiers:
                continue
            if key not in clean or is_secret_item(key, item):
                return False
            if type(item) is str and item in clean:
                continue
            if not self.covers(item, depth, json_depth):
                return False
        return True

    def _covers_json(self, text: str, depth: int, json_depth: int) -> bool:
        if json_depth >= MAX_JSON_DEPTH:
            return False
        try:
            decoded = json.loads(text)
        except (ValueError, RecursionError):
            return False
        if not self.covers(decoded, depth, json_depth + 1):
            return False
        self.add(text)
        return True
