"""Where a chain of causes was seen before."""

from __future__ import annotations

from spanvas.tracing.error_origins import seen_below


def test_a_trail_of_causes_without_end_is_followed_for_a_while() -> None:
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    assert seen_below(one) is None
