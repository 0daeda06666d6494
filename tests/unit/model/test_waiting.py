"""Whether an execution waits, by its rows."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from spanvas.model.control_flow import is_waiting
from spanvas.model.row import Row
from tests.support.builders import make_row

INTERRUPTED: dict[str, Any] = {"status": "unset", "marks": ("interrupted",)}
AGAIN = {"name": "human"}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([make_row("root")], False),
        ([make_row("root"), make_row("human", "root", 1, **INTERRUPTED)], True),
        ([make_row("root", **INTERRUPTED)], True),
        # Beside it, or after it, something else begins.
        ([make_row("human", "root", 1, **INTERRUPTED), make_row("save", "root", 3)], True),
        # The node is run again; again, and interrupted again.
        ([make_row("human", "root", 1, **INTERRUPTED), make_row("again", "root", 3, **AGAIN)], False),
        ([make_row("human", "root", 1, **INTERRUPTED), make_row("again", "root", 3, **AGAIN, **INTERRUPTED)], True),
        # Another trace of the same execution goes on.
        ([make_row("root"), make_row("human", "root", 1, **INTERRUPTED), make_row("next", None, 9)], False),
        # It was asked twice, and answered twice.
        ([make_row("one", "root", 1, **INTERRUPTED), make_row("two", "root", 3, **INTERRUPTED)], True),
        # An open span has not been interrupted yet.
        ([make_row("human", "root", 1, end_time_unix_nano=None, **INTERRUPTED)], False),
    ],
)  # fmt: skip
def test_it_waits_until_what_was_interrupted_begins_again(rows: list[Row], expected: bool) -> None:
    for order in permutations(rows):
        assert is_waiting(order) is expected
