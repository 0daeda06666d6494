"""One execution over many functions: what each of them records, and who ends it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import spanvas
from spanvas.model.execution import Cause
from spanvas.model.ids import root_span_id_for, trace_id_for
from spanvas.model.span import Span
from spanvas.model.tree import build_tree
from spanvas.storage.memory import MemoryTraceStore
from spanvas.tracing.context import current_place
from spanvas.tracing.invocation import TracedHandler
from tests.functional.tracing.test_lambda_wrapper import LAMBDA, make_context
from tests.unit.propagation.test_messages import sqs_record
from tests.unit.tracing.recording import SECOND, Recording, TickingClock, as_dict, recording

ARN = "arn:aws:states:eu-central-1:123456789012:execution:order-flow:run-1"
Handler = Callable[[Any, Any], Any]


class Functions:
    """Several functions over one store, one after another, each in a process of its own as far as they know."""

    def __init__(self, **settings: Any) -> None:
        self.store = MemoryTraceStore(clock=lambda: 50 * SECOND)
        self.settings = settings
        self._clock = 0

    def call(self, handler: Handler, event: Any, name: str = "brief", **settings: Any) -> Any:
        environment = {**LAMBDA, "AWS_LAMBDA_FUNCTION_NAME": name}
        clock = TickingClock(self._clock)
        with recording(
            store=self.store,
            environment=environment,
            clock=clock,
            id_generator=Random(),
            **{**self.settings, **settings},
        ) as door:
            self.door: Recording = door
            try:
                return TracedHandler(door.engine, handler)(event, make_context(function_name=name))
            finally:
                self._clock = clock.time

    def status(self, execution_id: str, tenant: str = "default") -> str:
        execution = self.store.read_execution(tenant, execution_id)
        assert execution is not None
        return execution.status

    def invocation(self) -> Span:
        """Of the function that was called last."""
        return next(span for span in self.door.spans if span.otel_kind == "server")

    def tree(self, execution_id: str, tenant: str = "default") -> list[str]:
        """Every row as its depth, kind, name and status."""
        trace = self.store.read_trace(tenant, execution_id)
        assert trace is not None
        rows = build_tree(trace.rows)
        return [
            f"{'  ' * row.depth}{row.row.kind} {row.row.name}"
            + (f" #{row.row.attempt}" if row.row.attempt is not None else "")
            + (" …" if row.row.end_time_unix_nano is None else f" {row.row.status}")
            for row in rows
        ]


def Random() -> Any:
    from spanvas.tracing.provider import ExecutionIdGenerator

    return ExecutionIdGenerator()


def state(name: str, second: int, retries: int = 0, **event: Any) -> dict[str, Any]:
    """The event of a state that passes `$$` on."""
    context = {
        "Execution": {
            "Id": ARN,
            "Input": {"order": 17},
            "Name": "run-1",
            "StartTime": "1970-01-01T00:00:00.500Z",
        },
        "State": {
            "Name": name,
            "EnteredTime": f"1970-01-01T00:00:{second:02}.000Z",
            "RetryCount": retries,
        },
        "StateMachine": {"Name": "order-flow"},
    }
    return {"StepFunctions": context, **event}


def fails(event: Any, context: Any) -> None:
    with spanvas.node("charge"):
        raise TimeoutError("no answer")


def works(event: Any, context: Any) -> str:
    with spanvas.node("work"):
        return "done"


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

    def test_visits_of_one_state_are_nodes_of_their_own(self) -> None:
        functions = Functions()
        functions.call(works, state("Poll", 1))
        functions.call(works, state("Poll", 20))
        item = state("Poll", 20)
        item["StepFunctions"]["Map"] = {"Item": {"Index": 4}}
        functions.call(works, item)
        assert functions.tree(ARN).count("  node Poll #1 ok") == 3
        assert functions.door.span("Poll").attributes["spanvas.map.index"] == 4

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
        attributes = functions.door.span("Reserve the stock").attributes
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
        events = [len(span.events) for span in functions.door.spans]
        assert sorted(events) == [0, 1]
        assert functions.door.span("Reserve").status == "error"

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
        invocation = functions.door.span("reserve").attributes
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
                place = current_place()
                assert place is not None
                functions.door.engine._cut_short(place.run)

        functions = Functions()
        functions.call(handler, state("Reserve", 1), "reserve")
        assert functions.status(ARN) == "running"
        assert "order-flow" not in functions.door.names
        cut = [span for span in functions.door.spans if "spanvas.truncated" in span.attributes]
        assert [span.name for span in cut] == ["Reserve", "reserve", "slow"]

    def test_what_has_ended_is_not_cut_short(self) -> None:
        with recording() as door:
            with spanvas.workflow("orders", execution_id="e1"):
                place = current_place()
                assert place is not None
            door.engine._cut_short(place.run)
            assert place.run.ended is not None
            assert place.run.ended.status == "succeeded"


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
        with recording() as door:
            with spanvas.workflow("orders", execution_id="e1", is_final=False):
                pass
            execution = door.store.read_execution("default", "e1")
            assert execution is not None
            assert (execution.status, door.spans) == ("running", [])

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
        with recording() as door, spanvas.workflow("orders", execution_id="e1"):
            monkeypatch.setattr(door.engine, "open_attempt", lambda number: None)
            with spanvas.node("charge", attempt=2):
                pass
        assert door.names == ["charge", "orders"]

    def test_in_a_state_they_are_of_that_state(self) -> None:
        def handler(event: Any, context: Any) -> None:
            with spanvas.node("charge", attempt=1):
                pass

        functions = Functions()
        functions.call(handler, state("Pay", 1), "pay")
        functions.call(handler, state("Pay", 9), "pay")
        assert functions.tree(ARN).count("    node charge #1 ok") == 2


class TestBatches:
    def test_every_message_has_a_part_in_its_own_execution(self) -> None:
        def handler(event: Any, context: Any) -> None:
            for record in event["Records"]:
                with spanvas.message(record) as part, spanvas.node("work"):
                    part.set_output(record["messageId"])

        functions = Functions()
        functions.call(handler, {"Records": batch()}, "consumer")
        assert functions.tree("e1", "acme") == ["invocation process orders #2 ok", "  node work ok"]
        assert functions.tree("e2") == [
            "workflow consumer ok",
            "  invocation process orders #2 ok",
            "    node work ok",
        ]
        assert (functions.status("e1", "acme"), functions.status("e2")) == ("running", "succeeded")
        whole = "8a7d6c5b-4e3f-4a2b-9c1d-0e9f8a7b6c5d"
        assert functions.tree(whole) == ["workflow consumer ok", "  invocation consumer ok"]
        invocation = functions.invocation()
        parts = [span for span in functions.door.spans if span.name == "process orders"]
        assert [link.span_id for link in invocation.links] == [part.span_id for part in parts]
        assert {link.span_id for part in parts for link in part.links} == {invocation.span_id}
        assert [part.attributes["spanvas.output"] for part in parts] == ['"m1"', '"m2"']
        assert parts[0].attributes["messaging.message.id"] == "m1"
        assert parts[0].attributes["messaging.destination.name"] == "orders"
        assert parts[0].otel_kind == "consumer"

    def test_without_a_line_of_code_the_parts_are_as_long_as_the_invocation(self) -> None:
        functions = Functions()
        functions.call(works, {"Records": batch()}, "consumer")
        parts = [span for span in functions.door.spans if span.name == "process orders"]
        invocation = functions.invocation()
        assert len(parts) == 2
        assert [link.span_id for link in invocation.links] == [part.span_id for part in parts]
        assert functions.status("e2") == "succeeded"

    def test_a_handler_that_fails_fails_every_part(self) -> None:
        functions = Functions()
        with pytest.raises(TimeoutError):
            functions.call(fails, {"Records": batch()}, "consumer")
        assert functions.tree("e2") == [
            "workflow consumer error",
            "  invocation process orders #2 error",
        ]
        assert functions.status("e2") == "failed"
        events = [len(span.events) for span in functions.door.spans]
        assert sum(events) == 1

    def test_messages_that_go_back_to_the_queue_have_failed(self) -> None:
        def handler(event: Any, context: Any) -> dict[str, Any]:
            return {"batchItemFailures": [{"itemIdentifier": "m2"}, "x"]}

        functions = Functions()
        functions.call(handler, {"Records": batch()}, "consumer")
        assert functions.status("e2") == "failed"
        parts = [span for span in functions.door.spans if span.name == "process orders"]
        assert [part.status for part in parts] == ["ok", "error"]
        assert parts[1].status_message == "the message was returned to its queue"
        assert functions.invocation().status == "ok"

    @pytest.mark.parametrize("answer", [{"batchItemFailures": "all"}, {}, None])
    def test_other_answers_say_nothing_of_messages(self, answer: Any) -> None:
        functions = Functions()
        functions.call(lambda event, context: answer, {"Records": batch()}, "consumer")
        assert functions.status("e2") == "succeeded"

    def test_a_block_that_fails_fails_its_message_alone(self) -> None:
        def handler(event: Any, context: Any) -> dict[str, Any]:
            for record in event["Records"]:
                try:
                    with spanvas.message(record) as part:
                        part.add_event("seen")
                        part.set_attribute("a", 1)
                        part.set_input(record["messageId"])
                        assert part.span_id
                        assert part.trace_id
                        if record["messageId"] == "m2":
                            part.fail("unreadable")
                except ValueError:
                    pass
            return {}

        functions = Functions()
        functions.call(handler, {"Records": batch()}, "consumer")
        assert (functions.status("e1", "acme"), functions.status("e2")) == ("running", "failed")

    def test_messages_of_one_execution_are_spans_of_it(self) -> None:
        def handler(event: Any, context: Any) -> None:
            for record in event["Records"]:
                with spanvas.message(record), spanvas.node("work"):
                    pass

        functions = Functions()
        functions.call(handler, {"Records": [sqs_record("m1"), sqs_record("m2")]}, "consumer")
        trace = functions.store.read_trace("acme", "e1")
        assert trace is not None
        assert [row.kind for row in trace.rows if row.name == "process orders"] == ["other"] * 2
        assert [row.attempt for row in trace.rows if row.kind == "invocation"] == [2]

    def test_a_message_that_is_handled_twice_has_two_parts(self) -> None:
        def handler(event: Any, context: Any) -> None:
            for _ in range(2):
                with spanvas.message(event["Records"][1]):
                    pass

        functions = Functions()
        functions.call(handler, {"Records": batch()}, "consumer")
        assert functions.tree("e2").count("  invocation process orders #2 ok") == 2
        assert functions.status("e2") == "succeeded"

    def test_a_message_that_was_fetched_by_hand(self) -> None:
        with recording() as door, spanvas.message(sqs_record()), spanvas.node("work"):
            pass
        assert [(run.tenant, run.execution_id) for run in door.runs] == [("acme", "e1")] * 2
        execution = door.store.read_execution("acme", "e1")
        assert execution is not None
        assert execution.status == "running"

    def test_what_is_no_message_is_said_once(self, caplog: pytest.LogCaptureFixture) -> None:
        with recording(), spanvas.message({"order": 17}) as part:
            assert part.span_id == ""
        assert "not a record of SQS, SNS or EventBridge" in caplog.text

    def test_more_messages_than_can_be_told_are_counted(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("spanvas.tracing.batch.MAX_UNTOUCHED", 1)
        functions = Functions()
        functions.call(works, {"Records": batch()}, "consumer")
        assert functions.door.engine.health()["messages.without_part"] == 1

    def test_trouble_of_ours_leaves_the_messages_alone(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def handler(event: Any, context: Any) -> str:
            with monkeypatch.context() as patch:
                patch.setattr(functions.door.engine, "open_root", lambda run, parent: None)
                with spanvas.message(event["Records"][0]) as part:
                    assert part.span_id == ""
            with monkeypatch.context() as patch:
                patch.setattr(functions.door.engine, "open_span", lambda **options: None)
                with spanvas.message(event["Records"][1]) as part:
                    assert part.span_id == ""
            monkeypatch.setattr(functions.door.engine, "open_root", lambda run, parent: None)
            return "fine"

        functions = Functions()
        records = [*batch(), sqs_record("m3", body='{"execution_id": "e3"}')]
        assert functions.call(handler, {"Records": records}, "consumer") == "fine"
        assert functions.store.read_execution("default", "e3") is None


def batch() -> list[dict[str, Any]]:
    """A message of a caller's execution, and one that begins its own."""
    body = json.dumps({"execution_id": "e2"})
    return [sqs_record("m1"), sqs_record("m2", body=body, messageAttributes={})]


def test_a_span_of_a_part_is_what_it_is() -> None:
    """The whole of what one part records, once."""
    with recording(environment=LAMBDA) as door:
        event = {
            "traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01",
            "baggage": "spanvas.execution.id=e1",
        }
        TracedHandler(door.engine, lambda event, context: None)(event, make_context())
    (invocation,) = door.spans
    assert (invocation.trace_id, invocation.parent_span_id) == ("a" * 32, "b" * 16)
    assert as_dict(invocation)["attributes"]["spanvas.kind"] == "invocation"
