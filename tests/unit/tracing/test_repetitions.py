"""Deliveries that are not mine: nothing of them is recorded, and the execution stays as it is for everybody else."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from opentelemetry.trace import Tracer

import spanvas
from spanvas.collector.results import ExportOutcome, ExportResult
from spanvas.model.execution import Execution
from spanvas.model.ids import trace_id_for
from spanvas.model.span import Span
from spanvas.tracing.bootstrap import TracedHandler
from tests.support.memory_store import MemoryTraceStore
from tests.support.recording import SECOND, Recording, recording
from tests.support.sqs_records import sqs_record

EVENT = {"execution_id": "e1"}


def invoke(recorded: Recording, handler: Callable[[], Any], event: Any = EVENT) -> Any:
    context = SimpleNamespace(
        aws_request_id="request-1",
        function_name="brief",
        get_remaining_time_in_millis=lambda: 60_000,
    )
    return TracedHandler(recorded.engine, lambda event, context: handler())(event, context)


def execution_of(recorded: Recording, execution_id: str = "e1") -> Execution | None:
    return recorded.store.read_execution("default", execution_id)


def theirs() -> Tracer:
    """What instrumentations work with."""
    engine = spanvas.current_engine()
    assert engine is not None
    return engine.providers.own.get_tracer("theirs")


def eventually(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.002)


def repeated(is_mine: Callable[[], bool] = lambda: False) -> str:
    """A handler that asks first."""
    with spanvas.defer_recording():
        mine = is_mine()
    if not mine:
        spanvas.discard()
        return "repeated"
    with spanvas.workflow("brief"), spanvas.node("draft"):
        return "run"


def use_everything() -> None:
    """What a handler may do all the same."""
    with spanvas.workflow("brief", execution_id="e1", input=1) as run:
        run.set_output(1)
        with spanvas.node("draft", attempt=1), spanvas.attempt(1), spanvas.span("s"):
            spanvas.record_generation(model="m")
            assert spanvas.attach_artifact("a", b"x") is None
    with spanvas.message(sqs_record()):
        assert spanvas.inject({}) == {}
    spanvas.end_execution()
    spanvas.discard()
    assert spanvas.flush()
    with spanvas.defer_recording(), theirs().start_as_current_span("GET"):
        pass


def test_a_repetition_leaves_nothing_but_a_count() -> None:
    with recording() as recorded:
        assert invoke(recorded, repeated) == "repeated"
    assert recorded.spans == []
    assert execution_of(recorded) is None
    assert recorded.store.list_executions("default").items == []
    assert recorded.engine.health() == {"executions.disowned": 1}


def test_an_event_of_ones_own_is_recorded_as_ever() -> None:
    with recording() as recorded:
        assert invoke(recorded, lambda: repeated(lambda: True)) == "run"
    assert recorded.names == ["draft", "brief", "brief"]
    execution = execution_of(recorded)
    assert execution is not None
    assert (execution.status, execution.workflow_id) == ("succeeded", "brief")
    assert recorded.engine.health() == {}


def test_whatever_a_handler_does_afterwards_is_not_recorded_either() -> None:
    with recording() as recorded:
        invoke(recorded, lambda: (spanvas.discard(), use_everything()))
    assert recorded.spans == []
    assert execution_of(recorded) is None
    assert recorded.engine.health() == {"executions.disowned": 1}


def test_an_exception_of_a_repetition_is_the_handlers_own_and_fails_no_execution() -> None:
    def handler() -> None:
        spanvas.discard()
        raise ValueError("returned to the queue")

    with recording() as recorded, pytest.raises(ValueError, match="returned"):
        invoke(recorded, handler)
    assert recorded.spans == []
    assert execution_of(recorded) is None


@pytest.mark.parametrize("status", ["running", "succeeded", "failed", "queued"])
def test_the_execution_stays_as_it_is(status: str) -> None:
    store = MemoryTraceStore(clock=lambda: SECOND)
    known = Execution("default", "e1", trace_id_for("default", "e1"), "brief", 1, status="queued")
    store.start_execution(known)
    if status != "queued":
        store.start_execution(Execution("default", "e1", known.trace_id, "brief", 1))
    if status in ("succeeded", "failed"):
        store.end_execution("default", "e1", status, 2)
    before = store.read_execution("default", "e1")
    with recording(store=store) as recorded:
        invoke(recorded, repeated)
    after = store.read_execution("default", "e1")
    assert before is not None
    if status == "queued":  # that some function has begun is so
        before = replace(before, is_provisional=True, revision=2)
    assert after == before


def test_nothing_is_written_while_it_is_undecided_however_long_that_takes() -> None:
    """The execution would be registered after a second, as would its open steps."""
    now = [time.time_ns()]
    with recording(
        clock=lambda: now[0], flush_interval_ms=1_000, make_sink=lambda: sink
    ) as recorded:

        def is_mine() -> bool:
            now[0] += 10 * SECOND
            with spanvas.workflow("another", execution_id="other"):
                with theirs().start_as_current_span("GET"):
                    pass
                now[0] += 10 * SECOND
            return False

        invoke(recorded, lambda: repeated(is_mine))
    assert execution_of(recorded) is None
    assert execution_of(recorded, "other") is not None
    assert {name for name, execution_id in sent if execution_id == "e1"} == set()
    assert ("another", "other") in sent


def test_nothing_is_written_between_the_answer_and_the_discard() -> None:
    """The execution was due to be registered long before."""
    now = [time.time_ns()]
    with recording(clock=lambda: now[0], flush_interval_ms=1_000) as recorded:

        def handler() -> None:
            with spanvas.defer_recording():
                now[0] += 10 * SECOND
            store = recorded.engine.delivery._store
            assert store is not None
            store.work()
            spanvas.discard()

        invoke(recorded, handler)
    assert execution_of(recorded) is None


sent: list[tuple[str, str]] = []


def sink(spans: Sequence[Span], place_of: Callable[[Span], str]) -> ExportResult:
    sent.extend((span.name, place_of(span).split("/")[3]) for span in spans)
    return ExportResult(ExportOutcome.TAKEN)


def test_what_has_ended_while_it_was_undecided_is_recorded_when_it_turns_out_to_be_ones_own() -> (
    None
):
    with recording() as recorded:

        def is_mine() -> bool:
            with spanvas.span("look the event up"):
                pass
            assert recorded.spans == []
            return True

        invoke(recorded, lambda: repeated(is_mine))
    assert recorded.names == ["look the event up", "draft", "brief", "brief"]


def test_what_has_ended_before_is_forgotten_with_the_rest() -> None:
    requests: list[list[str]] = []

    def record(spans: Sequence[Span], place_of: Callable[[Span], str]) -> ExportResult:
        requests.append([span.name for span in spans])
        return ExportResult(ExportOutcome.TAKEN)

    def handler() -> None:
        with spanvas.node("look the event up"):
            pass
        spanvas.discard()

    with recording(make_sink=lambda: record) as recorded:
        invoke(recorded, handler)
    assert requests == []
    assert execution_of(recorded) is None
    assert recorded.store.read_trace("default", "e1") is None


def test_what_waits_of_others_is_written_all_the_same() -> None:
    store = MemoryTraceStore(clock=lambda: SECOND)
    with recording(store=store) as recorded:
        store.down = True
        invoke(recorded, lambda: repeated(lambda: True), {"execution_id": "e0"})
        store.down = False
        recorded.engine.delivery._store.breaker.record(True)  # type: ignore[union-attr]
        invoke(recorded, repeated)
    assert execution_of(recorded, "e0") is not None
    assert execution_of(recorded) is None


def test_a_part_of_a_message_is_disowned_alone() -> None:
    event = {"Records": [record("m1", "e1"), record("m2", "e2")]}

    def handler() -> None:
        for message in event["Records"]:
            with spanvas.message(message):
                if message["messageId"] == "m1":
                    spanvas.discard()

    with recording() as recorded:
        invoke(recorded, handler, event)
    assert execution_of(recorded, "e1") is None
    assert execution_of(recorded, "e2") is not None
    assert execution_of(recorded, "request-1") is not None


def test_a_message_beside_others_of_the_same_execution_is_marked_alone() -> None:
    event = {"Records": [record("m1", "e1"), record("m2", "e1")]}

    def handler() -> None:
        for message in event["Records"]:
            with spanvas.message(message), spanvas.node("step"):
                if message["messageId"] == "m2":
                    spanvas.discard()

    with recording() as recorded:
        invoke(recorded, handler, event)
    execution = execution_of(recorded, "e1")
    assert execution is not None
    assert [
        (span.name, span.attributes.get("spanvas.disowned"))
        for span in recorded.spans
        if span.name in ("step", "process orders")
    ] == [("step", None), ("process orders", None), ("step", True), ("process orders", None)]
    assert recorded.engine.health() == {"executions.disowned": 1}


def test_a_message_that_is_read_within_a_workflow_is_marked_alone() -> None:
    with (
        recording() as recorded,
        spanvas.workflow("poll", execution_id="e1"),
        spanvas.message(record("m1", "e1")),
    ):
        spanvas.discard()
    assert recorded.span("process orders").attributes["spanvas.disowned"] is True
    assert execution_of(recorded) is not None


def test_an_invocation_for_one_message_is_disowned_with_it() -> None:
    event = {"Records": [record("m1", "e1")]}

    def handler() -> None:
        with spanvas.message(event["Records"][0]):
            spanvas.discard()

    with recording() as recorded:
        invoke(recorded, handler, event)
    assert recorded.spans == []
    assert execution_of(recorded) is None


def test_a_whole_batch_that_is_disowned_leaves_no_part() -> None:
    event = {"Records": [record("m1", "e1"), record("m2", "e2")]}
    with recording() as recorded:
        invoke(recorded, spanvas.discard, event)
    assert recorded.spans == []
    assert recorded.store.list_executions("default").items == []


def record(message_id: str, execution_id: str) -> dict[str, Any]:
    attributes = {
        "baggage": {
            "dataType": "String",
            "stringValue": f"spanvas.execution.id={execution_id}",
        }
    }
    return {**sqs_record(), "messageId": message_id, "messageAttributes": attributes}


def test_the_guard_leaves_what_is_undecided_and_what_is_disowned_alone() -> None:
    with recording() as recorded:

        def handler() -> None:
            (run,) = recorded.engine.delivery._roots
            with spanvas.defer_recording():
                recorded.engine.delivery._cut([run])
            spanvas.discard()
            recorded.engine.delivery._cut([run])

        invoke(recorded, handler)
    assert recorded.spans == []
    assert recorded.engine.health() == {"executions.disowned": 1}


def test_without_an_execution_there_is_nothing_to_disown() -> None:
    with recording() as recorded:
        assert repeated() == "repeated"
        with spanvas.defer_recording():
            spanvas.discard()
    assert recorded.engine.health() == {}


def test_off_both_words_do_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spanvas, "_engine", None)
    monkeypatch.setattr(spanvas, "_is_asked", True)
    assert repeated() == "repeated"
