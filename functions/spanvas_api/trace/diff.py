"""What is different: between two trees of one trace, and between two versions of one span."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from spanvas.model.execution import OPEN
from spanvas.model.tree import TreeRow, state_of
from spanvas_api.http.encoding import json_bytes
from spanvas_api.trace.version import Version

MAX_BYTES: Final = 500_000
"""Of all span differences in one response: whoever may send spans must not make somebody else's too large to read."""
OBJECT_FIELDS: Final = frozenset({"attributes", "content", "resource"})
"""Fields that hold an object, of which only the members that differ are returned."""
IGNORED_FIELDS: Final = frozenset({"marks"})
"""Fields that describe how a version arrived, not what it says."""


def changed_positions(
    before: Sequence[TreeRow], version: Version, after: Sequence[TreeRow], seen: Version
) -> list[int] | None:
    """Returns the positions in `after` of rows that are new or answered differently than in `before`. O(rows).

    All other rows keep their order, so a reader can merge the two trees by these positions alone. Returns None if the
    order has changed: a row that moves takes unchanged rows below it along.
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


def other_versions(
    shown: Mapping[str, Any], others: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Returns a `wire.SpanVersion` for each of the others. The bodies have the shape of `wire.SpanResponse`."""
    left = MAX_BYTES
    versions = []
    for other in others:
        differences = differing_fields(shown, other)
        size = len(json_bytes(differences))
        is_cut = size > left
        left -= 0 if is_cut else size
        versions.append(
            {
                "end_time_unix_nano": other["end_time_unix_nano"],
                "differences": dict.fromkeys(differences) if is_cut else differences,
                "is_cut": is_cut,
            }
        )
    return versions


def differing_fields(shown: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the fields of `other` that differ from `shown`; None for those that only `shown` has."""
    found: dict[str, Any] = {}
    for name in [*shown, *(name for name in other if name not in shown)]:
        one, two = shown.get(name), other.get(name)
        if one == two or name in IGNORED_FIELDS:
            continue
        if name in OBJECT_FIELDS and isinstance(one, Mapping) and isinstance(two, Mapping):
            found[name] = differing_fields(one, two)
        else:
            found[name] = two
    return found
