"""Which rows count for tokens and cost: those where they arose, not what wraps or repeats them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from itertools import chain
from typing import Final

from spanvas.model import kinds
from spanvas.model.row import Row
from spanvas.model.siblings import are_told_apart, repeated_beside

WRAPPERS: Final = frozenset({kinds.AGENT, kinds.WORKFLOW, kinds.NODE, kinds.OTHER})
"""Kinds that report the sum of what is below them: they count where nothing below does."""

REPEATED: Final = "repeated"
"""Mark of a model call that a richer call beside it reports, too."""


def may_count(row: Row) -> bool:
    """Returns whether a row is a model call, or stands for model calls that have no span of their own."""
    kind = row.kind
    return kind == kinds.MODEL or (
        kind in WRAPPERS and (row.usage is not None or row.cost_nano_usd is not None)
    )


def repeated_calls(rows: Sequence[Row], candidates: Sequence[Row]) -> frozenset[str]:
    """Returns the span ids of those candidates that report again what another row reports.

    Two instrumentations of one program, or one that traces a call at two levels, record it twice, one inside the other
    or one beside the other (`siblings`). Of such a line of calls the lowest one with tokens or a cost counts, or the
    one around it that is the same call and tells of the cache, too (`_told_with_cache`). An agent or a chain counts
    where no call below it and none above it reports any. A call that reports nothing and is inside of what counts is a
    part of it, not a call without a price. O(rows log rows).
    """
    inside, beside = _repeated(rows, candidates)
    return frozenset(inside | beside)


def _repeated(rows: Sequence[Row], candidates: Sequence[Row]) -> tuple[set[str], set[str]]:
    """Those repeated inside of one another, and those repeated by one beside them."""
    if len(candidates) < 2:
        return set(), set()
    by_id = {row.span_id: row for row in rows}
    calls: list[Row] = []
    wrappers: list[Row] = []
    silent: list[Row] = []
    for row in candidates:
        if row.usage is None and row.cost_nano_usd is None:
            silent.append(row)
        else:
            (calls if row.kind == kinds.MODEL else wrappers).append(row)
    above: set[str] = set()
    for call in calls:
        if call.parent_span_id not in above:
            _climb(call, by_id, above)
    outside: set[str] = set()
    repeated: set[str] = set()
    for wrapper in wrappers:
        if calls and _is_inside(wrapper, by_id, outside, frozenset()):
            repeated.add(wrapper.span_id)
        elif wrapper.parent_span_id not in above:
            _climb(wrapper, by_id, above)
    repeated |= {row.span_id for row in chain(calls, wrappers) if row.span_id in above}
    told = _told_with_cache(calls, above, by_id)
    repeated = (repeated | told.keys()) - set(told.values())
    counting = {wrapper.span_id for wrapper in wrappers} - repeated
    outside = set()
    for call in silent:
        if call.span_id in above or _is_inside(call, by_id, outside, counting):
            repeated.add(call.span_id)
    beside = repeated_beside(calls, repeated, by_id) if are_told_apart(calls) else set()
    return repeated, beside


def with_repeats_marked(rows: list[Row]) -> list[Row]:
    """Returns the rows; a call that is counted by a richer one beside it has the mark `repeated`.

    Those above or below another call need no mark: a row that reports figures stands for all below it. The same list
    object where nothing is marked.
    """
    calls = [row for row in rows if row.kind == kinds.MODEL and _reports(row)]
    if not are_told_apart(calls):
        return rows
    _, beside = _repeated(rows, calls)
    if not beside:
        return rows
    return [
        row._replace(marks=(*row.marks, REPEATED))
        if row.span_id in beside and REPEATED not in row.marks
        else row
        for row in rows
    ]


def _told_with_cache(
    calls: Sequence[Row], above: Container[str], by_id: Mapping[str, Row]
) -> dict[str, str]:
    """Returns the lowest calls that the call around them tells more of, with the span id of that one.

    Bedrock's input tokens are those outside of the cache. An instrumentation of its client that does not read the
    counts of the cache reports less than the framework's span around it: the same output, and as input the difference.
    The outer one must have no other call inside, or it may be the sum of several.
    """
    if not any(call.span_id in above for call in calls):
        return {}
    known: dict[str, Row | None] = {}
    inside: dict[str, list[Row]] = defaultdict(list)
    for call in calls:
        if call.span_id not in above and (outer := _call_around(call, by_id, known)) is not None:
            inside[outer.span_id].append(call)
    return {
        lowest[0].span_id: span_id
        for span_id, lowest in inside.items()
        if len(lowest) == 1 and _lacks_cache(lowest[0], by_id[span_id])
    }


def _call_around(call: Row, by_id: Mapping[str, Row], known: dict[str, Row | None]) -> Row | None:
    """Returns the nearest call above that reports tokens. `known`: what is nearest at and above spans seen before."""
    passed: set[str] = set()
    found: Row | None = None
    span_id = call.parent_span_id
    while span_id is not None and span_id in by_id and span_id not in passed:
        if span_id in known:
            found = known[span_id]
            break
        passed.add(span_id)
        row = by_id[span_id]
        if row.kind == kinds.MODEL and row.usage is not None:
            found = row
            break
        span_id = row.parent_span_id
    known.update(dict.fromkeys(passed, found))
    return found


def _lacks_cache(call: Row, outer: Row) -> bool:
    """Returns whether a call reports the same as another one but for the tokens of the cache."""
    own, whole = call.usage, outer.usage
    if own is None or whole is None or own.input_tokens is None or whole.input_tokens is None:
        return False
    cached = (whole.cache_read_tokens or 0) + (whole.cache_write_tokens or 0)
    return (
        cached > 0
        and not (own.cache_read_tokens or own.cache_write_tokens)
        and own.output_tokens == whole.output_tokens
        and own.input_tokens + cached == whole.input_tokens
    )


def _reports(row: Row) -> bool:
    return row.usage is not None or row.cost_nano_usd is not None


def _climb(call: Row, by_id: dict[str, Row], above: set[str]) -> None:
    """Notes everything above a call, up to what was noted before."""
    parent = call.parent_span_id
    while parent in by_id and parent not in above and parent != call.span_id:
        above.add(parent)
        parent = by_id[parent].parent_span_id


def _is_inside(
    call: Row, by_id: dict[str, Row], outside: set[str], wrappers: Container[str]
) -> bool:
    """Returns whether some call above, or one of these wrappers, reports tokens or a cost. `outside`: spans above which
    none does."""
    seen = {call.span_id}
    parent = call.parent_span_id
    while parent in by_id and parent not in seen and parent not in outside:
        row = by_id[parent]
        if parent in wrappers or (row.kind == kinds.MODEL and _reports(row)):
            return True
        seen.add(parent)
        parent = row.parent_span_id
    outside |= seen
    return False
