"""How much text a value would become, and as much of it as a text may hold.

Objects may hold the same one more than once: sixty lists of which each holds the one before twice are two to the sixty
empty lists as JSON, and a thousand messages that share a document are a thousand documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from spanvas.model.values import MAX_DEPTH
from spanvas.tracing.plain_values import MAX_OBJECTS, SCALARS

MAX_WEIGHED: Final = 16_000_000
"""Characters of what is written whole and then cut: a function has the memory for that."""
PLAIN: Final = frozenset({str, int, float, bool, type(None)})
COLLECTIONS: Final = (list, tuple, set, frozenset)
MARK_CHARACTERS: Final = 17
"""Of `{"$deep": "list"}`."""


class FarTooLargeError(ValueError):
    """What is to become one text has more characters or objects than are ever written."""


class Weight:
    """What has been weighed of one text. A thing that is held twice weighs twice."""

    def __init__(self) -> None:
        self._characters = MAX_WEIGHED
        self._objects = MAX_OBJECTS

    def add(self, value: Any) -> None:
        """Weighs dicts, lists and texts. Raises FarTooLargeError over the limits."""
        kind = type(value)
        if kind is not dict and kind is not list and not isinstance(value, (dict, list, tuple)):
            return
        characters, objects = self._characters, self._objects
        waiting = [value]
        while waiting:
            item = waiting.pop()
            for one in item.values() if isinstance(item, dict) else item:
                kind = type(one)
                if kind is str:
                    characters -= len(one)
                elif kind not in PLAIN and (
                    kind is dict or kind is list or isinstance(one, (dict, list, tuple))
                ):
                    waiting.append(one)
            objects -= 1
            if objects < 0 or characters < 0:
                raise FarTooLargeError
        self._characters, self._objects = characters, objects


class Unfolding:
    """Copies values in which nothing holds itself, as much of them as makes so many characters of JSON."""

    def __init__(self, characters: int, account: Callable[[Any], Any]) -> None:
        self._account = account
        self._characters = characters
        self._objects = MAX_OBJECTS
        self._open: set[int] = set()

    @property
    def is_cut(self) -> bool:
        """Whether something was left out because there is too much of it."""
        return self._characters <= 0 or self._objects <= 0

    def of(self, value: Any) -> Any:
        """Returns the copy. `{"$deep": type}` stands for what holds itself, is too deep, or is one of too many."""
        if isinstance(value, SCALARS):
            self._characters -= len(value) if isinstance(value, str) else 1
            return value
        if id(value) in self._open or len(self._open) >= MAX_DEPTH or self._objects <= 0:
            self._characters -= MARK_CHARACTERS
            return {"$deep": type(value).__name__}
        self._objects -= 1
        self._open.add(id(value))
        found = self._opened(value)
        self._open.discard(id(value))
        return found

    def _opened(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return self._fields(value)
        if isinstance(value, COLLECTIONS):
            return self._items(value)
        try:
            said = self._account(value)
        except Exception:  # noqa: BLE001 - a method of somebody else's
            return {"$repr": type(value).__name__}
        return self._opened(said) if isinstance(said, (Mapping, *COLLECTIONS)) else self.of(said)

    def _fields(self, value: Mapping[Any, Any]) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key, item in value.items():
            if self._characters <= 0:
                break
            self._characters -= len(key) if isinstance(key, str) else 1
            found[key] = self.of(item)
        return found

    def _items(self, value: Iterable[Any]) -> list[Any]:
        found: list[Any] = []
        for item in value:
            if self._characters <= 0:
                break
            self._characters -= 2
            found.append(self.of(item))
        return found
