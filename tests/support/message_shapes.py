"""Every shape of message and part that the client libraries of providers and frameworks have, with values to fill in.

They stand in `tests/fixtures/messages/shapes.json`, one a line, by whose they are. In a shape the texts `$word`,
`$id`, `$url`, `$json` and `$png` and the number `NUMBER` stand for values that have to be found in what is shown,
wherever they stand. All other texts are the libraries' own: types, roles, states.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parents[1] / "fixtures" / "messages"
NUMBER: Final = -9_000_000_000_000_000_000_000_001
PNG: Final = "iVBORw0KGgo="
WITH_PARTS: Final = frozenset({"gemini", "opentelemetry", "pydantic-ai"})
"""Senders whose messages have `parts`; those of all others have `content`."""


def shapes() -> list[tuple[str, Any]]:
    """Returns the messages by whose they are. Every part is in a message of the assistant."""
    known = json.loads((FOLDER / "shapes.json").read_bytes())
    found = [
        (sender, {"role": "assistant", "parts" if sender in WITH_PARTS else "content": [part]})
        for sender, parts in known["parts"].items()
        for part in parts
    ]
    return found + [(sender, item) for sender, items in known["messages"].items() for item in items]


class Filled:
    """A message with values for all that stands for one. `leaves` are the texts to be found."""

    def __init__(
        self,
        shape: Any,
        word: Callable[[], str],
        number: Callable[[], int] | None = None,
    ) -> None:
        self.leaves: list[str] = []
        self._word, self._number = word, number or itertools.count(2**70).__next__
        self.message = self._filled(shape)

    def _filled(self, shape: Any) -> Any:
        if isinstance(shape, Mapping):
            return {key: self._filled(value) for key, value in shape.items()}
        if isinstance(shape, list):
            return [self._filled(value) for value in shape]
        if shape == NUMBER and isinstance(shape, int):
            number = self._number()
            self.leaves.append(str(number))
            return number
        if not isinstance(shape, str) or "$" not in shape:
            return shape
        return self._text(shape)

    def _text(self, shape: str) -> str:
        if "$png" in shape:
            self.leaves.append(PNG)
            return shape.replace("$png", PNG)
        word = self._word()
        if shape == "$json":
            self.leaves.append(word)
            return json.dumps({"k": word})
        value = shape.replace("$word", word).replace("$id", f"id_{word}")
        value = value.replace("$url", f"https://x.test/{word}")
        self.leaves.append(value)
        return value


def counted_words() -> Callable[[], str]:
    """Returns what gives words that are all different."""
    numbers = itertools.count(1)
    return lambda: f"w{next(numbers)}x"


def texts_in(value: Any) -> Iterator[str]:
    """Yields every text and number in a value."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from texts_in(item)
    elif isinstance(value, str):
        yield value
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def missing(leaves: list[str], shown: Any) -> list[str]:
    """Returns the leaves that are in no text that is shown."""
    texts = list(texts_in(shown))
    whole = "\n".join(texts)
    return [leaf for leaf in leaves if leaf not in whole]
