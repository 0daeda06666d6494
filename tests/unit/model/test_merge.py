from __future__ import annotations

from dataclasses import replace
from functools import reduce
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from spanvas.model.row import Row, merge_duplicates, merge_rows
from spanvas.model.span import Span, merge_spans
from tests.support.builders import SECOND, T0, make_row, make_span

times = st.integers(T0, T0 + 3)
versions = st.builds(
    lambda start, end, recorded, status, message: make_span(
        start_time_unix_nano=start,
        end_time_unix_nano=end,
        recorded_at_unix_nano=recorded,
        status=status,
        status_message=message,
    ),
    times,
    st.none() | times,
    times,
    st.sampled_from(["ok", "error"]),
    st.sampled_from(["", "x"]),
)
rows = versions.map(
    lambda span: make_row(
        start_time_unix_nano=span.start_time_unix_nano,
        end_time_unix_nano=span.end_time_unix_nano,
        recorded_at_unix_nano=span.recorded_at_unix_nano,
        status=span.status,
        error_message=span.status_message,
    )
)


@given(versions, versions, versions)
def test_merging_spans_is_commutative_associative_and_idempotent(a: Span, b: Span, c: Span) -> None:
    assert merge_spans(a, b) == merge_spans(b, a)
    assert merge_spans(merge_spans(a, b), c) == merge_spans(a, merge_spans(b, c))
    assert merge_spans(a, a) == a


@given(st.lists(rows, min_size=1, max_size=4))
def test_merging_rows_gives_the_same_row_in_any_order(found: list[Row]) -> None:
    assert len({reduce(merge_rows, order) for order in permutations(found)}) == 1
    assert reduce(merge_rows, found + found) == reduce(merge_rows, found)


def test_the_ended_version_wins_over_a_later_recorded_started_one() -> None:
    ended = make_span()
    started = replace(ended, end_time_unix_nano=None, recorded_at_unix_nano=T0 + 9 * SECOND)

    assert merge_spans(started, ended) == ended


def test_the_start_is_the_earliest_of_all_versions() -> None:
    first = make_span(start_time_unix_nano=T0 - 5)
    last = make_span(end_time_unix_nano=T0 + 9 * SECOND)

    assert merge_spans(first, last) == replace(last, start_time_unix_nano=T0 - 5)
    assert merge_rows(make_row(start=-1), make_row(start=2)).start_time_unix_nano == T0 - SECOND


def test_duplicates_keep_the_place_of_their_first() -> None:
    merged = merge_duplicates([make_row("b"), make_row("a"), make_row("b", status="error")])

    assert [row.name for row in merged] == ["b", "a"]


def test_of_two_ended_versions_that_differ_the_one_shown_is_marked() -> None:
    first = make_row("a", output_preview="paid")
    forged = first._replace(
        output_preview="refused", end_time_unix_nano=(first.end_time_unix_nano or 0) + 1
    )

    merged = merge_rows(first, forged)

    assert (merged.output_preview, merged.marks) == ("refused", ("rewritten",))
    assert merge_rows(merged, first).marks == ("rewritten",)


def test_what_is_sent_again_or_ends_after_it_was_announced_is_not_marked() -> None:
    row = make_row("a", marks=("redacted",))
    started = row._replace(end_time_unix_nano=None, status="unset")
    again = row._replace(detail="other:0", recorded_at_unix_nano=row.recorded_at_unix_nano + 5)

    assert reduce(merge_rows, [started, row, again, row]).marks == ("redacted",)
