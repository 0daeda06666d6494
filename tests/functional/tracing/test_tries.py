"""Tries in different functions are attempts of one node."""

from __future__ import annotations

from typing import Any

import pytest

import spanvas
from spanvas.model.ids import root_span_id_for
from tests.functional.tracing.functions import ARN, Functions, state
from tests.support.recording import recording
from tests.support.sqs_records import sqs_record


class TestTries:
    def test_tries_in_different_functions_are_attempts_of_one_node(self) -> None:
        def handler(event: Any, context: Any) -> None:
            (record,) = event["Records"]
            number = int(record["attributes"]["ApproximateReceiveCount"])
            with spanvas.node("charge", name="Charge", attempt=number, input=number) as node:
                with spanvas.span("call"):
                    if number == 1:
                        raise TimeoutError("no answer")
                node.set_output("charged")

        functions = Functions()
        for count in ("1", "2"):
            record = sqs_record(attributes={"ApproximateReceiveCount": count})
            try:
                functions.call(handler, {"Records": [record]}, "charge")
            except TimeoutError:
                assert count == "1"
        trace = functions.store.read_trace("acme", "e1")
        assert trace is not None
        (node,) = [row for row in trace.rows if row.kind == "node"]
        assert (node.name, node.status, node.attempt) == ("Charge", "ok", 2)
        assert node.parent_span_id == root_span_id_for("acme", "e1")
        below = [row for row in trace.rows if row.parent_span_id == node.span_id]
        assert [(row.kind, row.attempt, row.status) for row in below] == [
            ("attempt", 1, "error"),
            ("attempt", 2, "ok"),
        ]
        invocations = [row.attempt for row in trace.rows if row.kind == "invocation"]
        assert invocations == [1, 2]

    def test_a_node_stands_without_its_try(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with recording() as recorded, spanvas.workflow("orders", execution_id="e1"):
            monkeypatch.setattr(recorded.engine.spans, "open_attempt", lambda number: None)
            with spanvas.node("charge", attempt=2):
                pass
        assert recorded.names == ["charge", "orders"]

    def test_in_a_state_they_are_of_that_state(self) -> None:
        def handler(event: Any, context: Any) -> None:
            with spanvas.node("charge", attempt=1):
                pass

        functions = Functions()
        functions.call(handler, state("Pay", 1), "pay")
        functions.call(handler, state("Pay", 9), "pay")
        assert functions.tree(ARN).count("    node charge #1 ok") == 2
