"""Why an execution was lost, told from its rows."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.model.execution import LOST, OVERDUE, QUEUED, UNENDED, UNSTARTED, Cause, seen_at
from spanvas.model.loss import cause_of_loss, failed_place, with_loss_cause
from spanvas.model.row import Row
from tests.support.builders import SECOND, T0, make_execution, make_row, span_id

LATER = T0 + 3_600 * SECOND


def open_row(label: str, parent: str | None = None, start: float = 0, **changes: Any) -> Row:
    return make_row(label, parent, start, end_time_unix_nano=None, status="unset", **changes)


ROOT = open_row("root", kind="workflow")
INVOCATION = open_row("call", "root", kind="invocation")
PLAN = make_row("plan", "call", 1, node_id="plan")


def test_a_function_that_saw_its_time_run_out_has_timed_out() -> None:
    cut: dict[str, Any] = {"marks": ("truncated",), "status": "error"}
    rows = [
        make_row("root", kind="workflow", **cut),
        make_row("call", "root", kind="invocation", **cut),
        PLAN,
        make_row("draft", "call", 3, node_id="draft", **cut),
    ]
    assert cause_of_loss(make_execution(), rows) == Cause(
        "Timeout", "The function's time ran out in node draft.", "draft", span_id("draft")
    )


def test_what_is_open_without_that_was_killed_in_the_deepest_node() -> None:
    rows = [
        ROOT,
        INVOCATION,
        PLAN,
        open_row("draft", "call", 2, node_id="draft"),
        open_row("inner", "draft", 3, node_id="inner"),
        open_row("GET", "inner", 4, kind="http", node_id="inner"),
    ]
    assert cause_of_loss(make_execution(), rows) == Cause(
        "Killed",
        "Nothing more was heard of its function in node inner: it was killed, ran out of memory or crashed.",
        "inner",
        span_id("inner"),
    )


def test_between_nodes_the_place_is_after_the_last_one() -> None:
    found = cause_of_loss(make_execution(), [ROOT, INVOCATION, PLAN])
    assert (found.error_type, found.node_id, found.span_id) == ("Killed", "plan", span_id("plan"))
    assert "its function after node plan: it was killed" in found.message
    cut: dict[str, Any] = {"marks": ("truncated",), "status": "error"}
    call = make_row("call", "root", kind="invocation", **cut)
    assert cause_of_loss(make_execution(), [ROOT, call, PLAN]) == Cause(
        "Timeout", "The function's time ran out after node plan.", "plan", span_id("plan")
    )


@pytest.mark.parametrize(
    "limited", [{"status": "ok"}, {"status": "error", "error_type": "ValueError"}]
)
def test_a_span_that_a_limit_has_cut_says_nothing_of_the_functions_time(
    limited: dict[str, Any],
) -> None:
    cut = make_row("plan", "call", 1, node_id="plan", marks=("truncated",), **limited)
    assert cause_of_loss(make_execution(), [ROOT, INVOCATION, cut]).error_type == "Killed"


def test_before_the_first_node_the_invocation_is_the_place() -> None:
    found = cause_of_loss(make_execution(), [ROOT, INVOCATION])
    assert (found.error_type, found.node_id, found.span_id) == ("Killed", None, span_id("call"))
    assert "its function: it was killed" in found.message


def test_after_the_last_node_when_nothing_else_is_open() -> None:
    ended = make_row("call", "root", 0, kind="invocation")
    found = cause_of_loss(make_execution(), [ROOT, ended, PLAN])
    assert (found.error_type, found.node_id) == ("Killed", "plan")
    assert "after node plan" in found.message


@pytest.mark.parametrize("ended_by", ["caller", "state_machine"])
def test_what_was_to_go_on_elsewhere_is_abandoned(ended_by: str) -> None:
    ended = make_row("call", "root", 0, kind="invocation")
    found = cause_of_loss(make_execution(ended_by=ended_by), [ROOT, ended, PLAN])
    assert found == Cause(
        "Abandoned",
        "It was to go on elsewhere after node plan, and nobody has continued or ended it.",
        "plan",
        span_id("plan"),
    )


@pytest.mark.parametrize("rows", [[], [ROOT]])
def test_a_function_of_which_nothing_has_arrived_was_killed_when_it_had_just_begun(
    rows: list[Row],
) -> None:
    found = cause_of_loss(make_execution(), rows)
    assert (found.error_type, found.node_id, found.span_id) == ("Killed", None, None)
    assert cause_of_loss(make_execution(ended_by="state_machine"), rows) == OVERDUE


def test_a_cause_that_is_known_stays() -> None:
    known = make_execution(status=LOST, cause=Cause("Timeout", "it said so itself"))
    assert with_loss_cause(known, [INVOCATION]) is known
    running = make_execution()
    assert with_loss_cause(running, [INVOCATION]) is running
    lost = seen_at(running, LATER)
    assert lost.cause == OVERDUE
    explained_cause = with_loss_cause(lost, [INVOCATION]).cause
    assert explained_cause is not None
    assert explained_cause.error_type == "Killed"


def test_a_queued_execution_was_never_begun() -> None:
    lost = seen_at(make_execution(status=QUEUED), LATER)
    assert (lost.status, lost.cause) == (LOST, UNSTARTED)
    assert with_loss_cause(lost, []) is lost
    assert UNENDED.error_type == OVERDUE.error_type


def test_the_place_of_a_failure_is_the_last_node_that_failed() -> None:
    rows = [
        make_row("root", kind="workflow", status="error"),
        make_row("charge", "root", 1, status="error", node_id="charge"),
        make_row("refund", "root", 5, status="error", node_id="refund"),
        make_row("call", "refund", 6, status="error", kind="invocation"),
        PLAN,
    ]
    found = failed_place(rows)
    assert found is not None
    assert found.node_id == "refund"
    assert failed_place([PLAN]) is None
    only = failed_place([rows[3]])
    assert only is not None
    assert only.kind == "invocation"
