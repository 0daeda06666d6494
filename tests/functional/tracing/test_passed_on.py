"""An execution goes on where it was sent: what each part records, and who ends it."""

from __future__ import annotations

from typing import Any

import pytest

import spanvas
from spanvas.tracing.bootstrap import TracedHandler
from tests.functional.tracing.functions import Functions, fails, state, works
from tests.support.lambda_function import LAMBDA, make_context
from tests.support.recording import SECOND, as_dict, recording


class TestPassedOn:
    def test_an_execution_goes_on_where_it_was_sent(self) -> None:
        sent: list[dict[str, Any]] = []

        def first(event: Any, context: Any) -> None:
            with spanvas.workflow("orders", is_final=False), spanvas.node("send"):
                sent.append(spanvas.inject({"order": 17}))

        def second(event: Any, context: Any) -> None:
            with spanvas.node("receive"):
                pass

        def last(event: Any, context: Any) -> None:
            spanvas.end_execution()

        functions = Functions()
        functions.call(first, {"execution_id": "e1", "tenant": "acme"}, "first")
        assert functions.status("e1", "acme") == "running"
        functions.call(second, sent[0], "second")
        assert functions.status("e1", "acme") == "running"
        functions.call(last, sent[0], "last")
        assert functions.status("e1", "acme") == "succeeded"
        assert functions.tree("e1", "acme") == [
            "workflow orders ok",
            "  invocation first ok",
            "    node send ok",
            "      invocation second ok",
            "        node receive ok",
            "      invocation last ok",
        ]

    def test_a_part_that_comes_first_registers_what_it_was_told(self) -> None:
        event = {"baggage": "spanvas.execution.id=e1,spanvas.workflow.id=orders"}
        functions = Functions()
        functions.call(works, event, "second")
        execution = functions.store.read_execution("default", "e1")
        assert execution is not None
        assert (execution.workflow_id, execution.ended_by) == ("orders", "caller")

    @pytest.mark.parametrize("error", ["out of stock", ValueError("out of stock")])
    def test_the_last_part_may_end_it_as_failed(self, error: Any) -> None:
        def last(event: Any, context: Any) -> None:
            with spanvas.node("check"):
                spanvas.end_execution(error)

        functions = Functions()
        event = {"baggage": "spanvas.execution.id=e1"}
        functions.call(last, event, "last")
        execution = functions.store.read_execution("default", "e1")
        assert execution is not None
        assert execution.cause is not None
        assert (execution.status, execution.cause.message) == ("failed", "out of stock")
        assert execution.cause.node_id == "check"
        assert functions.tree("e1")[0] == "workflow last error"

    def test_to_say_twice_that_it_ends_is_to_say_it(self) -> None:
        def last(event: Any, context: Any) -> None:
            spanvas.end_execution()
            spanvas.end_execution()

        functions = Functions()
        functions.call(last, {"baggage": "spanvas.execution.id=e1"}, "last")
        assert functions.status("e1") == "succeeded"

    def test_outside_of_an_execution_nothing_ends(self, caplog: pytest.LogCaptureFixture) -> None:
        with recording():
            spanvas.end_execution()
        assert "end_execution outside of a workflow()" in caplog.text

    def test_a_part_that_fails_leaves_the_execution_open(self) -> None:
        functions = Functions()
        event = {"baggage": "spanvas.execution.id=e1"}
        with pytest.raises(TimeoutError):
            functions.call(fails, event, "second")
        assert functions.status("e1") == "running"

    def test_who_ends_it_may_be_said_late(self) -> None:
        def first(event: Any, context: Any) -> None:
            spanvas.flush()
            execution = functions.store.read_execution("default", "e1")
            assert execution is not None
            assert execution.ended_by == "function"
            with spanvas.workflow("orders", is_final=False):
                pass

        functions = Functions(flush_interval_ms=1)
        functions.call(first, {"execution_id": "e1"})
        execution = functions.store.read_execution("default", "e1")
        assert execution is not None
        assert (execution.status, execution.ended_by) == ("running", "caller")
        assert (execution.deadline_unix_nano or 0) > 86_400 * SECOND

    def test_without_a_wrapper_too(self) -> None:
        with recording() as recorded:
            with spanvas.workflow("orders", execution_id="e1", is_final=False):
                pass
            execution = recorded.store.read_execution("default", "e1")
            assert execution is not None
            assert (execution.status, recorded.spans) == ("running", [])

    @pytest.mark.parametrize(
        ("setting", "event", "expected"),
        [
            ("never", {"execution_id": "e1"}, "running"),
            ("always", {"baggage": "spanvas.execution.id=e1"}, "succeeded"),
            ("always", state("Confirm", 1, execution_id="e1"), "succeeded"),
            ("never", state("Confirm", 1, execution_id="e1"), "running"),
        ],
    )
    def test_a_setting_may_say_it(self, setting: str, event: Any, expected: str) -> None:
        functions = Functions(ends_execution=setting)
        functions.call(works, event)
        assert functions.status("e1") == expected

    def test_a_repetition_of_the_whole_runs_again(self) -> None:
        seen: list[str] = []

        def handler(event: Any, context: Any) -> None:
            spanvas.flush()
            seen.append(functions.status("e1"))
            if len(seen) == 1:
                raise ValueError("first")

        functions = Functions(flush_interval_ms=1)
        with pytest.raises(ValueError):
            functions.call(handler, {"execution_id": "e1"})
        assert functions.status("e1") == "failed"
        functions.call(handler, {"execution_id": "e1"})
        assert seen == ["running", "running"]
        assert functions.status("e1") == "succeeded"


def test_a_span_of_a_part_is_what_it_is() -> None:
    """The whole of what one part records, once."""
    with recording(environment=LAMBDA) as recorded:
        event = {
            "traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01",
            "baggage": "spanvas.execution.id=e1",
        }
        TracedHandler(recorded.engine, lambda event, context: None)(event, make_context())
    (invocation,) = recorded.spans
    assert (invocation.trace_id, invocation.parent_span_id) == ("a" * 32, "b" * 16)
    assert as_dict(invocation)["attributes"]["spanvas.kind"] == "invocation"
