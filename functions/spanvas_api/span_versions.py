"""What else was sent of a span after it had ended: what is different in those versions, not all of them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from spanvas_api.encoding import json_bytes

MAX_BYTES: Final = 500_000
"""Of all differences in one answer: whoever may send spans must not make one of somebody else's too large to read."""
INSIDE: Final = frozenset({"attributes", "content", "resource"})
"""Objects of which only the members that differ are told."""
NOT_TOLD: Final = frozenset({"marks"})
"""They say how a version came, not what it says."""


def other_versions(
    shown: Mapping[str, Any], others: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """`wire.SpanVersion` of each of the others. The bodies are those of `wire.SpanResponse`."""
    left = MAX_BYTES
    told = []
    for other in others:
        differences = differing(shown, other)
        size = len(json_bytes(differences))
        is_cut = size > left
        left -= 0 if is_cut else size
        told.append(
            {
                "end_time_unix_nano": other["end_time_unix_nano"],
                "differences": dict.fromkeys(differences) if is_cut else differences,
                "is_cut": is_cut,
            }
        )
    return told


def differing(shown: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the other that are not as shown; None for those that it has not."""
    found: dict[str, Any] = {}
    for name in [*shown, *(name for name in other if name not in shown)]:
        one, two = shown.get(name), other.get(name)
        if one == two or name in NOT_TOLD:
            continue
        if name in INSIDE and isinstance(one, Mapping) and isinstance(two, Mapping):
            found[name] = differing(one, two)
        else:
            found[name] = two
    return found
