"""What a rule of redaction is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` is in RE2's syntax. What gets replaced is the first of its groups that takes part, else all of it.
    Of a keyed rule the first group is the name of a key, which has to be a secret's (`keys.is_secret_key`).

    `check` takes the text that would be replaced and has the last word. `places` instead says where in a text, of which
    start and end are given, something has to be replaced, and what its name is: for what no pattern can say. Of each
    text in `finds` the part between `«` and `»` must go and the rest must stay; `leaves` must stay as they are.
    """

    name: str
    pattern: str
    finds: tuple[str, ...]
    leaves: tuple[str, ...] = ()
    check: Callable[[str], bool] | None = None
    is_keyed: bool = False
    places: Callable[[bytes, int, int, str], Iterable[tuple[int, int]]] | None = None
