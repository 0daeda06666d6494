"""A row: what the tree needs of a span, about 200 bytes of it."""

from __future__ import annotations

from typing import NamedTuple

from spanvas.model.usage import Usage


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


def merge_rows(one: Row, other: Row) -> Row:
    """As `span.merge_spans`: the ended version wins, then the later one, from the earliest start."""
    winner = max(one, other, key=_rank)
    if _rank(one) == _rank(other):
        winner = max(one, other, key=_content)
    earliest = min(one.start_time_unix_nano, other.start_time_unix_nano)
    if winner.start_time_unix_nano == earliest:
        return winner
    return winner._replace(start_time_unix_nano=earliest)


def merge_duplicates(rows: list[Row]) -> list[Row]:
    """Every span once, in the order of first appearance."""
    merged: dict[str, Row] = {}
    for row in rows:
        known = merged.get(row.span_id)
        merged[row.span_id] = row if known is None else merge_rows(known, row)
    return list(merged.values())


def _rank(row: Row) -> tuple[bool, int, int]:
    ended = row.end_time_unix_nano
    return (ended is not None, ended or 0, row.recorded_at_unix_nano)


def _content(row: Row) -> str:
    return repr(row._replace(start_time_unix_nano=0))
