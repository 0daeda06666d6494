"""Which model calls beside each other are one call that two instrumentations have recorded."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Final

from spanvas.model import kinds
from spanvas.model.row import Row

MOST_TRIED: Final = 32
"""Calls that one call is compared with: more of the same size at one time are not told apart."""


def are_told_apart(calls: Sequence[Row]) -> bool:
    """Returns whether calls differ in scope or name: those of one instrumentation are never one call."""
    return len({call.scope for call in calls}) > 1 or len({call.name for call in calls}) > 1


def repeated_beside(
    calls: Iterable[Row], repeated: Container[str], by_id: Mapping[str, Row]
) -> set[str]:
    """Returns the span ids of calls with usage that a richer call beside them reports, too.

    Two calls with one parent are one call where different instrumentations (scope or name) recorded them, the time of
    one is within that of the other, and they have the same response id, or, where one has none, the same tokens and
    model and neither start nor end in common. Each call has at most one such partner within it, so equal calls at one
    time stay as many as they were. The one that reports more figures counts, else the inner one, which is nearer to
    the wire.
    """
    groups: dict[tuple[str | None, int | None], list[Row]] = defaultdict(list)
    for call in calls:
        if call.span_id not in repeated and call.usage is not None and call.end_time_unix_nano:
            groups[_place(call, by_id), call.usage.input_tokens].append(call)
    found: set[str] = set()
    for group in groups.values():
        if len(group) > 1:
            found |= _repeated_in(group)
    return found


def _place(call: Row, by_id: Mapping[str, Row]) -> str | None:
    """The parent of the outermost of the calls that directly wrap this one."""
    seen = {call.span_id}
    parent = call.parent_span_id
    while (
        parent is not None
        and parent in by_id
        and parent not in seen
        and by_id[parent].kind == kinds.MODEL
    ):
        seen.add(parent)
        parent = by_id[parent].parent_span_id
    return parent


def _repeated_in(group: list[Row]) -> set[str]:
    """Of calls with one parent and one size of input: from the outside in, each looks for the tightest around it."""
    found: set[str] = set()
    around: list[tuple[int, str]] = []
    shown: dict[str, tuple[Row, Row]] = {}
    for call in sorted(group, key=lambda row: (row.start_time_unix_nano, -_end(row), row.span_id)):
        first = bisect_left(around, (_end(call), ""))
        best = call
        for index in range(first, min(first + MOST_TRIED, len(around))):
            outer, counted = shown[around[index][1]]
            if _is_same(outer, call):
                del around[index]
                best = counted if _figures(counted) > _figures(call) else call
                found.add((call if best is counted else counted).span_id)
                break
        shown[call.span_id] = (call, best)
        insort(around, (_end(call), call.span_id))
    return found


def _is_same(one: Row, other: Row) -> bool:
    if (one.scope, one.name) == (other.scope, other.name):
        return False
    if one.response_id and other.response_id:
        return one.response_id == other.response_id
    if one.start_time_unix_nano == other.start_time_unix_nano or _end(one) == _end(other):
        return False
    outputs = {row.usage.output_tokens for row in (one, other) if row.usage is not None} - {None}
    models = [row.model for row in (one, other) if row.model]
    return len(outputs) < 2 and (
        len(models) < 2 or models[0].startswith(models[1]) or models[1].startswith(models[0])
    )


def _figures(call: Row) -> int:
    """How many figures a call reports."""
    return sum(bool(number) for number in call.usage or ()) + (call.cost_nano_usd is not None)


def _end(call: Row) -> int:
    return call.end_time_unix_nano or 0
