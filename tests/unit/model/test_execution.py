from __future__ import annotations

from spanvas.model.completeness import completeness_of
from spanvas.model.execution import Counters, count, seen_at, totalled
from spanvas.model.usage import Usage
from tests.support.builders import SECOND, T0, make_execution, make_row


def test_completeness_names_the_missing_nodes_in_the_order_of_the_workflow() -> None:
    execution = make_execution(expected_nodes=("plan", "draft", "review", "publish"))
    rows = [make_row("1", node_id="review"), make_row("2", node_id="plan")]

    found = completeness_of(execution, rows)

    assert found.received == ("plan", "review")
    assert found.missing == ("draft", "publish")


def test_nodes_that_nobody_expected_are_received_too() -> None:
    found = completeness_of(make_execution(expected_nodes=("plan",)), [make_row(node_id="extra")])

    assert (found.received, found.missing) == (("extra",), ("plan",))


def test_only_spans_of_kind_node_count_for_completeness() -> None:
    row = make_row(node_id="plan", kind="model")

    assert completeness_of(make_execution(expected_nodes=("plan",)), [row]).missing == ("plan",)


def test_only_ended_spans_and_only_model_calls_are_counted() -> None:
    usage = Usage(100, 10, 40, 5, 3)
    rows = [
        make_row("1", "3", kind="model", usage=usage, cost_nano_usd=700),
        make_row("2", kind="model", usage=usage, status="error"),
        make_row("3", kind="agent", usage=usage, cost_nano_usd=700),
        make_row("4", end_time_unix_nano=None),
        make_row("5", kind="model", status="error"),
    ]

    assert count(rows, dropped=2) == Counters(
        spans=4,
        errors=2,
        input_tokens=200,
        output_tokens=20,
        cache_read_tokens=80,
        cache_write_tokens=10,
        reasoning_tokens=6,
        cost_nano_usd=700,
        unpriced=1,
        dropped=2,
    )


def test_an_execution_is_lost_only_after_its_deadline() -> None:
    execution = make_execution()

    assert seen_at(execution, T0 + 60 * SECOND) is execution
    assert seen_at(execution, T0 + 60 * SECOND + 1).status == "lost"


def test_an_ended_execution_and_one_without_deadline_are_never_lost() -> None:
    for execution in (make_execution(status="failed"), make_execution(deadline_unix_nano=None)):
        assert seen_at(execution, T0 + 10**18) is execution


def test_what_no_call_has_reported_is_unknown_and_a_reported_nothing_is_nothing() -> None:
    silent = [make_row("1", kind="model"), make_row("2", kind="model", status="error")]
    free = [make_row("3", kind="model", usage=Usage(0, 0), cost_nano_usd=0)]
    embedding = [make_row("4", kind="model", usage=Usage(12))]

    assert count(silent) == Counters(spans=2, errors=1, unpriced=1, unreported_calls=1)
    assert count([]) + count(silent) == count(silent)
    assert count(free) == Counters(spans=1, input_tokens=0, output_tokens=0, cost_nano_usd=0)
    assert count(silent) + count(free) == count([*silent, *free])
    assert count(embedding) == Counters(spans=1, input_tokens=12, unpriced=1)
    assert count(embedding) + count(free) == Counters(
        spans=2, input_tokens=12, output_tokens=0, cost_nano_usd=0, unpriced=1
    )


def test_every_span_that_failed_is_an_error_and_every_row_a_span() -> None:
    rows = [
        make_row("run", kind="workflow", status="error"),
        make_row("draft", "run", status="error"),
        make_row("attempt 1", "draft", kind="attempt", status="error"),
        make_row("attempt 2", "draft", kind="attempt", status="error"),
        make_row("classify", "run"),
        make_row("send", "run", end_time_unix_nano=None, status="unset"),
    ]
    running = totalled(make_execution(counters=Counters(dropped=3)), rows)
    lost = totalled(make_execution(status="lost"), rows)
    rows[-1] = rows[-1]._replace(deadline_unix_nano=T0 + 9 * SECOND)
    overdue = totalled(make_execution(), rows, T0 + 10 * SECOND)

    assert running.counters == Counters(spans=6, errors=4, dropped=3)
    assert lost.counters == overdue.counters == Counters(spans=6, errors=5)


def test_an_execution_whose_totals_are_right_stays_as_it_is() -> None:
    execution = make_execution(counters=Counters(spans=1))

    assert totalled(execution, [make_row()]) is execution
    assert totalled(make_execution(), []).counters == Counters()


def test_a_silent_call_is_counted_unless_a_row_around_or_under_it_counts_for_it() -> None:
    used = Usage(9, 1)
    rows = [
        make_row("alone", kind="model"),
        make_row("failed", kind="model", status="error"),
        make_row("open", kind="model", end_time_unix_nano=None),
        make_row("agent of silent calls", kind="agent", usage=used),
        make_row("part of the agent", parent="agent of silent calls", kind="model"),
        make_row("agent", kind="agent", usage=used),
        make_row("beside a call", parent="agent", kind="model"),
        make_row("call", parent="agent", kind="model", usage=used),
        make_row("part of the call", parent="call", kind="model"),
        make_row("wrapper", kind="model"),
        make_row("inner", parent="wrapper", kind="model", usage=used),
    ]
    assert count(rows).unreported_calls == 2
