"""Running graphs, with tracing that remembers and no network."""

from __future__ import annotations

import threading
from typing import Any

from executor.engine import ExecutionOutcome, run_workflow
from executor.resources import HttpAnswer, Resources
from tests.support.executor_builders import (
    FakeHttp,
    FakeTime,
    http,
    json_answer,
    resources_of,
    template,
    transform,
    workflow_of,
)
from tests.support.recording_tracing import RecordingTracing


def run(
    *nodes: dict[str, Any],
    given: dict[str, Any] | None = None,
    resources: Resources | None = None,
    **fields: Any,
) -> ExecutionOutcome:
    return run_workflow(workflow_of(*nodes, **fields), given or {}, resources or resources_of())


def cause_of(outcome: ExecutionOutcome) -> tuple[str, str, str]:
    assert outcome.error is not None
    return outcome.error.node_id, outcome.error.error_type, outcome.error.message


def test_nodes_get_what_those_before_them_gave() -> None:
    outcome = run(
        transform("double", "{n: n, twice: [n, n]}", inputs={"n": "input.n"}),
        template("say", template="{{ t | sum }}", inputs={"t": "nodes.double.twice"}),
        edges=[["double", "say"]],
        given={"n": 21},
    )
    assert outcome.results == {"double": {"n": 21, "twice": [21, 21]}, "say": "42"}


def test_without_declared_outputs_those_of_the_last_nodes_are_given() -> None:
    outcome = run(template("a"), template("b"), template("c"), edges=[["a", "b"]])
    assert outcome.outputs == {"b": "b ran", "c": "c ran"}
    assert outcome.error is None


def test_declared_outputs_are_given_by_name() -> None:
    outcome = run(
        template("a"), outputs={"said": "nodes.a", "by": "input.name"}, given={"name": "Ann"}
    )
    assert outcome.outputs == {"said": "a ran", "by": "Ann"}


def test_an_output_that_cannot_be_evaluated_fails_the_execution() -> None:
    outcome = run(template("a"), outputs={"size": "sum(nodes.a)"})
    assert outcome.error is not None
    assert (outcome.error.node_id, outcome.error.error_type) == ("", "ExpressionError")
    assert outcome.error.message.startswith("outputs.size: ")


def test_every_node_is_a_span_with_its_inputs_and_its_output() -> None:
    tracing = RecordingTracing()
    run(
        template("a", name="First", template="{{ x }}!", inputs={"x": "input.x"}),
        resources=resources_of(tracing),
        given={"x": "hi"},
    )
    (span,) = tracing.root.children
    assert (span.name, span.kind, span.attributes) == ("a", "template", {"name": "First"})
    assert (span.input, span.output) == ({"x": "hi"}, "hi!")


def test_a_failing_node_fails_the_execution_with_its_cause() -> None:
    tracing = RecordingTracing()
    outcome = run(
        transform("count", "sum(x)", inputs={"x": "input.x"}),
        template("after", inputs={"n": "nodes.count"}),
        edges=[["count", "after"]],
        resources=resources_of(tracing),
        given={"x": "no list"},
    )
    assert outcome.error is not None
    assert (outcome.error.node_id, outcome.error.error_type) == ("count", "ExpressionError")
    assert outcome.outputs == {}
    assert tracing.root.names() == ["count"]
    assert tracing.root.children[0].error is not None


def test_only_what_depends_on_a_failed_node_does_not_run() -> None:
    outcome = run(
        transform("bad", "sum(x)", inputs={"x": "input.x"}),
        template("after"),
        template("apart"),
        template("further"),
        edges=[["bad", "after"], ["apart", "further"]],
        given={"x": "no list"},
    )
    assert outcome.results == {"apart": "apart ran", "further": "further ran"}


def test_of_two_failures_the_first_of_the_document_is_the_cause() -> None:
    outcome = run(
        transform("one", "sum(x)", inputs={"x": "input.x"}),
        transform("two", "sum(x)", inputs={"x": "input.x"}),
        given={"x": "no list"},
    )
    assert outcome.error is not None
    assert outcome.error.node_id == "one"


def test_a_defect_of_a_node_is_a_cause_too() -> None:
    def broken(*_: object) -> HttpAnswer:
        raise RuntimeError("a defect")

    outcome = run(http("a"), resources=resources_of(send=broken))
    assert cause_of(outcome) == ("a", "RuntimeError", "a defect")


def test_an_input_that_finds_nothing_fails_its_node() -> None:
    tracing = RecordingTracing()
    outcome = run(
        template("a", inputs={"x": "input.order.id"}),
        resources=resources_of(tracing),
        given={"order": {}},
    )
    message = "input 'x' is empty: input.order.id finds nothing"
    assert cause_of(outcome) == ("a", "MissingInput", message)
    assert tracing.root.names() == ["a"]


def test_an_input_may_say_what_to_use_instead_of_nothing() -> None:
    outcome = run(
        template("a", template="{{ x }}", inputs={"x": "input.tone || 'plain'"}),
        template("b", template="{{ x }}", inputs={"x": "input.tone || input.mood"}),
    )
    assert outcome.results == {"a": "plain", "b": "None"}


def test_retries_are_spans_below_their_node() -> None:
    tracing = RecordingTracing()
    send = FakeHttp(json_answer("{}", 503), json_answer("{}", 200))
    run(http("a"), resources=resources_of(tracing, send=send))
    assert tracing.root.names() == [
        "a",
        "  attempt 1",
        "    GET /things",
        "  attempt 2",
        "    GET /things",
    ]


def test_no_node_begins_when_the_functions_time_is_over() -> None:
    outcome = run(template("a"), resources=resources_of(time=FakeTime(remaining_ms=1_000)))
    assert cause_of(outcome) == ("a", "Timeout", "was not begun: the function's time is over")


def test_branches_run_at_the_same_time() -> None:
    meeting = threading.Barrier(3, timeout=60)

    def send(*_: object) -> HttpAnswer:
        meeting.wait()
        return json_answer("{}")

    outcome = run(http("a"), http("b"), http("c"), resources=resources_of(send=send))
    assert outcome.error is None


def test_an_interrupt_is_not_taken_for_a_failed_node() -> None:
    def interrupted(*_: object) -> HttpAnswer:
        raise SystemExit(3)

    try:
        run(http("a"), resources=resources_of(send=interrupted))
    except SystemExit as error:
        assert error.code == 3
    else:
        raise AssertionError("the interrupt was swallowed")
