"""One call that two instrumentations recorded beside each other."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from spanvas.model.execution import count
from spanvas.model.inference import with_repeats_marked
from spanvas.model.row import Row
from spanvas.model.units import NANO
from spanvas.model.usage import Usage
from tests.support.builders import make_row


def call(label: str, start: float, end: float, usage: Usage, **overrides: Any) -> Row:
    row = make_row(label, "root", start=start, kind="model", usage=usage, model="gpt-4o")
    length = round((end - start) * NANO)
    return row._replace(
        end_time_unix_nano=row.start_time_unix_nano + length, cost_nano_usd=5, **overrides
    )


def tokens(*rows: Row) -> tuple[int | None, int | None]:
    counters = count([make_row("root"), *rows])
    return counters.input_tokens, counters.output_tokens


def test_the_call_inside_of_the_other_s_time_is_the_same_call() -> None:
    outer = call("ChatOpenAI", 1, 4, Usage(812, 24))
    inner = call("ChatCompletion", 1.1, 3.9, Usage(812, 24))

    assert tokens(outer, inner) == tokens(inner, outer) == (812, 24)


def test_one_response_id_tells_though_the_counts_differ_and_the_inner_one_counts() -> None:
    outer = call("chat", 1, 4, Usage(870, 32), response_id="msg_12", scope="a")
    inner = call("inner", 1.1, 3.9, Usage(870, 31), response_id="msg_12", scope="b")

    assert tokens(outer, inner) == (870, 31)
    assert tokens(outer, inner._replace(response_id="msg_13")) == (1740, 63)


def test_the_one_that_reports_more_counts() -> None:
    outer = call("chat", 1, 4, Usage(812, 24, cache_read_tokens=512), scope="a")
    inner = call("inner", 1.1, 3.9, Usage(812, 24), scope="b")

    assert count([outer, inner]).cache_read_tokens == 512


def test_calls_that_only_look_alike_all_count() -> None:
    one = call("chat", 1, 4, Usage(5, 1), scope="a")

    assert tokens(one, call("chat", 1.1, 3.9, Usage(5, 1), scope="a")._replace(span_id="x")) == (
        10,
        2,
    )
    assert tokens(one, call("b", 4, 5, Usage(5, 1))) == (10, 2)
    assert tokens(one, call("b", 2, 5, Usage(5, 1))) == (10, 2)
    assert tokens(one, call("b", 2, 3, Usage(5, 2))) == (10, 3)
    assert tokens(one, call("b", 2, 3, Usage(5, 1))._replace(model="claude")) == (10, 2)
    assert tokens(one, call("b", 2, 3, Usage(5, 1))._replace(parent_span_id="other")) == (10, 2)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 50)), min_size=1, max_size=8),
    st.integers(1, 3),
    st.randoms(use_true_random=False),
)
def test_any_calls_at_any_times_count_once_each_however_many_instrumentations_saw_them(
    times: list[tuple[int, int]], instrumentations: int, random: Random
) -> None:
    rows = []
    for number, (start, length) in enumerate(times):
        for layer in range(instrumentations):
            row = call(
                f"{number}-{layer}",
                start + layer / 100,
                start + length - layer / 100,
                Usage(10, 1),
                scope=f"instrumentation {layer}",
                response_id=f"response {number}",
            )
            rows.append(row._replace(name="chat", span_id=f"{number}-{layer}"))
    random.shuffle(rows)

    assert tokens(*rows) == (10 * len(times), len(times))


def test_the_call_that_does_not_count_is_marked_and_keeps_its_figures() -> None:
    outer = call("ChatOpenAI", 1, 4, Usage(812, 24), scope="langchain")
    inner = call("ChatCompletion", 1.1, 3.9, Usage(812, 24), scope="openai")
    below = make_row("post", "ChatOpenAI", start=2)

    rows = with_repeats_marked([make_row("root"), outer, inner, below])

    assert [row.marks for row in rows] == [(), ("repeated",), (), ()]
    assert rows[1].usage == Usage(812, 24)
    assert with_repeats_marked(rows) == rows


def test_calls_of_one_instrumentation_are_not_marked() -> None:
    rows = [call("a", 1, 4, Usage(812, 24)), call("a", 1.1, 3.9, Usage(812, 24))]

    assert with_repeats_marked(rows) is rows
