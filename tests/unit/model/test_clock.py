"""Which times are believed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spanvas.model.clock import doubt, earliest, latest, plausible_times, span_of_time
from tests.support.builders import SECOND, T0

DAY = 86_400 * SECOND
MONOTONIC = 1_789 * SECOND
AS_MILLISECONDS = T0 // 1_000_000
OF_2058 = T0 + 31 * 365 * DAY


def test_times_are_doubted_by_how_far_they_are_from_their_arrival() -> None:
    assert [doubt(time, T0) for time in (T0, T0 - 700 * DAY, T0 + DAY // 2)] == [0, 0, 0]
    assert [doubt(time, T0) for time in (T0 - 800 * DAY, T0 + 2 * DAY, OF_2058)] == [1, 1, 1]
    assert [doubt(time, T0) for time in (0, MONOTONIC, AS_MILLISECONDS)] == [2, 2, 2]


def test_the_least_doubted_times_count() -> None:
    assert earliest([AS_MILLISECONDS, T0 + 5, T0, OF_2058], T0) == T0
    assert latest([T0, T0 + 5, OF_2058, MONOTONIC], T0) == T0 + 5
    assert earliest([AS_MILLISECONDS, MONOTONIC], T0) == MONOTONIC
    long_ago = T0 - 3_000 * DAY
    assert earliest([long_ago + 5, long_ago, MONOTONIC], T0) == long_ago


def test_of_a_span_the_time_that_is_doubted_less_stands_for_both() -> None:
    assert plausible_times(MONOTONIC, T0, T0) == (T0, T0)
    assert plausible_times(T0, OF_2058, T0) == (T0, T0)
    assert plausible_times(T0, MONOTONIC, T0) == (T0, T0)
    assert plausible_times(T0 + 5, T0, T0) == (T0 + 5, T0 + 5)
    assert plausible_times(T0, T0 + 5, T0) == (T0, T0 + 5)
    assert plausible_times(AS_MILLISECONDS, AS_MILLISECONDS + 5, T0) == (
        AS_MILLISECONDS,
        AS_MILLISECONDS + 5,
    )


@given(st.lists(st.sampled_from([0, MONOTONIC, T0, T0 + 1, T0 + 2, OF_2058]), min_size=2))
def test_the_order_of_times_does_not_matter(times: list[int]) -> None:
    for choose in (earliest, latest):
        step = times[0]
        for time in times[1:]:
            step = choose([step, time], T0)
        assert step == choose(times[::-1], T0)


def test_spans_of_a_run_begin_near_it() -> None:
    assert span_of_time(T0, T0 + 5, T0 + 90 * DAY) == (T0 - DAY, T0 + 5 + 31 * DAY)
    assert span_of_time(T0, T0 + 5, T0 + 10) == (T0 - DAY, T0 + 10 + DAY)
    assert span_of_time(T0, None, T0 + 10) == (T0 - DAY, T0 + 10 + DAY)
    assert span_of_time(OF_2058, OF_2058, T0) == (OF_2058 - DAY, OF_2058 + 31 * DAY)
