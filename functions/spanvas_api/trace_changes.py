"""What is different between two trees of one trace, as positions in the later one."""

from __future__ import annotations

from collections.abc import Sequence

from spanvas.model.execution import OPEN
from spanvas.model.tree import TreeRow, state_of
from spanvas_api.trace_versions import Version


def changed_positions(
    before: Sequence[TreeRow], version: Version, after: Sequence[TreeRow], seen: Version
) -> list[int] | None:
    """Where rows stand in `after` that are new or not answered as they were in `before`. O(rows).

    All others keep their order, so that positions are all that is needed to put the two together. None where that is
    not so: a row that moves takes rows below it along that are the same.
    """
    known = {placed.row.span_id: placed for placed in before}
    was_open, is_open = version.status in OPEN, seen.status in OPEN
    changed: list[int] = []
    kept: list[str] = []
    for position, placed in enumerate(after):
        row = placed.row
        was = known.get(row.span_id)
        if was == placed and (
            row.end_time_unix_nano is not None
            or state_of(row, version.now_unix_nano, was_open)
            == state_of(row, seen.now_unix_nano, is_open)
        ):
            kept.append(row.span_id)
        else:
            changed.append(position)
    same = set(kept)
    order = [placed.row.span_id for placed in before if placed.row.span_id in same]
    return changed if order == kept else None
