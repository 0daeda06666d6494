"""Which model calls count: those where tokens arose, not what wraps them and reports them again."""

from __future__ import annotations

from collections.abc import Iterable

from spanvas.model import kinds
from spanvas.model.row import Row


def repeated_calls(rows: Iterable[Row]) -> frozenset[str]:
    """Returns the span ids of model calls that report again what a call above or below them reports.

    Two instrumentations of one program, or one that traces a call at two levels, record it twice, one inside the other.
    Of such a line of calls the lowest one with tokens or a cost counts. A call that reports nothing and is inside of
    one that does is a part of that one, not a call without a price. O(rows).
    """
    rows = list(rows)
    calls = [row for row in rows if row.kind == kinds.MODEL]
    if len(calls) < 2:
        return frozenset()
    by_id = {row.span_id: row for row in rows}
    silent = []
    above: set[str] = set()
    for call in calls:
        if not _reports(call):
            silent.append(call)
        elif call.parent_span_id not in above:
            _climb(call, by_id, above)
    repeated = {call.span_id for call in calls if call.span_id in above}
    outside: set[str] = set()
    for call in silent:
        if _is_inside(call, by_id, outside):
            repeated.add(call.span_id)
    return frozenset(repeated)


def _reports(row: Row) -> bool:
    return row.usage is not None or row.cost_nano_usd is not None


def _climb(call: Row, by_id: dict[str, Row], above: set[str]) -> None:
    """Notes everything above a call, up to what was noted before."""
    parent = call.parent_span_id
    while parent in by_id and parent not in above and parent != call.span_id:
        above.add(parent)
        parent = by_id[parent].parent_span_id


def _is_inside(call: Row, by_id: dict[str, Row], outside: set[str]) -> bool:
    """Returns whether some call above reports tokens or a cost. `outside`: spans above which none does."""
    seen = {call.span_id}
    parent = call.parent_span_id
    while parent in by_id and parent not in seen and parent not in outside:
        row = by_id[parent]
        if row.kind == kinds.MODEL and _reports(row):
            return True
        seen.add(parent)
        parent = row.parent_span_id
    outside |= seen
    return False
