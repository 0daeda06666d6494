"""Undoes running totals: calls that report what all calls of their tool loop have used so far."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from spanvas.model import kinds
from spanvas.model.inference import with_repeats_marked
from spanvas.model.row import Row, merge_duplicates
from spanvas.model.usage import Usage

RUNNING_TOTAL: Final = "running_total"
"""Mark of a row whose span reports more than its own call has used."""

SCOPES: Final = frozenset({"org.springframework.boot"})
"""Instrumentations that report running totals: Spring AI's, up to 1.1 at least."""


def rows_of_trace(rows: list[Row]) -> list[Row]:
    """Returns every span of a trace once, with its own figures; a call that is recorded twice is marked."""
    return with_repeats_marked(with_own_figures(merge_duplicates(rows)))


def with_own_figures(rows: list[Row]) -> list[Row]:
    """Returns the rows, those that report a running total with what their own call has used, and marked.

    Spring AI adds up the calls of one tool loop. Such calls have one parent, a tool runs between them, and input and
    output grow. What a call itself has read is at least what the one before has read and written, since a model reads
    the conversation again: where the difference is less than that, the counts are the call's own. The same list object
    where nothing is to be undone; rows that are marked stay as they are.
    """
    loops: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.scope in SCOPES and row.parent_span_id and row.usage is not None:
            loops[row.parent_span_id].append(row)
    loops = {parent: calls for parent, calls in loops.items() if len(calls) > 1}
    if not loops:
        return rows
    tools: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row.kind == kinds.TOOL and row.parent_span_id in loops:
            tools[row.parent_span_id].append(row.start_time_unix_nano)
    own: dict[str, Row] = {}
    for parent, calls in loops.items():
        if not any(RUNNING_TOTAL in call.marks for call in calls):
            own |= _own_rows(calls, tools[parent])
    return [own.get(row.span_id, row) for row in rows] if own else rows


def _own_rows(calls: list[Row], tools: list[int]) -> dict[str, Row]:
    """The calls of one parent that report running totals, with their own figures, by span id."""
    found: dict[str, Row] = {}
    calls = sorted(calls, key=lambda call: (call.start_time_unix_nano, call.span_id))
    before = calls[0]
    own_before = before.usage
    for call in calls[1:]:
        own = call.usage
        if own_before is not None and _has_tool_between(before, call, tools):
            own = _difference(call.usage, before.usage, own_before)
        if own is None:
            own = call.usage
        elif own is not call.usage:
            cost, cost_before = call.cost_nano_usd, before.cost_nano_usd
            if cost is not None:
                cost = None if cost_before is None else max(cost - cost_before, 0)
            found[call.span_id] = call._replace(
                usage=own, cost_nano_usd=cost, marks=(*call.marks, RUNNING_TOTAL)
            )
        before, own_before = call, own
    return found


def _has_tool_between(before: Row, call: Row, tools: list[int]) -> bool:
    end = before.end_time_unix_nano
    return end is not None and any(end <= start <= call.start_time_unix_nano for start in tools)


def _difference(total: Usage | None, before: Usage | None, own_before: Usage) -> Usage | None:
    """What a call adds to a running total; None where it reports none."""
    if total is None or before is None:
        return None
    if None in (*total[:2], *before[:2], *own_before[:2]):
        return None
    added = [(now or 0) - (then or 0) for now, then in zip(total, before, strict=True)]
    read_before = sum(number or 0 for number in own_before[:2])
    if min(added) < 0 or not added[1] or added[0] < read_before:
        return None
    return Usage(*added)
