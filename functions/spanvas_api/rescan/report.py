"""What a re-scan has found and done: counts by rule, and by name what it has left alone. It quotes no text."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

MOST_NAMED: Final = 500
"""Places that are named; further ones are counted."""


@dataclass(slots=True)
class Report:
    """`by_rule`: replaced places, by rule. `left_alone`: a place and why, for what may hold something and was not
    rewritten; `left`: how many there are, by reason. `page` and `after`: how far the re-scan has come."""

    executions: int = 0
    items: int = 0
    files: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    left_alone: list[tuple[str, str]] = field(default_factory=list)
    page: Any = None
    after: str = ""
    is_complete: bool = False

    def leave(self, place: str, why: str) -> None:
        """Notes what is left as it is."""
        self.left[why] += 1
        if len(self.left_alone) < MOST_NAMED:
            self.left_alone.append((place, why))

    def text(self) -> str:
        """Returns the report as JSON, to be kept and read by `read`."""
        return json.dumps({name: getattr(self, name) for name in self.__dataclass_fields__})

    @staticmethod
    def read(text: str) -> Report:
        """Returns the report of a text; a new one where there is none, or where that one is complete."""
        values = json.loads(text) if text else {}
        if not values or values.get("is_complete"):
            return Report()
        values["by_rule"] = Counter(values["by_rule"])
        values["left"] = Counter(values["left"])
        values["left_alone"] = [(place, why) for place, why in values["left_alone"]]
        return Report(**values)

    def lines(self, *, is_dry: bool) -> list[str]:
        """Returns the report for people."""
        did = "would be" if is_dry else "were"
        lines = [
            f"{self.executions} executions looked through"
            + ("" if self.is_complete else "; not complete: run it again to go on"),
            f"{self.items} items and {self.files} files {did} rewritten",
        ]
        lines += [f"{count:8}  {rule}" for rule, count in self.by_rule.most_common()]
        if self.left:
            lines.append("left as they are:")
            lines += [f"{count:8}  {why}" for why, count in self.left.most_common()]
            lines += [f"  {place}: {why}" for place, why in self.left_alone]
        return lines
