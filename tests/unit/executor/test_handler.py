"""The Lambda function, with tracing off: one event is one execution, and never an exception."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from executor import handler as module
from executor.claims import ClaimResult
from executor.handler import handler, order_of
from spanvas import settings
from spanvas.storage.claims import Claim
from tests.support.executor_builders import (
    document_of,
    http,
    template,
)

REQUEST_ID = "8a7d6c5b-4e3f-4a2b-9c1d-0e9f8a7b6c5d"


class Context:
    aws_request_id = REQUEST_ID

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


@pytest.fixture(autouse=True)
def no_connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "load", lambda: settings.Settings(connections={}))
    yield


def run(**event: Any) -> dict[str, Any]:
    return handler({"execution_id": "exec-1", "tenant": "acme", **event}, Context())


def test_an_execution_answers_with_its_id_status_and_outputs() -> None:
    document = document_of(template("a", template="{{ x }}!", inputs={"x": "input.x"}))
    assert run(document=document, input={"x": "hi"}) == {
        "execution_id": "exec-1",
        "status": "succeeded",
        "outputs": {"a": "hi!"},
    }


def test_without_input_a_workflow_runs_on_its_sample() -> None:
    document = document_of(
        template("a", template="{{ x }}", inputs={"x": "input.x"}), sample_input={"x": "sample"}
    )
    assert run(document=document)["outputs"] == {"a": "sample"}


def test_an_unknown_workflow_is_a_failed_execution() -> None:
    answer = run(workflow_id="gone")
    assert answer["status"] == "failed"
    assert answer["error"]["error_type"] == "UnknownWorkflow"
    assert answer["error"]["message"].startswith("no workflow 'gone' ships; known are ")


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


def test_a_shipped_workflow_without_its_connections_is_refused() -> None:
    answer = run(workflow_id="shipping-notice")
    assert answer["error"]["node_id"] == "order"
    assert "no connection 'orders' is configured; known are: none" in answer["error"]["message"]


def test_a_failing_node_is_the_answers_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "load", lambda: settings.Settings(connections={"shop": "x:/"}))
    monkeypatch.setattr(module, "send", _raise(RuntimeError("a defect")))
    answer = run(document=document_of(http("a")))
    assert answer["error"] == {
        "node_id": "a",
        "error_type": "RuntimeError",
        "message": "a defect",
    }


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
    order = order_of(event, REQUEST_ID)
    assert (order.execution_id, order.event_id) == (REQUEST_ID, REQUEST_ID)
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
            "event_id": "start-17",
        },
        REQUEST_ID,
    )
    assert (order.execution_id, order.tenant, order.workflow_id) == ("exec-1", "acme", "triage")
    assert (order.input, order.started_by, order.event_id) == ({"a": 1}, "ann", "start-17")


class Claimed:
    """Claims that answer what they are told to; `log` is what was done with them, and in which order."""

    def __init__(self, taking: ClaimResult) -> None:
        self._taking = taking
        self.log: list[Any] = []

    def take(self, claim: Claim) -> ClaimResult:
        self.log.append(claim._replace(holder=""))
        return self._taking

    @contextmanager
    def held(self, claim: Claim) -> Iterator[None]:
        yield
        self.log.append("finished")


def with_claims(monkeypatch: pytest.MonkeyPatch, taking: ClaimResult) -> Claimed:
    claimed = Claimed(taking)
    monkeypatch.setattr(settings, "load", lambda: settings.Settings(table="traces"))
    monkeypatch.setattr(module, "claims_in", lambda table, budget_ms: claimed)
    return claimed


def test_an_event_that_somebody_else_runs_is_not_run(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "run_workflow", _raise(AssertionError("it was run")))
    claimed = with_claims(monkeypatch, ClaimResult.REPEATED)
    answer = run(document=document_of(template("a")), event_id="start-17")
    assert answer == {"execution_id": "exec-1", "status": "repeated"}
    assert claimed.log == [Claim("acme", "exec-1", "start-17", "")]
    assert caplog.messages == ["the event has come before: it is run once"]


def test_an_event_of_ones_own_is_finished_when_it_has_been_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    claimed = with_claims(monkeypatch, ClaimResult.MINE)
    answer = handler({"document": document_of(template("a"))}, Context())
    assert answer["status"] == "succeeded"
    assert claimed.log == [Claim("default", REQUEST_ID, REQUEST_ID, ""), "finished"]


def test_an_event_of_which_nobody_can_tell_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    claimed = with_claims(monkeypatch, ClaimResult.UNKNOWN)
    assert run(document=document_of(template("a")))["status"] == "succeeded"
    assert claimed.log == [Claim("acme", "exec-1", REQUEST_ID, "")]


def test_an_executor_that_cannot_make_claims_runs_all_the_same(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(settings, "load", lambda: settings.Settings(table="traces"))
    monkeypatch.setattr(module, "claims_in", _raise(ValueError("no region")))
    assert run(document=document_of(template("a")))["status"] == "succeeded"
    assert caplog.messages[0] == "runs unclaimed: no region"


def _raise(error: Exception) -> Callable[..., Any]:
    def raising(*_: object) -> Any:
        raise error

    return raising
