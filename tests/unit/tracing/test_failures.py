"""Exceptions pass through and are recorded where they began; what makes an execution fail, and its cause."""

from __future__ import annotations

import pytest

import spanvas
from spanvas.model.execution import Cause
from tests.support.recording import QuotaError, Recording


def test_an_exception_passes_through_and_is_recorded_where_it_began(recorded: Recording) -> None:
    error = ValueError("no rain")
    with (
        pytest.raises(ValueError) as caught,
        spanvas.workflow("brief", execution_id="e1"),
        spanvas.node("draft"),
        spanvas.span("look", kind="tool"),
    ):
        raise error
    assert caught.value is error
    look, node, root = recorded.spans
    assert [span.status for span in recorded.spans] == ["error"] * 3
    assert [span.status_message for span in recorded.spans] == ["no rain"] * 3
    assert [span.attributes["error.type"] for span in recorded.spans] == ["ValueError"] * 3
    (event,) = look.events
    assert event.name == "exception"
    assert event.attributes["exception.type"] == "ValueError"
    assert event.attributes["exception.message"] == "no rain"
    assert "raise error" in event.attributes["exception.stacktrace"]
    assert node.events == root.events == ()
    execution = recorded.store.read_execution("default", "e1")
    assert execution is not None
    assert execution.status == "failed"
    assert execution.cause == Cause("ValueError", "no rain", "draft", look.span_id)


def test_an_exception_that_is_caught_inside_does_not_fail_the_execution(
    recorded: Recording,
) -> None:
    with (
        spanvas.workflow("brief", execution_id="e1"),
        pytest.raises(KeyError),
        spanvas.node("draft"),
    ):
        raise KeyError("gone")
    assert recorded.span("draft").status == "error"
    execution = recorded.store.read_execution("default", "e1")
    assert execution is not None
    assert (execution.status, execution.cause) == ("succeeded", None)


def test_the_cause_is_the_place_of_what_an_exception_was_raised_from(recorded: Recording) -> None:
    with pytest.raises(RuntimeError), spanvas.workflow("brief", execution_id="e1"):
        try:
            with spanvas.node("draft"):
                raise QuotaError("slow down")
        except QuotaError as error:
            raise RuntimeError("gave up") from error
    execution = recorded.store.read_execution("default", "e1")
    assert execution is not None
    assert execution.cause == Cause(
        "RuntimeError", "gave up", "draft", recorded.span("draft").span_id
    )
    assert recorded.span("draft").attributes["error.type"] == "ThrottlingException"


def test_a_failure_without_a_trail_is_placed_at_the_last_node_that_failed(
    recorded: Recording,
) -> None:
    with spanvas.workflow("brief", execution_id="e1") as run:
        with pytest.raises(QuotaError), spanvas.node("draft"):
            raise QuotaError("slow down")
        run.fail("node 'draft' failed")
    execution = recorded.store.read_execution("default", "e1")
    assert execution is not None
    assert execution.cause == Cause(
        "Error", "node 'draft' failed", "draft", recorded.span("draft").span_id
    )
    assert recorded.span("brief").status == "error"


def test_exceptions_that_are_no_errors_end_their_spans_too(recorded: Recording) -> None:
    with pytest.raises(KeyboardInterrupt), spanvas.workflow("brief"):
        raise KeyboardInterrupt
    assert recorded.span("brief").status == "unset"
    assert recorded.span("brief").attributes["spanvas.outcome"] == "cancelled"


class HostileError(Exception):
    __slots__ = ()

    def __str__(self) -> str:
        raise RuntimeError("no message")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(name)


def test_exceptions_that_cannot_be_read_are_recorded_all_the_same(recorded: Recording) -> None:
    with pytest.raises(HostileError), spanvas.workflow("brief"), spanvas.node("draft"):
        raise HostileError
    assert recorded.span("draft").status_message == "HostileError whose message cannot be read"
    assert recorded.span("draft").attributes["error.type"].endswith("test_failures.HostileError")


def test_node_fail_marks_the_node_alone(recorded: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1"), spanvas.node("draft") as node:
        node.fail("nothing to say")
    assert recorded.span("draft").status == "error"
    assert recorded.span("brief").status == "ok"


def test_trouble_inside_stays_inside(recorded: Recording) -> None:
    class Unprintable:
        def __str__(self) -> str:
            raise RuntimeError

        __repr__ = __str__

    with spanvas.workflow("brief") as run:
        with spanvas.node(Unprintable()) as node:  # type: ignore[arg-type]
            node.set_output("ignored")
        run.set_output(Unprintable())
    assert recorded.names == ["brief"]
    assert spanvas.health()["problem.open_node"] == 1
    assert spanvas.health()["problem.set_output"] == 1
