"""The span tree as rows in pre-order.

Real traces are late, duplicated, cut and hostile, so: duplicates are merged, spans whose parent is not there are
promoted to the top and marked, cycles are cut at their earliest span and marked, and times are never adjusted; a
child that starts before its parent is marked instead. No recursion: chains of 50,000 spans are legal.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Final, NamedTuple

from spanvas.model import kinds
from spanvas.model.row import Row, merge_duplicates

ORPHAN: Final = "orphan"
CYCLE: Final = "cycle"
CLOCK_SKEW: Final = "clock_skew"
SKEW_TOLERANCE_NANO: Final = 1_000_000

_start_order = attrgetter("start_time_unix_nano", "span_id")


class TreeRow(NamedTuple):
    """`parent_span_id` is the parent in this tree: None for what was promoted, whatever the span says."""

    row: Row
    depth: int
    parent_span_id: str | None
    marks: tuple[str, ...]


def build_tree(rows: Iterable[Row]) -> list[TreeRow]:
    """Rows of one trace in any order, with duplicates -> pre-order; siblings by start time, then id. O(n log n)."""
    unique = list(rows)
    by_id = {row.span_id: row for row in unique}
    if len(by_id) < len(unique):
        unique = merge_duplicates(unique)
        by_id = {row.span_id: row for row in unique}
    unique.sort(key=_start_order)
    children: dict[str, list[Row]] = {}
    roots: list[Row] = []
    orphans: list[Row] = []
    for row in unique:
        parent = row.parent_span_id
        if parent in by_id:
            children.setdefault(parent, []).append(row)
        elif not parent or row.kind == kinds.WORKFLOW:
            roots.append(row)
        else:
            orphans.append(row)

    tree: list[TreeRow] = []
    placed: set[str] = set()
    for root in roots:
        _append_subtree(root, (), children, placed, tree)
    for root in orphans:
        _append_subtree(root, (ORPHAN,), children, placed, tree)
    if len(placed) < len(unique):
        # What no root reaches hangs on a cycle: cut each at its earliest span.
        for row in unique:
            if row.span_id not in placed:
                _append_subtree(_on_cycle(row, by_id), (CYCLE,), children, placed, tree)
    return tree


def state_of(row: Row, now_unix_nano: int, execution_is_open: bool) -> str:
    """`ok`, `error` or `unset` of an ended span; `running` or `lost` of one that has not ended.

    Open spans are lost once their function's deadline has passed or their execution is closed: nothing runs for ever.
    """
    if row.end_time_unix_nano is not None:
        return row.status
    deadline = row.deadline_unix_nano
    if not execution_is_open or (deadline is not None and deadline < now_unix_nano):
        return "lost"
    return "running"


def _append_subtree(
    root: Row,
    root_marks: tuple[str, ...],
    children: dict[str, list[Row]],
    placed: set[str],
    tree: list[TreeRow],
) -> None:
    """One loop without calls for what most rows have: ten thousand rows are placed for every answer."""
    stack: list[tuple[Row, int, Row | None]] = [(root, 0, None)]
    while stack:
        row, depth, parent = stack.pop()
        span_id = row.span_id
        if span_id in placed:
            continue
        placed.add(span_id)
        marks = row.marks
        start = row.start_time_unix_nano
        end = row.end_time_unix_nano
        if parent is None:
            marks += root_marks
            is_skewed = False
            parent_span_id = None
        else:
            is_skewed = start + SKEW_TOLERANCE_NANO < parent.start_time_unix_nano
            parent_span_id = parent.span_id
        if is_skewed or (end is not None and end < start):
            marks = (*marks, CLOCK_SKEW)
        tree.append(TreeRow(row, depth, parent_span_id, marks))
        below = children.get(span_id)
        if below:
            depth += 1
            stack.extend([(child, depth, row) for child in reversed(below)])


def _on_cycle(row: Row, by_id: dict[str, Row]) -> Row:
    """The earliest span of the cycle that `row` is on or hangs below."""
    seen: set[str] = set()
    while row.span_id not in seen:
        seen.add(row.span_id)
        row = by_id[row.parent_span_id or ""]
    cycle = [row]
    step = by_id[row.parent_span_id or ""]
    while step.span_id != row.span_id:
        cycle.append(step)
        step = by_id[step.parent_span_id or ""]
    return min(cycle, key=_start_order)
