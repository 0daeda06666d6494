"""What is recorded of workflows, nodes, attempts and spans, one inside the other."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

import spanvas
from spanvas.model.ids import root_span_id_for, trace_id_for
from tests.support.recording import SECOND, Recording, as_dict

ROOT = root_span_id_for("default", "e1")
TRACE = trace_id_for("default", "e1")


def test_a_workflow_with_a_node_an_attempt_and_a_span(recorded: Recording) -> None:
    # brief
    #  └ Draft the brief
    #     └ attempt 2
    #        └ GET facts
    with spanvas.workflow(
        "brief", execution_id="e1", version="3", name="Brief", expected_nodes=("draft", "send")
    ) as run:
        assert (run.execution_id, run.trace_id, run.span_id) == ("e1", TRACE, ROOT)
        with spanvas.node(
            "draft", name="Draft the brief", kind="generate", input={"topic": "rain"}
        ) as node:
            node.set_attribute("draft.words", 420)
            with spanvas.attempt(2, backoff_ms=400) as attempt:
                attempt.add_event("throttled", {"code": 429})
                with spanvas.span(
                    "GET facts", kind="http", attributes={"http.request.method": "GET"}
                ):
                    pass
            node.set_output(["done"])
    assert [as_dict(span) for span in recorded.spans] == [
        {
            "name": "GET facts",
            "id": "0000000000000003",
            "parent": "0000000000000002",
            "kind": "http",
            "seconds": (6, 7),
            "status": "ok",
            "attributes": {
                "spanvas.kind": "http",
                "http.request.method": "GET",
                "spanvas.node.id": "draft",
            },
        },
        {
            "name": "attempt 2",
            "id": "0000000000000002",
            "parent": "0000000000000001",
            "kind": "attempt",
            "seconds": (4, 9),
            "status": "ok",
            "attributes": {
                "spanvas.kind": "attempt",
                "spanvas.attempt.number": 2,
                "spanvas.attempt.backoff_ms": 400,
                "spanvas.node.id": "draft",
            },
            "events": [("throttled", 5, {"code": 429})],
        },
        {
            "name": "Draft the brief",
            "id": "0000000000000001",
            "parent": ROOT,
            "kind": "node",
            "seconds": (3, 11),
            "status": "ok",
            "attributes": {
                "spanvas.kind": "node",
                "spanvas.node.id": "draft",
                "spanvas.node.name": "Draft the brief",
                "spanvas.node.kind": "generate",
                "spanvas.input": '{"topic": "rain"}',
                "draft.words": 420,
                "spanvas.output": '["done"]',
            },
        },
        {
            "name": "Brief",
            "id": ROOT,
            "parent": None,
            "kind": "workflow",
            "seconds": (1, 13),
            "status": "ok",
            "attributes": {
                "spanvas.kind": "workflow",
                "spanvas.workflow.id": "brief",
                "spanvas.workflow.name": "Brief",
                "spanvas.workflow.version": "3",
                "spanvas.workflow.expected_nodes": ["draft", "send"],
                "spanvas.tenant": "default",
                "spanvas.execution.id": "e1",
            },
        },
    ]
    assert {span.trace_id for span in recorded.spans} == {TRACE}
    assert {span.scope_name for span in recorded.spans} == {"spanvas"}
    assert recorded.spans[0].resource == {"service.name": "test"}


def test_the_execution_is_registered_and_ended(recorded: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1", version="3", started_by="ada"):
        pass
    execution = recorded.store.read_execution("default", "e1")
    assert execution is not None
    assert (execution.workflow_id, execution.workflow_version) == ("brief", "3")
    assert (execution.status, execution.started_by) == ("succeeded", "ada")
    assert execution.trace_id == TRACE
    assert execution.deadline_unix_nano == SECOND + 86_400 * SECOND
    assert execution.exporter_health == {"store": "ok"}
    assert execution.counters.spans == 1


def test_an_execution_takes_as_long_as_its_workflow_span(recorded: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1"), spanvas.node("draft"):
        pass
    trace = recorded.store.read_trace("default", "e1")
    assert trace is not None
    [root] = [row for row in trace.rows if row.kind == "workflow"]
    execution = trace.execution
    assert execution.started_at_unix_nano == root.start_time_unix_nano == 1 * SECOND
    assert execution.ended_at_unix_nano == root.end_time_unix_nano == 6 * SECOND


def test_decorators_open_a_span_for_every_call(recorded: Recording) -> None:
    @spanvas.node("double")
    def double(number: int) -> int:
        """Twice."""
        return number * 2

    @spanvas.node("triple")
    async def triple(number: int) -> int:
        return number * 3

    @spanvas.workflow("sums")
    def sums() -> list[int]:
        return [double(1), double(2), asyncio.run(triple(3))]

    assert sums() == [2, 4, 9]
    assert double.__doc__ == "Twice."
    assert recorded.names == ["double", "double", "triple", "sums"]


def test_a_decorated_callable_without_code_of_its_own_works(recorded: Recording) -> None:
    count = spanvas.span("count", kind="tool")(len)
    with spanvas.workflow("brief"):
        assert count([1, 2]) == 2
    assert recorded.span("count").kind == "tool"


def test_one_scope_can_be_entered_again_within_itself(recorded: Recording) -> None:
    scope = spanvas.span("again", kind="tool")
    with spanvas.workflow("brief"), scope, scope:
        pass
    inner, outer = (span for span in recorded.spans if span.name == "again")
    assert inner.parent_span_id == outer.span_id


def test_bound_functions_run_inside_the_spans_that_were_open(recorded: Recording) -> None:
    def work(number: int) -> int:
        with spanvas.span(f"item {number}", kind="item"):
            return number

    with spanvas.workflow("brief"), spanvas.node("map") as node, ThreadPoolExecutor(4) as pool:
        assert list(pool.map(spanvas.bind(work), range(8))) == list(range(8))
    items = [span for span in recorded.spans if span.kind == "item"]
    assert len(items) == 8
    assert {span.parent_span_id for span in items} == {node.span_id}


def test_unbound_threads_outside_of_a_workflow_record_nothing(recorded: Recording) -> None:
    def work() -> str:
        with spanvas.node("lost") as node, spanvas.span("lost too") as span:
            node.set_output(1)
            return node.span_id + span.span_id

    with spanvas.workflow("brief"), ThreadPoolExecutor(1) as pool:
        assert pool.submit(work).result() == ""
    assert recorded.names == ["brief"]
    assert spanvas.health()["outside"] == 2


def test_a_workflow_inside_a_workflow_is_a_span_of_it(recorded: Recording) -> None:
    with spanvas.workflow("outer", execution_id="e1") as outer, pytest.raises(ValueError):  # noqa: SIM117
        with spanvas.workflow("inner", version="2") as inner:
            assert inner.execution_id == "e1"
            raise ValueError("inner")
    assert recorded.span("inner").parent_span_id == outer.span_id
    assert recorded.span("inner").kind == "workflow"
    assert recorded.span("inner").status == "error"
    assert recorded.span("outer").status == "ok"


def test_another_execution_inside_a_workflow_has_a_trace_of_its_own_and_a_link(
    recorded: Recording,
) -> None:
    with spanvas.workflow("outer", execution_id="e1") as outer:  # noqa: SIM117
        with spanvas.workflow("inner", execution_id="e2") as inner, spanvas.node("n"):
            pass
    assert inner.trace_id == trace_id_for("default", "e2")
    assert recorded.span("inner").parent_span_id is None
    assert as_dict(recorded.span("inner"))["links"] == [(outer.trace_id, outer.span_id)]
    assert {run.execution_id for run in recorded.runs[:2]} == {"e2"}
    assert recorded.store.read_execution("default", "e2") is not None


def test_ids_that_do_not_fit_are_made_to_fit(recorded: Recording) -> None:
    with (
        spanvas.workflow("my workflow", execution_id="order/17", tenant="Ärzte") as run,
        spanvas.node("écrire"),
    ):
        pass
    assert run.execution_id == "order-17-764d22b41a53"
    assert recorded.runs[0].tenant == "rzte-a6f9d29dc0d4"
    assert recorded.runs[0].workflow.workflow_id == "my-workflow-597be17f65a3"
    assert recorded.spans[0].attributes["spanvas.node.id"] == "crire-d181a02714a9"


def test_an_execution_without_an_id_gets_one(recorded: Recording) -> None:
    with spanvas.workflow("brief") as run:
        pass
    assert run.execution_id.startswith("exec_00000000z8")


def test_workflow_input_and_attributes_are_on_the_root(recorded: Recording) -> None:
    with spanvas.workflow("brief", input={"a": 1}, attributes={"canvas.id": "c1"}):
        pass
    assert recorded.span("brief").attributes["spanvas.input"] == '{"a": 1}'
    assert recorded.span("brief").attributes["canvas.id"] == "c1"


def test_an_unknown_kind_becomes_other(recorded: Recording) -> None:
    with spanvas.workflow("brief"), spanvas.span("x", kind="banana"):
        pass
    assert recorded.span("x").kind == "other"


def test_what_is_called_by_a_text_that_is_no_id_keeps_it_beside_its_id(recorded: Recording) -> None:
    with (
        spanvas.workflow("Research Brief", execution_id="patients/7", expected_nodes=["Draft it"]),
        spanvas.node("Draft it"),
    ):
        pass
    recorded.engine.flush()
    found = recorded.store.read_execution("default", "patients-7-bc57a4a9f41f")
    assert found is not None
    assert (found.external_id, found.workflow_id, found.workflow_name) == (
        "patients/7",
        "Research-Brief-9561202cfd16",
        "Research Brief",
    )
    node = recorded.span("Draft it").attributes
    assert found.expected_nodes == (node["spanvas.node.id"],) == ("Draft-it-51cbefb764a1",)
    assert node["spanvas.node.name"] == "Draft it"


def test_a_blank_execution_id_names_nothing(recorded: Recording) -> None:
    with (
        spanvas.workflow("brief", execution_id="e1"),
        spanvas.workflow("b", execution_id=" ") as run,
    ):
        assert run.execution_id == "e1"
    with spanvas.workflow("brief", execution_id=" ") as run:
        assert run.execution_id.startswith("exec_")
