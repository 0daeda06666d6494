"""The Lambda function, with tracing off: one event is one execution, and never an exception."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from executor import handler as module
from executor.handler import handler, order_of
from spanvas import settings
from tests.unit.executor.builders import FakeModel, answer_of, document_of, generate, http, template


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 60_000


@pytest.fixture(autouse=True)
def no_connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "load", lambda: settings.Settings(connections={}))
    yield


def run(**event: Any) -> dict[str, Any]:
    return handler({"execution_id": "exec-1", "tenant": "acme", **event}, Context())


def measured(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return next(line for line in lines if "_aws" in line)


def test_an_execution_answers_with_its_id_status_and_outputs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    document = document_of(template("a", template="{{ x }}!", inputs={"x": "input.x"}))
    assert run(document=document, input={"x": "hi"}) == {
        "execution_id": "exec-1",
        "status": "succeeded",
        "outputs": {"a": "hi!"},
    }
    line = measured(capsys)
    assert (line["Executions"], line["FailedExecutions"]) == ([1.0], [0.0])
    assert line["workflow_id"] == "other"
    assert "exec-1" not in json.dumps(line)


def test_without_input_a_workflow_runs_on_its_sample() -> None:
    document = document_of(
        template("a", template="{{ x }}", inputs={"x": "input.x"}), sample_input={"x": "sample"}
    )
    assert run(document=document)["outputs"] == {"a": "sample"}


def test_an_unknown_workflow_is_a_failed_execution(capsys: pytest.CaptureFixture[str]) -> None:
    answer = run(workflow_id="gone")
    assert answer["status"] == "failed"
    assert answer["error"]["error_type"] == "UnknownWorkflow"
    assert answer["error"]["message"].startswith("no workflow 'gone' ships; known are ")
    assert measured(capsys)["workflow_id"] == "other"


def test_an_invalid_document_is_a_failed_execution_that_names_the_node() -> None:
    answer = run(document=document_of({"id": "a", "kind": "agent"}))
    assert answer["error"]["node_id"] == "a"
    assert answer["error"]["error_type"] == "InvalidWorkflow"
    assert answer["error"]["message"].startswith("refused before it ran: node 'a', kind: unknown")


def test_a_missing_input_is_refused_before_anything_runs() -> None:
    answer = run(document=document_of(template("a", inputs={"x": "input.x"})), input={})
    assert answer["error"] == {
        "node_id": "a",
        "error_type": "InvalidWorkflow",
        "message": "refused before it ran: node 'a', inputs.x: "
        "needs 'x', which the execution's input does not have",
    }


def test_a_shipped_workflow_without_its_connections_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = run(workflow_id="shipping-notice")
    assert answer["error"]["node_id"] == "order"
    assert "no connection 'orders' is configured; known are: none" in answer["error"]["message"]
    assert measured(capsys)["workflow_id"] == "shipping-notice"


def test_a_failing_node_is_the_answers_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "load", lambda: settings.Settings(connections={"shop": "x:/"}))
    monkeypatch.setattr(module, "send", _raise(RuntimeError("a defect")))
    answer = run(document=document_of(http("a")))
    assert answer["error"] == {
        "node_id": "a",
        "error_type": "RuntimeError",
        "message": "a defect",
    }


def test_tokens_of_the_models_are_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "converse", FakeModel(answer_of()))
    run(document=document_of(generate("a")))
    line = measured(capsys)
    assert (line["InputTokens"], line["OutputTokens"]) == ([10.0], [5.0])


def test_a_defect_of_the_executor_itself_does_not_leave_the_handler(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "run_workflow", _raise(RuntimeError("a defect")))
    answer = run(document=document_of(template("a")))
    assert answer["error"] == {"error_type": "RuntimeError", "message": "a defect"}


def test_outputs_that_a_function_may_not_answer_are_left_to_the_trace() -> None:
    document = document_of(template("a", template="{{ 'x' * 300000 }}"))
    assert run(document=document)["outputs"] == {"omitted_bytes": 300_009}


@pytest.mark.parametrize(
    "event",
    [{}, {"execution_id": "no/slash", "tenant": "a#b", "workflow_id": "../x", "input": [1]}],
)
def test_a_broken_event_still_becomes_an_execution(event: dict[str, Any]) -> None:
    order = order_of(event)
    assert order.execution_id.startswith("exec_")
    assert (order.tenant, order.workflow_id, order.input) == (None, "unknown", None)
    assert handler(event, Context())["status"] == "failed"


def test_an_order_is_read_from_the_event() -> None:
    order = order_of(
        {
            "execution_id": "exec-1",
            "tenant": "acme",
            "workflow_id": "triage",
            "input": {"a": 1},
            "started_by": "ann",
        }
    )
    assert (order.execution_id, order.tenant, order.workflow_id) == ("exec-1", "acme", "triage")
    assert (order.input, order.started_by) == ({"a": 1}, "ann")


def _raise(error: Exception) -> Callable[..., Any]:
    def raising(*_: object) -> Any:
        raise error

    return raising
