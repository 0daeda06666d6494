"""How spans ended, as people mean it, from what instrumentations write of it."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.model.span import Event, Span
from spanvas.semantics.outcome import outcome_of
from spanvas.semantics.summary import row_of
from tests.support.builders import T0, make_span


def exception(type_: str, message: str = "") -> Event:
    return Event("exception", T0, {"exception.type": type_, "exception.message": message})


def failed(*events: Event, message: str = "", **attributes: Any) -> Span:
    named = {name.replace("_", "."): value for name, value in attributes.items()}
    return make_span(status="error", status_message=message, attributes=named, events=events)


def read(span: Span) -> tuple[str, str | None, str | None]:
    outcome = outcome_of(span)
    return outcome.status, outcome.mark, outcome.error_type


@pytest.mark.parametrize(
    ("type_", "mark"),
    [
        ("langgraph.errors.GraphInterrupt", "interrupted"),
        ("NodeInterrupt", "interrupted"),
        ("pydantic_ai.exceptions.ApprovalRequired", "interrupted"),
        ("asyncio.exceptions.CancelledError", "cancelled"),
        ("concurrent.futures._base.CancelledError", "cancelled"),
        ("temporalio.exceptions.CancelledError", "cancelled"),
        ("CancelledFailure", "cancelled"),
        ("AbortError", "cancelled"),
        ("APIUserAbortError", "cancelled"),
        ("trio.Cancelled", "cancelled"),
        ("System.Threading.Tasks.TaskCanceledException", "cancelled"),
        ("java.util.concurrent.CancellationException", "cancelled"),
        ("kotlinx.coroutines.JobCancellationException", "cancelled"),
        ("CANCELLED", "cancelled"),
        ("GeneratorExit", "left_early"),
        ("builtins.StopIteration", "left_early"),
        ("StopAsyncIteration", "left_early"),
        ("starlette.requests.ClientDisconnect", "left_early"),
        ("langgraph.errors.ParentCommand", "passed_on"),
        ("temporalio.workflow.ContinueAsNewError", "passed_on"),
        ("prefect.exceptions.PausedRun", "interrupted"),
    ],
)
def test_control_flow_is_known_by_its_type_wherever_it_stands(type_: str, mark: str) -> None:
    assert read(failed(exception(type_, "x"))) == ("unset", mark, None)
    assert read(failed(error_type=type_)) == ("unset", mark, None)
    assert read(failed(exception("Exception", "x"), error_type=type_)) == ("unset", mark, None)
    unset = make_span(status="unset", attributes={"error.type": type_})
    assert read(unset) == ("unset", mark, None)


@pytest.mark.parametrize(
    ("message", "mark"),
    [
        ("GraphInterrupt((Interrupt(value='ok?'),))", "interrupted"),
        ("langgraph.errors.GraphInterrupt: (Interrupt(value='ok?'),)", "interrupted"),
        ("CancelledError", "cancelled"),
        ("asyncio.exceptions.CancelledError: ", "cancelled"),
        ("GeneratorExit: ", "left_early"),
        ("This operation was aborted", "cancelled"),
        ("Request was aborted.", "cancelled"),
        ("context canceled", "cancelled"),
    ],
)
def test_where_no_type_is_said_the_message_tells(message: str, mark: str) -> None:
    assert read(failed(message=message)) == ("unset", mark, None)
    assert read(failed(exception("20", message))) == ("unset", mark, None)
    assert read(failed(exception("*errors.errorString", message))) == ("unset", mark, None)


@pytest.mark.parametrize(
    "span",
    [
        failed(exception("TimeoutError"), message="CancelledError()"),
        failed(exception("asyncio.CancelledError"), error_type="TimeoutError"),
        failed(exception("CancelledError"), exception("ValueError")),
        failed(message="Cancelled: the customer has cancelled order 7"),
        failed(message="Command (ls) failed"),
        failed(message="GraphInterrupt was not expected here"),
        failed(exception("InterruptedError")),
        failed(exception("acme.CancelledErrors")),
        failed(exception("RuntimeError", "generator raised StopIteration")),
        failed(exception("GraphInterrupt"), spanvas_outcome="failed"),
    ],
)
def test_what_says_anything_else_is_an_error(span: Span) -> None:
    outcome = outcome_of(span)
    assert (outcome.status, outcome.mark) == ("error", None)


def test_the_type_of_an_error_is_an_error_unless_the_status_is_ok() -> None:
    for value in ("TimeoutError", "_OTHER", "500", 500):
        unset = make_span(status="unset", attributes={"error.type": value})
        assert read(unset) == ("error", None, str(value))
        assert read(make_span(status="ok", attributes={"error.type": value})) == ("ok", None, None)
    unsaid: list[Any] = ["", None, False, True, [], " "]
    for nothing in unsaid:
        span = make_span(status="unset", attributes={"error.type": nothing})
        assert read(span) == ("unset", None, None)


def test_an_exception_that_was_handled_is_no_error() -> None:
    for status in ("unset", "ok"):
        handled = make_span(status=status, events=(exception("ValueError"),))
        assert read(handled) == (status, None, None)
        stopped = make_span(status=status, events=(exception("StopIteration"),))
        assert read(stopped) == (status, None, None)


def test_an_interrupt_is_said_whatever_the_status() -> None:
    for status in ("unset", "ok"):
        span = make_span(status=status, events=(exception("langgraph.errors.GraphInterrupt"),))
        assert read(span) == (status, "interrupted", None)


def test_a_row_says_what_ended_its_span() -> None:
    row = row_of(failed(exception("GraphInterrupt", "ok?"), message="GraphInterrupt('ok?')"))
    assert (row.status, row.marks) == ("unset", ("interrupted",))
    assert (row.error_type, row.error_message) == (None, None)
    row = row_of(make_span(status="unset", attributes={"error.type": "429"}))
    assert (row.status, row.marks, row.error_type, row.error_message) == ("error", (), "429", None)


@pytest.mark.parametrize("value", ["nonsense", "", 5, None, ["cancelled"]])
def test_an_outcome_that_is_not_known_says_nothing(value: Any) -> None:
    span = make_span(status="ok", attributes={"spanvas.outcome": value})
    assert read(span) == ("ok", None, None)


@pytest.mark.parametrize(
    ("message", "mark"),
    [
        ("(Interrupt(value='ok?', resumable=True, ns=['ask:1']),)", "interrupted"),
        ("[Interrupt(value='ok?', id='1')]", "interrupted"),
        ("Command(graph='__parent__', goto='write')", "passed_on"),
        (
            "Traceback (most recent call last):\n  File 'a.py', line 1\n    ask()\n"
            "langgraph.errors.GraphInterrupt: (Interrupt(value='ok?'),)",
            "interrupted",
        ),
        ('Post "https://api.test": context canceled', "cancelled"),
        ("rpc error: code = Canceled desc = context canceled", "cancelled"),
        ("SystemExit: 0", "left_early"),
    ],
)
def test_what_libraries_write_of_control_flow_as_a_message_is_known(
    message: str, mark: str
) -> None:
    assert read(failed(message=message)) == ("unset", mark, None)


@pytest.mark.parametrize(
    "message",
    [
        "Interrupt was expected",
        "Command(s) failed",
        "context canceled before the answer",
        "Traceback (most recent call last):\n  File 'a.py', line 1\n    ask()\nValueError: GraphInterrupt",
        "SystemExit: 2",
    ],
)
def test_a_message_that_only_resembles_control_flow_is_an_error(message: str) -> None:
    assert read(failed(message=message)) == ("error", None, "Error")


@pytest.mark.parametrize("type_", ["*url.Error", "*fmt.wrapError", "*status.Error"])
def test_a_type_of_go_that_wraps_another_error_says_nothing(type_: str) -> None:
    canceled = exception(type_, "step 1: context canceled")
    refused = exception(type_, "step 1: connection refused")
    assert read(failed(canceled, message="step 1: context canceled")) == (
        "unset",
        "cancelled",
        None,
    )
    assert read(failed(refused, message="step 1: connection refused")) == ("error", None, type_)


@pytest.mark.parametrize(("code", "mark"), [("0", "left_early"), ("", "left_early"), ("3", None)])
def test_an_exit_is_an_error_by_its_code(code: str, mark: str | None) -> None:
    outcome = outcome_of(failed(exception("SystemExit", code)))
    assert (outcome.status, outcome.mark) == ("unset" if mark else "error", mark)
