from __future__ import annotations

from dataclasses import replace

from spanvas.model.execution import Counters, count
from spanvas.model.inference import repeated_calls
from spanvas.model.row import Row
from spanvas.model.usage import Usage
from tests.support.builders import make_row, span_id


def call(label: str, parent: str | None = None, tokens: int | None = 10) -> Row:
    usage = None if tokens is None else Usage(tokens, 1)
    return make_row(label, parent, kind="model", usage=usage, cost_nano_usd=tokens)


def test_calls_beside_each_other_all_count() -> None:
    assert repeated_calls([make_row("agent"), call("a", "agent"), call("b", "agent")]) == set()


def test_of_calls_inside_each_other_the_lowest_counts() -> None:
    # outer ── node ── inner
    rows = [call("outer"), make_row("node", "outer"), call("inner", "node")]

    assert repeated_calls(rows) == {span_id("outer")}
    assert count(rows) == Counters(spans=3, input_tokens=10, output_tokens=1, cost_nano_usd=10)


def test_a_wrapper_counts_where_the_call_inside_reports_nothing() -> None:
    rows = [call("outer"), call("inner", "outer", tokens=None)]

    assert repeated_calls(rows) == {span_id("inner")}
    assert count(rows).unpriced == 0


def test_a_wrapper_without_tokens_is_no_call_without_a_price() -> None:
    rows = [call("outer", tokens=None), call("inner", "outer")]

    assert repeated_calls(rows) == {span_id("outer")}
    assert (count(rows).unpriced, count(rows).input_tokens) == (0, 10)


def test_calls_that_report_nothing_at_all_count_as_they_are() -> None:
    rows = [call("outer", tokens=None), call("inner", "outer", tokens=None)]

    assert repeated_calls(rows) == set()
    assert count(rows).unpriced == 2


def test_calls_on_a_cycle_end() -> None:
    rows = [
        call("a", "b"),
        call("b", "a", tokens=None),
        call("c", "c"),
        call("d", "a", tokens=None),
    ]

    assert repeated_calls(rows) == {span_id("b"), span_id("d")}


def test_long_chains_take_linear_time() -> None:
    rows = [call("0", tokens=None)]
    for number in range(1, 20_000):
        below = call("x", tokens=None)._replace(
            span_id=f"{number:016x}", parent_span_id=rows[-1].span_id
        )
        rows.append(below)

    assert repeated_calls(rows) == set()


def test_the_sum_does_not_depend_on_the_order() -> None:
    rows = [call("outer"), call("inner", "outer"), call("other")]

    assert count(rows) == count(reversed(rows))
    assert replace(count(rows), spans=0).input_tokens == 20
