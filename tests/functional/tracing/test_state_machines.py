"""The states of a machine are the nodes of one tree, and the machine ends the execution."""

from __future__ import annotations

from typing import Any

import pytest

import spanvas
from spanvas.model.execution import Cause
from spanvas.model.ids import root_span_id_for, trace_id_for
from spanvas.tracing.context import current_scope
from tests.functional.tracing.functions import ARN, Functions, fails, state, works
from tests.support.recording import SECOND, recording


class TestStateMachines:
    def test_the_states_of_a_machine_are_the_nodes_of_one_tree(self) -> None:
        functions = Functions()
        functions.call(works, state("Reserve", 1), "reserve")
        assert functions.status(ARN) == "running"
        with pytest.raises(TimeoutError):
            functions.call(fails, state("Charge", 10), "charge")
        assert functions.status(ARN) == "running"
        functions.call(works, state("Charge", 10, 1), "charge")
        assert functions.status(ARN) == "running"
        functions.call(works, state("Confirm", 30), "confirm")

        assert functions.status(ARN) == "running"
        assert functions.tree(ARN) == [
            "workflow order-flow …",
            "  node Reserve #1 ok",
            "    invocation reserve #1 ok",
            "      node work ok",
            "  node Charge #2 ok",
            "    invocation charge #1 error",
            "      node charge error",
            "    invocation charge #2 ok",
            "      node work ok",
            "  node Confirm #1 ok",
            "    invocation confirm #1 ok",
            "      node work ok",
        ]

    def test_the_mapping_is_that_of_the_machine(self) -> None:
        functions = Functions(idle_seconds=7_200)
        functions.call(works, state("Reserve", 1), "reserve")
        execution = functions.store.read_execution("default", ARN)
        assert execution is not None
        assert (execution.workflow_id, execution.ended_by) == ("order-flow", "state_machine")
        assert execution.started_at_unix_nano == SECOND // 2
        assert execution.trace_id == trace_id_for("default", ARN)
        # The function had a minute, and then the machine may rest for two hours.
        assert execution.deadline_unix_nano is not None
        assert 7_260 <= execution.deadline_unix_nano / SECOND <= 7_270

    def test_an_invocation_names_the_execution_of_the_machine(self) -> None:
        functions = Functions()
        functions.call(works, {**state("Reserve", 1), "execution_id": "order-17"}, "reserve")
        span = functions.recorded.span("reserve")
        assert span.attributes["spanvas.state_machine.execution.arn"] == ARN

    def test_visits_of_one_state_are_nodes_of_their_own(self) -> None:
        functions = Functions()
        functions.call(works, state("Poll", 1))
        functions.call(works, state("Poll", 20))
        item = state("Poll", 20)
        item["StepFunctions"]["Map"] = {"Item": {"Index": 4}}
        functions.call(works, item)
        assert functions.tree(ARN).count("  node Poll #1 ok") == 3
        assert functions.recorded.span("Poll").attributes["spanvas.map.index"] == 4

    def test_a_node_of_the_same_id_is_the_state(self) -> None:
        def handler(event: Any, context: Any) -> None:
            with spanvas.node("Reserve", name="Reserve the stock", kind="http", input=17) as node:
                node.set_output("reserved")
                with spanvas.node("Reserve"), spanvas.node("inner"):
                    pass

        functions = Functions()
        functions.call(handler, state("Reserve", 1), "reserve")
        assert functions.tree(ARN) == [
            "workflow order-flow …",
            "  node Reserve the stock #1 ok",
            "    invocation reserve #1 ok",
            "      node inner ok",
        ]
        attributes = functions.recorded.span("Reserve the stock").attributes
        assert attributes["spanvas.node.kind"] == "http"
        assert attributes["spanvas.node.name"] == "Reserve the stock"
        assert (attributes["spanvas.input"], attributes["spanvas.output"]) == ("17", '"reserved"')

    def test_an_exception_in_such_a_node_is_recorded_once(self) -> None:
        def handler(event: Any, context: Any) -> None:
            with spanvas.node("Reserve"):
                raise ValueError("none left")

        functions = Functions()
        with pytest.raises(ValueError):
            functions.call(handler, state("Reserve", 1), "reserve")
        events = [len(span.events) for span in functions.recorded.spans]
        assert sorted(events) == [0, 1]
        assert functions.recorded.span("Reserve").status == "error"

    def test_a_workflow_in_a_state_names_the_execution_and_keeps_to_its_part(self) -> None:
        def handler(event: Any, context: Any) -> None:
            with spanvas.workflow(
                "orders", name="Orders", version="2", input=event["order"]
            ) as run:
                assert run.execution_id == ARN
                run.set_output("reserved")

        functions = Functions()
        functions.call(handler, state("Reserve", 1, order=17), "reserve")
        execution = functions.store.read_execution("default", ARN)
        assert execution is not None
        assert (execution.workflow_id, execution.workflow_version) == ("orders", "2")
        invocation = functions.recorded.span("reserve").attributes
        assert (invocation["spanvas.input"], invocation["spanvas.output"]) == ("17", '"reserved"')
        assert functions.tree(ARN)[0] == "workflow Orders …"

    def test_a_workflow_that_fails_in_a_state_fails_its_part_alone(self) -> None:
        def handler(event: Any, context: Any) -> str:
            try:
                with spanvas.workflow("orders"):
                    raise ValueError("no")
            except ValueError:
                return "sorry"

        functions = Functions()
        assert functions.call(handler, state("Reserve", 1), "reserve") == "sorry"
        assert functions.tree(ARN) == [
            "workflow orders …",
            "  node Reserve #1 ok",
            "    invocation reserve #1 error",
        ]
        assert functions.status(ARN) == "running"

    def test_a_final_state_ends_the_execution(self) -> None:
        def last(event: Any, context: Any) -> None:
            with spanvas.workflow("orders", is_final=True, input=1):
                pass

        functions = Functions()
        functions.call(works, state("Reserve", 1), "reserve")
        functions.call(last, state("Confirm", 10), "confirm")
        assert functions.status(ARN) == "succeeded"
        assert functions.tree(ARN)[0] == "workflow orders ok"
        trace = functions.store.read_trace("default", ARN)
        assert trace is not None
        (root,) = [row for row in trace.rows if row.kind == "workflow"]
        assert root.span_id == root_span_id_for("default", ARN)
        assert root.start_time_unix_nano == SECOND // 2

    def test_a_redriven_machine_runs_again(self) -> None:
        functions = Functions()
        functions.call(works, state("Reserve", 1))
        functions.store.end_execution("default", ARN, "failed", 10 * SECOND, Cause("E", "m"))
        functions._clock = 20 * SECOND
        functions.call(works, state("Charge", 20))
        assert functions.status(ARN) == "running"

    def test_a_state_that_is_cut_short_leaves_the_execution_to_the_machine(self) -> None:
        def handler(event: Any, context: Any) -> None:
            with spanvas.node("slow"):
                place = current_scope()
                assert place is not None
                functions.recorded.engine.processor.cut_short(place.run)

        functions = Functions()
        functions.call(handler, state("Reserve", 1), "reserve")
        assert functions.status(ARN) == "running"
        assert "order-flow" not in functions.recorded.names
        cut = [span for span in functions.recorded.spans if "spanvas.truncated" in span.attributes]
        assert [span.name for span in cut] == ["Reserve", "reserve", "slow"]

    def test_what_has_ended_is_not_cut_short(self) -> None:
        with recording() as recorded:
            with spanvas.workflow("orders", execution_id="e1"):
                place = current_scope()
                assert place is not None
            recorded.engine.processor.cut_short(place.run)
            assert place.run.ended is not None
            assert place.run.ended.status == "succeeded"
