from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas.model.row import Row
from spanvas.model.tree import build_tree, state_of
from tests.support.builders import SECOND, T0, make_row, span_id


def drawn(rows: list[Row]) -> list[str]:
    """The tree as text: two spaces a level, then the name, then its marks."""
    return [
        "  " * placed.depth + placed.row.name + "".join(f" !{mark}" for mark in placed.marks)
        for placed in build_tree(rows)
    ]


def test_no_rows_make_no_tree() -> None:
    assert build_tree([]) == []


def test_rows_come_in_pre_order_and_siblings_by_start() -> None:
    # a
    # ├─ b
    # │  └─ d
    # └─ c
    rows = [
        make_row("d", "b", 3),
        make_row("c", "a", 2),
        make_row("a", start=0),
        make_row("b", "a", 1),
    ]

    assert drawn(rows) == ["a", "  b", "    d", "  c"]


def test_siblings_that_start_together_are_ordered_by_id() -> None:
    rows = [make_row("a"), make_row("y", "a", 1), make_row("x", "a", 1)]

    assert drawn(rows) == ["a", "  x", "  y"]


def test_a_row_says_its_parent_in_this_tree() -> None:
    placed = build_tree([make_row("a"), make_row("b", "a", 1), make_row("o", "gone", 2)])

    assert [(p.row.name, p.parent_span_id) for p in placed] == [
        ("a", None),
        ("b", span_id("a")),
        ("o", None),
    ]


def test_a_row_that_another_service_has_called_is_a_root_and_no_orphan() -> None:
    rows = [
        make_row("server", "client elsewhere", marks=("remote_parent",)),
        make_row("child", "server", 1),
        make_row("orphan", "gone", 2),
    ]

    assert drawn(rows) == ["server !remote_parent", "  child", "orphan !orphan"]


def test_a_call_of_which_both_services_sent_their_spans_has_no_mark() -> None:
    rows = [
        make_row("client"),
        make_row("server", "client", 1, marks=("cold_start", "remote_parent")),
    ]

    assert drawn(rows) == ["client", "  server !cold_start"]


def test_a_row_whose_parent_is_to_come_is_a_root_meanwhile_and_may_begin_before_it() -> None:
    rows = [
        make_row("early", "step", 1, marks=("later_parent",)),
        make_row("step", "run", 2, marks=("later_parent",)),
        make_row("late", "step", 1),
    ]
    assert drawn(rows) == [
        "step !later_parent",
        "  early",
        "  late !clock_skew",
    ]


def test_duplicates_are_merged_and_the_ended_version_stays() -> None:
    started = make_row("a", end_time_unix_nano=None, status="unset")

    placed = build_tree([started, make_row("a"), started])

    assert [p.row.end_time_unix_nano for p in placed] == [T0 + SECOND]


def test_orphans_are_promoted_after_the_roots_and_marked() -> None:
    rows = [make_row("o", "gone", 1), make_row("p", "o", 2), make_row("a", start=5)]

    assert drawn(rows) == ["a", "o !orphan", "  p"]


def test_a_workflow_whose_caller_is_elsewhere_is_no_orphan() -> None:
    assert drawn([make_row("w", "caller", kind="workflow")]) == ["w"]


def test_cycles_are_cut_at_their_earliest_span() -> None:
    # a;  d under b;  b -> c -> b
    rows = [
        make_row("a"),
        make_row("c", "b", 2),
        make_row("b", "c", 1),
        make_row("d", "b", 0.5),
    ]

    assert drawn(rows) == ["a", "b !cycle", "  d !clock_skew", "  c"]


def test_a_span_that_is_its_own_parent_is_cut() -> None:
    assert drawn([make_row("a", "a")]) == ["a !cycle"]


