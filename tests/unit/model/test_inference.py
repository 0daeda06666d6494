from __future__ import annotations

from dataclasses import replace

from spanvas.model.execution import Counters, count
from spanvas.model.inference import may_count, repeated_calls
from spanvas.model.row import Row
from spanvas.model.usage import Usage
from tests.support.builders import make_row, span_id


def call(label: str, parent: str | None = None, tokens: int | None = 10) -> Row:
    usage = None if tokens is None else Usage(tokens, 1)
    return make_row(label, parent, kind="model", usage=usage, cost_nano_usd=tokens)


def repeated(rows: list[Row]) -> frozenset[str]:
    return repeated_calls(rows, [row for row in rows if may_count(row)])


def test_calls_beside_each_other_all_count() -> None:
    assert repeated([make_row("agent"), call("a", "agent"), call("b", "agent")]) == set()


def test_of_calls_inside_each_other_the_lowest_counts() -> None:
    # outer ── node ── inner
    rows = [call("outer"), make_row("node", "outer"), call("inner", "node")]

    assert repeated(rows) == {span_id("outer")}
    assert count(rows) == Counters(spans=3, input_tokens=10, output_tokens=1, cost_nano_usd=10)


def test_a_wrapper_counts_where_the_call_inside_reports_nothing() -> None:
    rows = [call("outer"), call("inner", "outer", tokens=None)]

    assert repeated(rows) == {span_id("inner")}
    assert count(rows).unpriced == 0


def test_a_wrapper_without_tokens_is_no_call_without_a_price() -> None:
    rows = [call("outer", tokens=None), call("inner", "outer")]

    assert repeated(rows) == {span_id("outer")}
    assert (count(rows).unpriced, count(rows).input_tokens) == (0, 10)


def test_calls_that_report_nothing_at_all_count_as_they_are() -> None:
    rows = [call("outer", tokens=None), call("inner", "outer", tokens=None)]

    assert repeated(rows) == set()
    assert count(rows).unpriced == 2


def test_calls_on_a_cycle_end() -> None:
    rows = [
        call("a", "b"),
        call("b", "a", tokens=None),
        call("c", "c"),
        call("d", "a", tokens=None),
    ]

    assert repeated(rows) == {span_id("b"), span_id("d")}


def test_long_chains_take_linear_time() -> None:
    rows = [call("0", tokens=None)]
    for number in range(1, 20_000):
        below = call("x", tokens=None)._replace(
            span_id=f"{number:016x}", parent_span_id=rows[-1].span_id
        )
        rows.append(below)

    assert repeated(rows) == set()


def test_the_sum_does_not_depend_on_the_order() -> None:
    rows = [call("outer"), call("inner", "outer"), call("other")]

    assert count(rows) == count(reversed(rows))
    assert replace(count(rows), spans=0).input_tokens == 20


def test_an_agent_counts_where_nothing_below_reports_anything() -> None:
    agent = call("agent")._replace(kind="agent")
    silent = call("silent", "agent", tokens=None)

    assert count([agent]) == Counters(spans=1, input_tokens=10, output_tokens=1, cost_nano_usd=10)
    assert (count([agent, silent]).input_tokens, count([agent, silent]).unpriced) == (10, 0)
    assert count([agent, silent, call("call", "agent", 7)]).input_tokens == 7
    assert count([agent, silent, call("call", "agent", 7)]).unpriced == 1


def test_of_agents_inside_each_other_the_lowest_counts() -> None:
    outer = call("outer", tokens=30)._replace(kind="workflow")
    first, second = (call(name, "outer")._replace(kind="agent") for name in ("first", "second"))

    assert count([outer, first, second]).input_tokens == 20


def test_a_wrapper_inside_of_a_call_is_a_part_of_it() -> None:
    assert repeated([call("call"), call("raw", "call")._replace(kind="other")]) == {span_id("raw")}


def test_a_batch_does_not_count_wrappers() -> None:
    assert count([call("agent")._replace(kind="agent")], is_part=True) == Counters(spans=1)


def with_cache(label: str, parent: str | None, *tokens: int) -> Row:
    """A call of Bedrock: input, output, read from the cache, written to it."""
    return make_row(label, parent, kind="model", usage=Usage(*tokens), cost_nano_usd=tokens[0])


def test_the_span_of_bedrock_s_client_that_does_not_know_the_cache_counts_less() -> None:
    # The framework's own span around it has the tokens of the cache; Bedrock's input tokens have not.
    rows = [with_cache("chat", None, 812, 24, 500, 12), with_cache("wire", "chat", 300, 24)]

    assert repeated(rows) == {span_id("wire")}
    assert count(rows) == Counters(
        spans=2,
        input_tokens=812,
        output_tokens=24,
        cache_read_tokens=500,
        cache_write_tokens=12,
        cost_nano_usd=812,
    )


def test_it_is_found_through_spans_between_and_below_an_agent() -> None:
    rows = [
        with_cache("agent", None, 1682, 55, 1280)._replace(kind="agent"),
        with_cache("first", "agent", 812, 24, 512),
        make_row("post", "first", kind="http"),
        with_cache("wire", "post", 300, 24),
        with_cache("second", "agent", 870, 31, 768),
        with_cache("wired", "second", 102, 31),
    ]

    assert repeated(rows) == {span_id("agent"), span_id("wire"), span_id("wired")}
    assert count(rows).input_tokens == 1682


def test_a_call_that_is_not_the_one_around_it_without_its_cache_counts_itself() -> None:
    outer = with_cache("outer", None, 812, 24, 512)
    for inner in (
        with_cache("inner", "outer", 301, 24),
        with_cache("inner", "outer", 300, 23),
        with_cache("inner", "outer", 300, 24, 1),
    ):
        assert repeated([outer, inner]) == {span_id("outer")}
    two = [outer, with_cache("inner", "outer", 300, 24), with_cache("other", "outer", 5, 1)]
    assert repeated(two) == {span_id("outer")}
    without = [with_cache("outer", None, 300, 24), with_cache("inner", "outer", 300, 24)]
    assert repeated(without) == {span_id("outer")}


def test_many_calls_deep_below_one_another_take_linear_time() -> None:
    rows = [call("0")]
    for number in range(1, 20_000):
        kind = "model" if number % 2 else "node"
        below = call("x")._replace(
            span_id=f"{number:016x}", parent_span_id=rows[-1].span_id, kind=kind
        )
        rows.append(below)

    assert len(repeated(rows)) == 19_999
