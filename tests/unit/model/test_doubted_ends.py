"""When an execution ended whose root has a clock that is wrong: as its other spans say."""

from __future__ import annotations

import pytest

from spanvas.model.execution import Origin
from spanvas.model.execution_update import (
    ExecutionEnd,
    end_key,
    later_end,
    settled,
    takes_rows,
)
from tests.support.builders import SECOND, T0, make_execution, make_row

OF_1970 = 60 * SECOND
OF_2058 = T0 + 1_000_000_000 * SECOND


@pytest.mark.parametrize("wrong", [OF_1970, OF_2058])
def test_a_root_with_a_wrong_clock_does_not_say_when_the_execution_ended(wrong: int) -> None:
    key = end_key(wrong, "a" * 16, is_doubted=True)
    execution = make_execution(
        status="succeeded", ended_at_unix_nano=wrong, origin=Origin("0#", key)
    )
    rows = [
        make_row("root", start_time_unix_nano=wrong, end_time_unix_nano=wrong + SECOND),
        make_row("draft", start_time_unix_nano=T0, end_time_unix_nano=T0 + 3 * SECOND),
        make_row("write", start_time_unix_nano=T0, end_time_unix_nano=T0 + 2 * SECOND),
    ]
    assert takes_rows(execution)
    assert settled(execution, rows, T0).ended_at_unix_nano == T0 + 3 * SECOND
    assert settled(execution, rows[:1], T0) == execution


def test_the_rows_of_an_execution_whose_root_has_a_right_clock_are_not_read() -> None:
    origin = Origin("0#", end_key(T0, "a" * 16))
    assert not takes_rows(make_execution(status="succeeded", origin=origin))


def test_two_ends_are_doubted_where_one_is_whichever_comes_first() -> None:
    good = ExecutionEnd(end_key(T0, "a" * 16), "succeeded", T0)
    wrong = ExecutionEnd(end_key(OF_1970, "b" * 16, is_doubted=True), "succeeded", OF_1970)
    both = ExecutionEnd(end_key(T0, "a" * 16, is_doubted=True), "succeeded", T0)
    assert later_end(good, wrong, T0) == later_end(wrong, good, T0) == both
    assert later_end(both, good, T0) == later_end(both, wrong, T0) == both
