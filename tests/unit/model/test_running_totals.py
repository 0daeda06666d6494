from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from spanvas.model.execution import count
from spanvas.model.row import Row
from spanvas.model.running_totals import RUNNING_TOTAL, rows_of_trace, with_own_figures
from spanvas.model.usage import Usage

SPRING = "org.springframework.boot"
A_LOOP = [(812, 24), (1_682, 55), (2_600, 90)]


def call(number: int, counts: tuple[int, int] | None, scope: str = SPRING) -> Row:
    start = number * 100
    return Row(
        f"call-{number}", "loop", "chat gpt-4o", "model", start, start + 50,
        usage=Usage(*counts) if counts else None,
        cost_nano_usd=counts[0] * 2_500 + counts[1] * 10_000 if counts else None,
        scope=scope,
    )  # fmt: skip


def tool(number: int) -> Row:
    """The tool that runs after the call of this number."""
    return Row(f"tool-{number}", "loop", "lookup", "tool", number * 100 + 60, number * 100 + 90)


def loop(*counts: tuple[int, int] | None, scope: str = SPRING) -> list[Row]:
    """The calls of one tool loop with these counts, and the tools between them."""
    rows = [call(0, counts[0], scope)]
    for number, found in enumerate(counts[1:], 1):
        rows += [tool(number - 1), call(number, found, scope)]
    return rows


def shown(rows: list[Row]) -> list[tuple[int | None, int | None] | None]:
    return [row.usage[:2] if row.usage else None for row in rows if row.kind == "model"]


def test_each_call_of_a_tool_loop_has_what_it_used_itself() -> None:
    rows = with_own_figures(loop(*A_LOOP))

    assert shown(rows) == [(812, 24), (870, 31), (918, 35)]
    assert [row.span_id for row in rows if RUNNING_TOTAL in row.marks] == ["call-1", "call-2"]
    # 870 x $2.50 + 31 x $10, per million
    assert next(row.cost_nano_usd for row in rows if row.span_id == "call-1") == 2_485_000


def test_a_loop_counts_what_its_last_call_says() -> None:
    counters = count(rows_of_trace(loop(*A_LOOP)))

    assert (counters.input_tokens, counters.output_tokens) == (2_600, 90)
    assert count(loop(*A_LOOP), is_part=True) == counters


def test_calls_that_report_their_own_counts_keep_them() -> None:
    rows = loop((812, 24), (870, 31), (918, 35))

    assert with_own_figures(rows) is rows


def test_other_instrumentations_report_no_running_totals() -> None:
    rows = loop(*A_LOOP, scope="opentelemetry.instrumentation.openai.v1")

    assert with_own_figures(rows) is rows


def test_calls_without_a_tool_between_them_are_no_loop() -> None:
    rows = [call(number, counts) for number, counts in enumerate(A_LOOP)]

    assert with_own_figures(rows) is rows


def test_calls_of_two_loops_are_not_compared() -> None:
    first, between, second = loop((812, 24), (1_682, 55))
    rows = [first, between, second._replace(parent_span_id="another loop")]

    assert with_own_figures(rows) is rows


def test_a_call_without_counts_stays_without() -> None:
    assert shown(with_own_figures(loop((812, 24), None))) == [(812, 24), None]


def test_own_figures_are_not_taken_for_running_totals() -> None:
    once = with_own_figures(loop((100, 10), (350, 30), (900, 70)))

    assert shown(once) == [(100, 10), (250, 20), (550, 40)]
    assert with_own_figures(once) is once


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(1, 90)), min_size=1, max_size=6), st.data()
)
def test_the_order_in_which_rows_come_does_not_matter(
    steps: list[tuple[int, int]], data: st.DataObject
) -> None:
    own = [(100, 10)]
    for more, output in steps:
        own.append((sum(own[-1]) + more, output))
    totals = [own[0]]
    for read, written in own[1:]:
        totals.append((totals[-1][0] + read, totals[-1][1] + written))
    assert all(later > earlier for earlier, later in pairwise(totals))

    rows = data.draw(st.permutations(loop(*totals)))
    ordered = sorted(with_own_figures(rows), key=lambda row: row.start_time_unix_nano)

    assert shown(ordered) == own
