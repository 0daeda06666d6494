"""A figure, its goal, and how both are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles

COLUMNS = ("figure", "value", "goal", "met")


class BenchError(Exception):
    """A bench cannot be run here; the message says why."""


@dataclass(frozen=True, slots=True)
class Figure:
    """`goal` is written `<= 15` or `>= 15`; empty for what is said beside the figures that have one."""

    figure: str
    value: float
    unit: str
    goal: str = ""
    samples: int = 1

    @property
    def is_met(self) -> bool | None:
        """None where there is no goal."""
        if not self.goal:
            return None
        sign, bound = self.goal.split()
        assert sign in ("<=", ">=")
        limit = float(bound.replace(",", ""))
        return self.value <= limit if sign == "<=" else self.value >= limit

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """As the tables have it."""
        met = {True: "yes", False: "NO", None: ""}[self.is_met]
        return self.figure, f"{readable(self.value)} {self.unit}".strip(), self.goal, met


def readable(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 or value == int(value) else f"{value:.3g}"


def rounded(value: float) -> float:
    """What is kept of a measured value: more digits than these are noise."""
    return float(f"{value:.4g}")


def percentile(values: Sequence[float], percent: int) -> float:
    return rounded(quantiles(values, n=100, method="inclusive")[percent - 1])


def table(figures: Iterable[Figure]) -> str:
    """For the terminal: columns in line."""
    rows = [COLUMNS, *(figure.cells for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths)) for row in rows)  # noqa: B905
    return "\n".join(line.rstrip() for line in lines)
