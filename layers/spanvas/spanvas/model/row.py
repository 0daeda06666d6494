"""A row: what the tree needs of a span, about 200 bytes of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Final, NamedTuple

from spanvas.model.span import merge_rank
from spanvas.model.usage import Usage

REWRITTEN: Final = "rewritten"
"""Mark of a row of which versions came that differ, though each had ended."""
MAX_VERSIONS: Final = 10
"""Versions of one span that are read at once."""

INTERRUPTED: Final = "interrupted"
"""Mark of a row: its span waits for somebody outside of the program, mostly a person, to let it go on."""
CANCELLED: Final = "cancelled"
"""Mark of a row: whoever had asked for its span, or what it ran in, did not want the result any more."""

LEFT_EARLY: Final = "left_early"
"""Mark of a row: who read the results of its span has read enough."""


class ArtifactRef(NamedTuple):
    """An artifact as its span's row shows it; `model.artifact.Artifact` is the whole."""

    artifact_id: str
    name: str
    media_type: str
    bytes: int


class Row(NamedTuple):
    """Summary of one span. A NamedTuple because ten thousand of them are made for one answer.

    `status` is the span's own (`unset`, `ok`, `error`); whether an open one runs or is lost depends on the time of
    reading: see `tree.state_of`. `detail` says where the whole span is: chunk id and index of its detail item.
    Model calls alone have `response_id`, the provider's name of the answer, and `scope`, the instrumentation: they tell
    whether two rows are one call. `scores` is what was judged of the span in short: `relevance 0.92, tone friendly`.
    """

    span_id: str
    parent_span_id: str | None
    name: str
    kind: str
    start_time_unix_nano: int
    end_time_unix_nano: int | None = None
    status: str = "unset"
    node_id: str | None = None
    error_type: str | None = None
    error_message: str | None = None
    model: str | None = None
    provider: str | None = None
    usage: Usage | None = None
    cost_nano_usd: int | None = None
    input_preview: str | None = None
    output_preview: str | None = None
    attempt: int | None = None
    artifacts: tuple[ArtifactRef, ...] = ()
    marks: tuple[str, ...] = ()
    deadline_unix_nano: int | None = None
    recorded_at_unix_nano: int = 0
    detail: str = ""
    response_id: str | None = None
    scope: str | None = None
    time_to_first_token_nano: int | None = None
    scores: str | None = None


def merge_rows(one: Row, other: Row) -> Row:
    """Merges two versions of one span's row, as `span.merge_spans`: the ended one wins, then the later one.

    The start is the earlier of the two. A span ends once: where two ended versions differ, the result is marked as
    rewritten, since whoever may send spans of an execution can send an id again, and that must not go unnoticed.
    """
    winner = max(one, other, key=merge_rank)
    if merge_rank(one) == merge_rank(other):
        winner = max(one, other, key=_content)
    earliest = min(one.start_time_unix_nano, other.start_time_unix_nano)
    if winner.start_time_unix_nano != earliest:
        winner = winner._replace(start_time_unix_nano=earliest)
    if REWRITTEN not in winner.marks and _is_rewritten(one, other):
        winner = winner._replace(marks=(*winner.marks, REWRITTEN))
    return winner


def merge_duplicates(rows: list[Row]) -> list[Row]:
    """Returns every span once, in the order of first appearance; the same list object where that is so already."""
    merged = {row.span_id: row for row in rows}
    if len(merged) == len(rows):
        return rows
    merged = {}
    for row in rows:
        known = merged.get(row.span_id)
        merged[row.span_id] = row if known is None else merge_rows(known, row)
    return list(merged.values())


def versions(rows: Iterable[Row]) -> list[Row]:
    """Returns each version of a span's row once: the shown one, then other ended ones, the latest first."""
    ordered = sorted(rows, key=lambda row: (merge_rank(row), _content(row)))
    ended = {comparable(row): row for row in ordered if row.end_time_unix_nano is not None}
    shown = reduce(merge_rows, ordered)
    ended.pop(comparable(shown), None)
    return [shown, *reversed(ended.values())]


def _content(row: Row) -> str:
    return repr(row._replace(start_time_unix_nano=0, marks=_without_rewritten(row)))


def _is_rewritten(one: Row, other: Row) -> bool:
    if REWRITTEN in one.marks or REWRITTEN in other.marks:
        return True
    if one.end_time_unix_nano is None or other.end_time_unix_nano is None:
        return False
    return comparable(one) != comparable(other)


def comparable(row: Row) -> Row:
    """Returns what a version of a span says, without the fields that tell when and by which way it came."""
    return row._replace(
        start_time_unix_nano=0,
        marks=(),
        deadline_unix_nano=None,
        recorded_at_unix_nano=0,
        detail="",
    )


def _without_rewritten(row: Row) -> tuple[str, ...]:
    return tuple(mark for mark in row.marks if mark != REWRITTEN)
