"""What the door records: whole spans, written down."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

import spanvas
from spanvas.model.execution import Cause
from spanvas.model.ids import root_span_id_for, trace_id_for
from spanvas.storage.memory import MemoryTraceStore
from tests.unit.tracing.recording import SECOND, Recording, as_dict, recording

ROOT = root_span_id_for("default", "e1")
TRACE = trace_id_for("default", "e1")


@pytest.fixture
def door() -> Iterator[Recording]:
    with recording() as recorded:
        yield recorded


def test_a_workflow_with_a_node_an_attempt_and_a_span(door: Recording) -> None:
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
    assert [as_dict(span) for span in door.spans] == [
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
    assert {span.trace_id for span in door.spans} == {TRACE}
    assert {span.scope_name for span in door.spans} == {"spanvas"}
    assert door.spans[0].resource == {"service.name": "test"}


def test_the_execution_is_registered_and_ended(door: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1", version="3", started_by="ada"):
        pass
    execution = door.store.read_execution("default", "e1")
    assert execution is not None
    assert (execution.workflow_id, execution.workflow_version) == ("brief", "3")
    assert (execution.status, execution.started_by) == ("succeeded", "ada")
    assert execution.trace_id == TRACE
    assert execution.deadline_unix_nano == SECOND + 86_400 * SECOND
    assert execution.exporter_health == {"store": "ok"}
    assert execution.counters.spans == 1


def test_an_exception_passes_through_and_is_recorded_where_it_began(door: Recording) -> None:
    error = ValueError("no rain")
    with (
        pytest.raises(ValueError) as caught,
        spanvas.workflow("brief", execution_id="e1"),
        spanvas.node("draft"),
        spanvas.span("look", kind="tool"),
    ):
        raise error
    assert caught.value is error
    look, node, root = door.spans
    assert [span.status for span in door.spans] == ["error"] * 3
    assert [span.status_message for span in door.spans] == ["no rain"] * 3
    assert [span.attributes["error.type"] for span in door.spans] == ["ValueError"] * 3
    (event,) = look.events
    assert event.name == "exception"
    assert event.attributes["exception.type"] == "ValueError"
    assert event.attributes["exception.message"] == "no rain"
    assert "raise error" in event.attributes["exception.stacktrace"]
    assert node.events == root.events == ()
    execution = door.store.read_execution("default", "e1")
    assert execution is not None
    assert execution.status == "failed"
    assert execution.cause == Cause("ValueError", "no rain", "draft", look.span_id)


def test_an_exception_that_is_caught_inside_does_not_fail_the_execution(door: Recording) -> None:
    with (
        spanvas.workflow("brief", execution_id="e1"),
        pytest.raises(KeyError),
        spanvas.node("draft"),
    ):
        raise KeyError("gone")
    assert door.span("draft").status == "error"
    execution = door.store.read_execution("default", "e1")
    assert execution is not None
    assert (execution.status, execution.cause) == ("succeeded", None)


class QuotaError(Exception):
    error_type = "ThrottlingException"


def test_the_cause_is_the_place_of_what_an_exception_was_raised_from(door: Recording) -> None:
    with pytest.raises(RuntimeError), spanvas.workflow("brief", execution_id="e1"):
        try:
            with spanvas.node("draft"):
                raise QuotaError("slow down")
        except QuotaError as error:
            raise RuntimeError("gave up") from error
    execution = door.store.read_execution("default", "e1")
    assert execution is not None
    assert execution.cause == Cause("RuntimeError", "gave up", "draft", door.span("draft").span_id)
    assert door.span("draft").attributes["error.type"] == "ThrottlingException"


def test_a_failure_without_a_trail_is_placed_at_the_last_node_that_failed(door: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1") as run:
        with pytest.raises(QuotaError), spanvas.node("draft"):
            raise QuotaError("slow down")
        run.fail("node 'draft' failed")
    execution = door.store.read_execution("default", "e1")
    assert execution is not None
    assert execution.cause == Cause(
        "Error", "node 'draft' failed", "draft", door.span("draft").span_id
    )
    assert door.span("brief").status == "error"


def test_exceptions_that_are_no_errors_end_their_spans_too(door: Recording) -> None:
    with pytest.raises(KeyboardInterrupt), spanvas.workflow("brief"):
        raise KeyboardInterrupt
    assert door.span("brief").attributes["error.type"] == "KeyboardInterrupt"


class HostileError(Exception):
    __slots__ = ()

    def __str__(self) -> str:
        raise RuntimeError("no message")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(name)


def test_exceptions_that_cannot_be_read_are_recorded_all_the_same(door: Recording) -> None:
    with pytest.raises(HostileError), spanvas.workflow("brief"), spanvas.node("draft"):
        raise HostileError
    assert door.span("draft").status_message == "HostileError whose message cannot be read"
    assert door.span("draft").attributes["error.type"].endswith("test_recording.HostileError")


def test_node_fail_marks_the_node_alone(door: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1"), spanvas.node("draft") as node:
        node.fail("nothing to say")
    assert door.span("draft").status == "error"
    assert door.span("brief").status == "ok"


def test_decorators_open_a_span_for_every_call(door: Recording) -> None:
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
    assert door.names == ["double", "double", "triple", "sums"]


def test_a_decorated_callable_without_code_of_its_own_works(door: Recording) -> None:
    count = spanvas.span("count", kind="tool")(len)
    with spanvas.workflow("brief"):
        assert count([1, 2]) == 2
    assert door.span("count").kind == "tool"


def test_one_scope_can_be_entered_again_within_itself(door: Recording) -> None:
    scope = spanvas.span("again", kind="tool")
    with spanvas.workflow("brief"), scope, scope:
        pass
    inner, outer = (span for span in door.spans if span.name == "again")
    assert inner.parent_span_id == outer.span_id


def test_bound_functions_run_inside_the_spans_that_were_open(door: Recording) -> None:
    def work(number: int) -> int:
        with spanvas.span(f"item {number}", kind="item"):
            return number

    with spanvas.workflow("brief"), spanvas.node("map") as node, ThreadPoolExecutor(4) as pool:
        assert list(pool.map(spanvas.bind(work), range(8))) == list(range(8))
    items = [span for span in door.spans if span.kind == "item"]
    assert len(items) == 8
    assert {span.parent_span_id for span in items} == {node.span_id}


def test_unbound_threads_outside_of_a_workflow_record_nothing(door: Recording) -> None:
    def work() -> str:
        with spanvas.node("lost") as node, spanvas.span("lost too") as span:
            node.set_output(1)
            return node.span_id + span.span_id

    with spanvas.workflow("brief"), ThreadPoolExecutor(1) as pool:
        assert pool.submit(work).result() == ""
    assert door.names == ["brief"]
    assert spanvas.health()["outside"] == 2


def test_a_workflow_inside_a_workflow_is_a_span_of_it(door: Recording) -> None:
    with spanvas.workflow("outer", execution_id="e1") as outer, pytest.raises(ValueError):  # noqa: SIM117
        with spanvas.workflow("inner", version="2") as inner:
            assert inner.execution_id == "e1"
            raise ValueError("inner")
    assert door.span("inner").parent_span_id == outer.span_id
    assert door.span("inner").kind == "workflow"
    assert door.span("inner").status == "error"
    assert door.span("outer").status == "ok"


def test_another_execution_inside_a_workflow_has_a_trace_of_its_own_and_a_link(
    door: Recording,
) -> None:
    with spanvas.workflow("outer", execution_id="e1") as outer:  # noqa: SIM117
        with spanvas.workflow("inner", execution_id="e2") as inner, spanvas.node("n"):
            pass
    assert inner.trace_id == trace_id_for("default", "e2")
    assert door.span("inner").parent_span_id is None
    assert as_dict(door.span("inner"))["links"] == [(outer.trace_id, outer.span_id)]
    assert {run.execution_id for run in door.runs[:2]} == {"e2"}
    assert door.store.read_execution("default", "e2") is not None


def test_ids_that_do_not_fit_are_made_to_fit(door: Recording) -> None:
    with (
        spanvas.workflow("my workflow", execution_id="order/17", tenant="Ärzte") as run,
        spanvas.node("écrire"),
    ):
        pass
    assert run.execution_id == "order-17-764d22b41a53"
    assert door.runs[0].tenant == "rzte-a6f9d29dc0d4"
    assert door.runs[0].workflow_id == "my-workflow-597be17f65a3"
    assert door.spans[0].attributes["spanvas.node.id"] == "crire-d181a02714a9"


def test_an_execution_without_an_id_gets_one(door: Recording) -> None:
    with spanvas.workflow("brief") as run:
        pass
    assert run.execution_id.startswith("exec_00000000z8")


def test_a_generation_is_written_in_the_names_of_the_conventions(door: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1"), spanvas.node("draft"):
        spanvas.record_generation(
            model="anthropic.claude-sonnet-4-5",
            provider="aws.bedrock",
            system="Be brief.",
            input_messages=[{"role": "user", "content": "Why rain?"}],
            output_messages=["Clouds."],
            usage={"input_tokens": 12, "output_tokens": 3, "cache_read_tokens": 8},
            finish_reasons=["end_turn"],
            tool_definitions=[{"type": "function", "name": "look"}],
            parameters={"temperature": 0.2, "max_tokens": 100, "top_p": None},
            response_model="claude-sonnet-4-5-20250929",
            response_id="msg_1",
            attributes={"bedrock.region": "eu-central-1"},
            start_time_unix_nano=2 * SECOND,
            end_time_unix_nano=3 * SECOND,
        )
    span = door.spans[0]
    assert span.otel_kind == "client"
    assert as_dict(span) == {
        "name": "chat anthropic.claude-sonnet-4-5",
        "id": "0000000000000002",
        "parent": "0000000000000001",
        "kind": "model",
        "seconds": (2, 3),
        "status": "ok",
        "attributes": {
            "spanvas.kind": "model",
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": "anthropic.claude-sonnet-4-5",
            "gen_ai.provider.name": "aws.bedrock",
            "gen_ai.response.model": "claude-sonnet-4-5-20250929",
            "gen_ai.response.id": "msg_1",
            "gen_ai.response.finish_reasons": ["end_turn"],
            "gen_ai.usage.input_tokens": 12,
            "gen_ai.usage.output_tokens": 3,
            "gen_ai.usage.cache_read.input_tokens": 8,
            "gen_ai.request.temperature": 0.2,
            "gen_ai.request.max_tokens": 100,
            "gen_ai.system_instructions": '[{"type": "text", "content": "Be brief."}]',
            "gen_ai.input.messages": (
                '[{"role": "user", "parts": [{"type": "text", "content": "Why rain?"}]}]'
            ),
            "gen_ai.output.messages": (
                '[{"role": "assistant", "parts": [{"type": "text", "content": "Clouds."}]}]'
            ),
            "gen_ai.tool.definitions": '[{"type": "function", "name": "look"}]',
            "bedrock.region": "eu-central-1",
            "spanvas.node.id": "draft",
        },
    }


def test_a_failed_generation_keeps_its_error(door: Recording) -> None:
    with spanvas.workflow("brief"):
        spanvas.record_generation(model="m", error=QuotaError("slow down"))
        spanvas.record_generation(model="m", error="refused")
    one, other = (span for span in door.spans if span.kind == "model")
    assert (one.status, one.status_message) == ("error", "slow down")
    assert one.attributes["error.type"] == "ThrottlingException"
    assert one.events[0].attributes["exception.message"] == "slow down"
    assert (other.status_message, other.events) == ("refused", ())


def test_a_generation_outside_of_a_workflow_is_not_recorded(door: Recording) -> None:
    spanvas.record_generation(model="m")
    assert door.spans == []


def test_content_is_redacted_before_it_goes_anywhere(door: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1", input="mail ada@example.org"):
        pass
    root = door.span("brief")
    assert root.attributes["spanvas.input"] == '"mail [REDACTED:email]"'
    assert root.attributes["spanvas.redaction"] == {"email": 1}
    stored = door.store.read_span("default", "e1", root.span_id)
    assert stored is not None
    assert stored.attributes == root.attributes


def test_mode_none_does_not_even_encode_content() -> None:
    class Untouchable:
        def __str__(self) -> str:
            raise AssertionError("was encoded")

    with recording(content="none") as door, spanvas.workflow("brief", input=Untouchable()) as run:
        run.set_output(Untouchable())
        spanvas.record_generation(model="m", input_messages=[Untouchable()])
    assert "spanvas.input" not in door.span("brief").attributes
    assert "gen_ai.input.messages" not in door.spans[0].attributes


def test_values_that_json_has_no_form_for_are_kept_marked(door: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1") as run:
        run.set_output({"nan": math.nan, "bytes": b"abc", 3: {1, 2}, "\ud800": "\udfff"})
        run.set_attribute("big", 10**400)
    assert door.store.read_span("default", "e1", run.span_id) is not None


def test_an_artifact_is_stored_and_named_on_its_span(door: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1"), spanvas.node("draft") as node:
        one = spanvas.attach_artifact("brief.md", b"# Rain", media_type="text/markdown")
        spanvas.attach_artifact("page.bin", b"\x00", media_type="application/x-evil")
    assert one is not None
    assert (one.name, one.media_type, one.bytes) == ("brief.md", "text/markdown", 6)
    stored, other = door.store.list_artifacts("default", "e1")
    assert stored.artifact_id == one.artifact_id
    assert (stored.span_id, stored.node_id) == (node.span_id, "draft")
    assert other.media_type == "application/octet-stream"
    span = door.span("draft")
    assert span.attributes["spanvas.artifacts"] == [
        {"id": one.artifact_id, "name": "brief.md", "media_type": "text/markdown", "bytes": 6},
        {
            "id": other.artifact_id,
            "name": "page.bin",
            "media_type": "application/octet-stream",
            "bytes": 1,
        },
    ]
    assert span.events[0].name == "spanvas.artifact"
    assert span.events[0].attributes["spanvas.artifact.sha256"] == one.sha256


def test_a_failed_upload_marks_the_span_and_not_the_execution(door: Recording) -> None:
    assert isinstance(door.store, MemoryTraceStore)
    with spanvas.workflow("brief", execution_id="e1"), spanvas.node("draft"):
        door.store.down = True
        assert spanvas.attach_artifact("a.md", b"x") is None
        door.store.down = False
    span = door.span("draft")
    assert span.status == "ok"
    assert span.attributes["spanvas.artifact.error"].startswith("a.md: StoreUnavailableError")
    execution = door.store.read_execution("default", "e1")
    assert execution is not None
    assert execution.status == "succeeded"


def test_artifacts_outside_of_a_workflow_are_not_stored(door: Recording) -> None:
    assert spanvas.attach_artifact("a.md", b"x") is None


def test_workflow_input_and_attributes_are_on_the_root(door: Recording) -> None:
    with spanvas.workflow("brief", input={"a": 1}, attributes={"canvas.id": "c1"}):
        pass
    assert door.span("brief").attributes["spanvas.input"] == '{"a": 1}'
    assert door.span("brief").attributes["canvas.id"] == "c1"


def test_an_unknown_kind_becomes_other(door: Recording) -> None:
    with spanvas.workflow("brief"), spanvas.span("x", kind="banana"):
        pass
    assert door.span("x").kind == "other"


def test_trouble_inside_stays_inside(door: Recording) -> None:
    class Unprintable:
        def __str__(self) -> str:
            raise RuntimeError

        __repr__ = __str__

    with spanvas.workflow("brief") as run:
        with spanvas.node(Unprintable()) as node:  # type: ignore[arg-type]
            node.set_output("ignored")
        run.set_output(Unprintable())
    assert door.names == ["brief"]
    assert spanvas.health()["problem.open_node"] == 1
    assert spanvas.health()["problem.set_output"] == 1