def test_clock_skew_is_marked_and_times_stay() -> None:
    rows = [make_row("a", start=1), make_row("b", "a", 0.5), make_row("c", "a", 2)]
    rows[2] = rows[2]._replace(end_time_unix_nano=T0)

    assert drawn(rows) == ["a", "  b !clock_skew", "  c !clock_skew"]
    assert [p.row.start_time_unix_nano for p in build_tree(rows)] == [
        T0 + SECOND,
        T0 + SECOND // 2,
        T0 + 2 * SECOND,
    ]


def test_a_child_within_a_millisecond_of_its_parent_is_not_skewed() -> None:
    rows = [make_row("a", start=1), make_row("b", "a", 0.9995)]

    assert drawn(rows) == ["a", "  b"]


def test_a_chain_of_fifty_thousand_spans_is_a_tree() -> None:
    rows = [make_row("a", span_id=f"{1:016x}")]
    rows += [
        make_row("b", span_id=f"{i:016x}", parent_span_id=f"{i - 1:016x}") for i in range(2, 50_001)
    ]

    placed = build_tree(rows)

    assert len(placed) == 50_000
    assert placed[-1].depth == 49_999


graphs = st.lists(
    st.tuples(st.integers(1, 12), st.integers(0, 14), st.integers(0, 5), st.booleans()), max_size=40
)


@settings(max_examples=300, deadline=None)
@given(graphs, st.randoms(use_true_random=False))
def test_any_graph_terminates_with_every_span_once_in_any_order(
    edges: list[tuple[int, int, int, bool]], shuffle: random.Random
) -> None:
    rows = [
        make_row(
            "x",
            span_id=f"{child:016x}",
            parent_span_id=f"{parent:016x}" if parent else None,
            start=start,
            **({} if ended else {"end_time_unix_nano": None}),
        )
        for child, parent, start, ended in edges
    ]
    shuffled = rows[:]
    shuffle.shuffle(shuffled)

    placed = build_tree(rows)

    assert sorted(p.row.span_id for p in placed) == sorted({row.span_id for row in rows})
    assert build_tree(shuffled) == placed
    assert build_tree(rows + shuffled) == placed


def test_an_open_span_runs_until_its_deadline_and_is_lost_after() -> None:
    row = make_row("a", end_time_unix_nano=None, deadline_unix_nano=T0 + SECOND)

    assert state_of(row, T0 + SECOND, execution_is_open=True) == "running"
    assert state_of(row, T0 + SECOND + 1, execution_is_open=True) == "lost"
    assert state_of(row, T0, execution_is_open=False) == "lost"


def test_an_ended_span_has_its_own_state() -> None:
    assert state_of(make_row("a", status="error"), T0, execution_is_open=True) == "error"


def test_rows_outside_of_the_time_of_their_run_are_marked() -> None:
    of_1970, of_2058 = 60 - T0 // SECOND, 1_000_000_000
    tree = build_tree(
        [
            make_row("a"),
            make_row("b", "a", of_1970),
            make_row("c", "a", of_2058),
            make_row("d", "a", end_time_unix_nano=T0 + of_2058 * SECOND),
            make_row("e", "a"),
        ],
        (T0 - SECOND, T0 + 100 * SECOND),
    )
    assert {placed.row.name for placed in tree if "wrong_clock" in placed.marks} == {"b", "c", "d"}


@pytest.mark.parametrize(
    ("start", "end", "is_marked"),
    [
        (0, 100, False),
        (0, None, False),
        (-1, 100, False),
        (-2, 100, True),
        (101, None, True),
        (0, 101, True),
        (-2, None, True),
    ],
)
def test_one_row_outside_of_the_time_of_its_run_is_enough(
    start: int, end: int | None, is_marked: bool
) -> None:
    ended = None if end is None else T0 + end * SECOND
    rows = [make_row("a"), make_row("b", "a", start, end_time_unix_nano=ended), make_row("c", "a")]

    tree = build_tree(rows, (T0 - SECOND, T0 + 100 * SECOND))

    assert ["wrong_clock" in placed.marks for placed in tree if placed.row.name == "b"] == [
        is_marked
    ]
