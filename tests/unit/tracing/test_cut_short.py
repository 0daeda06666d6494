"""What the guard does to an execution whose function's time runs out."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import spanvas
from spanvas.collector.results import ExportOutcome, ExportResult
from spanvas.model.execution import Cause, Execution
from spanvas.model.span import Span
from spanvas.storage.port import SpanBatch, WriteResult
from spanvas.tracing.execution_state import ExecutionState
from tests.support.memory_store import MemoryTraceStore
from tests.support.recording import (
    HandClock,
    by_hand,
    eventually,
    execution_of,
    open_run,
    recording,
)
from tests.support.stored_spans import stored_span

TAKEN = ExportResult(ExportOutcome.TAKEN)


def test_open_spans_are_recorded_as_cut_when_the_time_runs_out() -> None:
    clock = HandClock()
    with by_hand(clock) as recorded:
        run, root = open_run(recorded, clock)
        node = recorded.engine.spans.open_node(node_id="draft", name="Draft")
        assert node is not None
        recorded.time_runs_out(run, clock)
        eventually(lambda: run.is_end_written)
        assert execution_of(recorded).status == "lost"
        assert execution_of(recorded).cause == Cause(
            "Timeout", "the function's time ran out in node draft", "draft", node.span_id
        )
        cut = stored_span(recorded.store, "default", "e1", node.span_id)
        assert cut is not None
        assert (cut.status, cut.attributes["spanvas.truncated"]) == ("error", "deadline")
        assert cut.status_message == "the function's time ran out in node draft"
        # It ends in time after all: that is what stays.
        clock.time += 1
        node.close(None)
        root.close(None)
        eventually(lambda: execution_of(recorded).status == "succeeded")
    stored = stored_span(recorded.store, "default", "e1", node.span_id)
    assert stored is not None
    assert (stored.status, stored.attributes.get("spanvas.truncated")) == ("ok", None)
    assert spanvas.health() == {}
    assert recorded.engine.health()["executions.cut_short"] == 1


def test_what_ends_while_the_guard_is_at_it_keeps_its_own_end() -> None:
    with recording() as recorded:
        run = recorded.engine.executions.new_run("brief", "e1", None)
        root = recorded.engine.executions.open_root(run)
        node = recorded.engine.spans.open_node(node_id="draft", name="Draft")
        assert root is not None
        assert node is not None

        def end(_: ExecutionState, span: Span) -> None:
            if span.attributes.get("spanvas.truncated"):
                node.close(None)
                root.close(None)

        recorded.engine.processor.add_sink(end)
        recorded.engine.processor.cut_short(run)
        assert [(span.name, span.status) for span in recorded.spans] == [
            ("brief", "error"),
            ("Draft", "ok"),
            ("brief", "ok"),
        ]
    assert (execution_of(recorded).status, execution_of(recorded).cause) == ("succeeded", None)


def test_the_guard_acts_although_the_store_hangs_and_tells_the_endpoint() -> None:
    class Hangs(MemoryTraceStore):
        gate = threading.Event()

        def start_execution(self, execution: Execution) -> None:
            self.gate.wait(60)
            super().start_execution(execution)

    sent: list[tuple[str, str | None]] = []

    def sink(spans: Sequence[Span], place_of: object) -> ExportResult:
        sent.extend((span.name, span.status_message) for span in spans)
        return TAKEN

    store = Hangs()
    clock = HandClock()
    with by_hand(clock, store=store, make_sink=lambda: sink) as recorded:
        run, root = open_run(recorded, clock)
        recorded.time_runs_out(run, clock)
        eventually(lambda: sent == [("brief", "the function's time ran out")])
        store.gate.set()
        root.close(None)


def test_the_cause_of_a_cut_does_not_wait_for_a_write_that_hangs() -> None:
    class Hangs(MemoryTraceStore):
        began = threading.Event()
        gate = threading.Event()

        def write(self, batch: SpanBatch) -> WriteResult:
            self.began.set()
            self.gate.wait(60)
            return super().write(batch)

    store = Hangs()
    clock = HandClock()
    with by_hand(clock, store=store) as recorded:
        run, root = open_run(recorded, clock)
        recorded.engine.delivery._store_worker.request()
        assert store.began.wait(60)
        recorded.time_runs_out(run, clock)
        eventually(lambda: execution_of(recorded).status == "lost")
        assert execution_of(recorded).cause == Cause(
            "Timeout", "the function's time ran out", None, None
        )
        store.gate.set()
        root.close(None)


def test_the_guard_acts_without_a_store() -> None:
    sent: list[str] = []

    def sink(spans: Sequence[Span], place_of: object) -> ExportResult:
        sent.extend(span.name for span in spans)
        return TAKEN

    clock = HandClock()
    with by_hand(clock, make_sink=lambda: sink) as recorded:
        recorded.engine.delivery._store = None
        run, root = open_run(recorded, clock)
        recorded.time_runs_out(run, clock)
        eventually(lambda: sent == ["brief"])
        root.close(None)


def test_between_nodes_the_guard_says_after_which_one() -> None:
    clock = HandClock()
    with by_hand(clock) as recorded:
        run, root = open_run(recorded, clock)
        node = recorded.engine.spans.open_node(node_id="draft", name="Draft")
        assert node is not None
        node.close(None)
        recorded.time_runs_out(run, clock)
        eventually(lambda: run.is_end_written)
        message = "the function's time ran out after node draft"
        assert execution_of(recorded).cause == Cause("Timeout", message, "draft", node.span_id)
        root.close(None)


def test_the_guard_says_where_it_was_only_if_there_was_a_node() -> None:
    clock = HandClock()
    with by_hand(clock) as recorded:
        run, root = open_run(recorded, clock)
        recorded.time_runs_out(run, clock)
        eventually(lambda: run.is_end_written)
        assert execution_of(recorded).cause == Cause("Timeout", "the function's time ran out")
        root.close(None)
