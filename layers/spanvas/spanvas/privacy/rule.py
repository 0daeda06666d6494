"""What a rule of redaction is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` is in RE2's syntax. Its first group, if it has one, is what gets replaced, else the whole match.

    `check` takes the text that would be replaced and has the last word. Of each text in `finds` the part between
    `«` and `»` must go and the rest must stay; `leaves` must stay as they are.
    """

    name: str
    pattern: str
    finds: tuple[str, ...]
    leaves: tuple[str, ...] = ()
    check: Callable[[str], bool] | None = None
