"""The span tree as rows in pre-order.

Real traces are late, duplicated, cut and hostile, so: duplicates are merged, spans whose parent is not there are
promoted to the top and marked, cycles are cut at their earliest span and marked, and times are never adjusted; a
child that starts before its parent is marked instead. No recursion: chains of 50,000 spans are legal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Final, NamedTuple

from spanvas.model import kinds
from spanvas.model.row import Row, merge_duplicates

ORPHAN: Final = "orphan"
CYCLE: Final = "cycle"
CLOCK_SKEW: Final = "clock_skew"
WRONG_CLOCK: Final = "wrong_clock"
"""Mark of a row whose times cannot be those of its execution: see `model.clock`."""
REMOTE_PARENT: Final = "remote_parent"
"""Mark of a row whose parent was recorded by another service. Kept in the tree only where that parent is absent: such a
row is a root, since nobody promised that the other service sends its spans here."""
LATER_PARENT: Final = "later_parent"
"""Mark of a row whose parent is written when a suspended execution goes on or ends, with the times of another clock.
Kept in the tree only where that parent is absent: such a row is a root meanwhile."""
SKEW_TOLERANCE_NANO: Final = 1_000_000

_start_order = itemgetter(*map(Row._fields.index, ("start_time_unix_nano", "span_id")))


class TreeRow(NamedTuple):
    """`parent_span_id` is the parent in this tree: None for what was promoted, whatever the span says."""

    row: Row
    depth: int
    parent_span_id: str | None
    marks: tuple[str, ...]


def build_tree(rows: Iterable[Row], span_of_time: tuple[int, int] | None = None) -> list[TreeRow]:
    """Returns the rows of one trace in pre-order, siblings by start time, then id. O(n log n).

    Rows may come in any order and with duplicates. A row outside of `span_of_time`, the first and the last time that a
    span of the execution can have, gets the mark `wrong_clock`.
    """
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
            siblings = children.get(parent)
            if siblings is None:
                children[parent] = [row]
            else:
                siblings.append(row)
        elif not parent or row.kind == kinds.WORKFLOW or _is_root_without_parent(row):
            roots.append(row)
        else:
            orphans.append(row)

    tree: list[TreeRow] = []
    for root in roots:
        _append_subtree(root, (), children, tree)
    for root in orphans:
        _append_subtree(root, (ORPHAN,), children, tree)
    if len(tree) < len(unique):
        _append_cycles(unique, by_id, children, tree)
    if span_of_time is None or _are_within(unique, *span_of_time):
        return tree
    return _with_clock_marks(tree, *span_of_time)


def _are_within(ordered: list[Row], first: int, last: int) -> bool:
    """Returns whether all times of rows, which are in the order of their starts, lie within a span of time."""
    if not ordered:
        return True
    start, latest = ordered[0].start_time_unix_nano, ordered[-1].start_time_unix_nano
    ends = [row.end_time_unix_nano or 0 for row in ordered]
    return first <= start and latest <= last and max(ends) <= last


def _with_clock_marks(tree: list[TreeRow], first: int, last: int) -> list[TreeRow]:
    return [
        placed
        if first <= placed.row.start_time_unix_nano <= last
        and (placed.row.end_time_unix_nano or 0) <= last
        else placed._replace(marks=(*placed.marks, WRONG_CLOCK))
        for placed in tree
    ]


def _is_root_without_parent(row: Row) -> bool:
    """Whether nobody promised that the parent of a row comes, or comes now."""
    return REMOTE_PARENT in row.marks or LATER_PARENT in row.marks


def state_of(row: Row, now_unix_nano: int, execution_is_open: bool) -> str:
    """Returns `ok`, `error` or `unset` for an ended span, `running` or `lost` for one that has not ended.

    Open spans are lost once their function's deadline has passed or their execution is closed.
    """
    if row.end_time_unix_nano is not None:
        return row.status
    deadline = row.deadline_unix_nano
    if not execution_is_open or (deadline is not None and deadline < now_unix_nano):
        return "lost"
    return "running"


def _append_subtree(
    root: Row, root_marks: tuple[str, ...], children: dict[str, list[Row]], tree: list[TreeRow]
) -> None:
    """Appends a row that has no parent in the tree, and all rows below it.

    One loop, which makes an object for a row only where it has children: ten thousand rows are placed for every
    response.
    """
    append, below_of, placed = tree.append, children.get, tuple.__new__
    above: list[tuple[Iterator[Row], str | None, int]] = []
    siblings: Iterator[Row] = iter((root,))
    parent_span_id: str | None = None
    earliest = root.start_time_unix_nano
    depth = 0
    while True:
        for row in siblings:
            span_id, start, end = row.span_id, row.start_time_unix_nano, row.end_time_unix_nano
            marks, earliest_here = row.marks, earliest
            if not depth:
                marks += root_marks
            elif marks and (REMOTE_PARENT in marks or LATER_PARENT in marks):
                if LATER_PARENT in marks:
                    earliest_here = start
                marks = tuple(mark for mark in marks if mark not in (REMOTE_PARENT, LATER_PARENT))
            if start < earliest_here or (end is not None and end < start):
                marks = (*marks, CLOCK_SKEW)
            append(placed(TreeRow, (row, depth, parent_span_id, marks)))
            below = below_of(span_id)
            if below is not None:
                above.append((siblings, parent_span_id, earliest))
                siblings, parent_span_id = iter(below), span_id
                earliest = start - SKEW_TOLERANCE_NANO
                depth += 1
                break
        else:
            if not above:
                return
            siblings, parent_span_id, earliest = above.pop()
            depth -= 1


def _append_cycles(
    unique: list[Row],
    by_id: dict[str, Row],
    children: dict[str, list[Row]],
    tree: list[TreeRow],
) -> None:
    """Appends the rows that no root reaches: each hangs on a cycle, which is cut at its earliest span."""
    placed = {tree_row.row.span_id for tree_row in tree}
    for row in unique:
        if row.span_id not in placed:
            first = _on_cycle(row, by_id)
            children[first.parent_span_id or ""].remove(first)
            begin = len(tree)
            _append_subtree(first, (CYCLE,), children, tree)
            placed.update(tree_row.row.span_id for tree_row in tree[begin:])


def _on_cycle(row: Row, by_id: dict[str, Row]) -> Row:
    """Returns the earliest span of the cycle that `row` is on or hangs below."""
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
