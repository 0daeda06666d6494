"""Texts in which nothing was found before.

Agents repeat the conversation in every span: of the 9,900 texts in the spans of one real run 214 are different. Whoever
redacts many spans of many executions remembers which texts were clean and scans only what is new; a text is clean or
not whatever is around it, and names of keys are judged each time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from spanvas.privacy.keys import is_secret_key

fast_loads: Callable[[str], Any]
try:  # the functions bring orjson; elsewhere the standard library does
    from orjson import loads as fast_loads
except ImportError:  # pragma: no cover - the tests have orjson
    from json import loads as fast_loads

MAX_CHARACTERS: Final = 4_000_000
"""Remembered at most; then everything is forgotten, which costs scanning it again once."""
MAX_NEW_CHARACTERS: Final = 200_000
"""Of one span that are scanned at a stretch, in a millisecond or two; more of them are scanned with an eye on time."""
MAX_DEPTH: Final = 64
MAX_JSON_DEPTH: Final = 5
MAX_NAMES: Final = 4_096
JSON_STARTS: Final = frozenset('{["')


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

    def add(self, text: str) -> None:
        """A text in which nothing was found, by any rule."""
        if text not in self._clean:
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
            clean, depth = self._clean, depth + 1
            for item in value:
                if type(item) is str and item in clean:
                    continue
                if not self._collect(item, new, depth, json_depth):
                    return False
            return True
        return kind is int or kind is float or kind is bool or value is None

    def _collect_mapping(
        self, value: Mapping[Any, Any], new: New, depth: int, json_depth: int
    ) -> bool:
        clean, plain_names = self._clean, self._plain_names
        for key, item in value.items():
            if key not in plain_names:
                if key in self._identifiers:
                    continue
                if type(key) is not str or not self._collect_name(key, item, new):
                    return False
            if type(item) is str and item in clean:
                continue
            if not self._collect(item, new, depth, json_depth):
                return False
        return True

    def _collect_name(self, name: str, item: Any, new: New) -> bool:
        if self._is_secret_item(name, item):
            return False
        if name not in self._clean:
            return new.add(name)
        if len(self._plain_names) < MAX_NAMES and not is_secret_key(name):
            self._plain_names.add(name)
        return True

    def _collect_text(self, text: str, new: New, depth: int, json_depth: int) -> bool:
        if json_depth < MAX_JSON_DEPTH and text[:64].lstrip()[:1] in JSON_STARTS:
            if len(text) > MAX_NEW_CHARACTERS:
                return False
            try:
                decoded = decoded_json(text)
            except (ValueError, RecursionError):
                return new.add(text)
            new.wholes.append(text)
            return self._collect(decoded, new, depth, json_depth + 1)
        return new.add(text)


class New:
    """`texts` that have to be scanned, and JSON texts that are clean as `wholes` if those are."""

    __slots__ = ("characters", "texts", "wholes")

    def __init__(self, texts: list[str], wholes: list[str]) -> None:
        self.texts = texts
        self.wholes = wholes
        self.characters = 0

    def add(self, text: str) -> bool:
        """Whether it is not too much by now."""
        self.texts.append(text)
        self.characters += len(text)
        return self.characters <= MAX_NEW_CHARACTERS


def decoded_json(text: str) -> Any:
    """The value of a JSON text; ValueError for what is none. Only its texts and names are right: of numbers that are
    too long the fast parser makes others."""
    try:
        return fast_loads(text)
    except ValueError:  # NaN and lone surrogates are JSON to the standard library alone
        return json.loads(text)
