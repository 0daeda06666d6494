"""The parts of the engine, each alone: spans over the SDK, queues, and the state of an execution."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry import context as otel_context
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider

from spanvas.model.execution import BY_CALLER, BY_FUNCTION, Cause
from spanvas.settings import Settings
from spanvas.storage.port import SpanBatch
from spanvas.tracing.buffer import BatchQueue, StoreBatch
from spanvas.tracing.context import Invocation, SpanScope, current_scope, with_scope
from spanvas.tracing.engine import make_redactor
from spanvas.tracing.execution_state import ExecutionState
from spanvas.tracing.handles import RetriedNode
from spanvas.tracing.health import Health
from spanvas.tracing.processor import RecordingProcessor
from spanvas.tracing.spans import SpanRecorder
from spanvas.tracing.traces import Traces
from tests.support.builders import make_span
from tests.support.recording import make_run


@pytest.fixture
def no_scope() -> Iterator[None]:
    token = otel_context.attach(Context())
    yield
    otel_context.detach(token)


def span_recorder() -> SpanRecorder:
    return SpanRecorder(TracerProvider().get_tracer("test"), lambda: 7, Health(), True, Traces())


class TestSpanRecorder:
    def test_outside_of_an_execution_nothing_is_opened_and_it_says_so(self, no_scope: None) -> None:
        recorder = span_recorder()
        assert recorder.open_span(name="look") is None
        assert recorder.open_node(node_id="draft") is None
        assert recorder.problems.counts() == {"outside": 2}

    def test_a_span_belongs_to_the_node_and_the_execution_that_are_open(
        self, no_scope: None
    ) -> None:
        recorder, run, invocation = span_recorder(), make_run(), Invocation()
        otel_context.attach(with_scope(SpanScope(run, invocation)))
        node = recorder.open_node(node_id="draft", input={"a": 1})
        assert node is not None
        assert current_scope() == SpanScope(run, invocation, "draft", False, node.span, node.span)
        assert node.span.attributes is not None
        assert node.span.attributes["spanvas.input"] == '{"a": 1}'
        span = recorder.open_span(name="look", kind="tool")
        assert span is not None
        assert (span.run, span.node_id) == (run, "draft")
        span.close(None)
        node.close(None)
        assert current_scope() == SpanScope(run, invocation)

    def test_a_numbered_attempt_is_a_span_inside_of_a_node_that_others_share(
        self, no_scope: None
    ) -> None:
        recorder = span_recorder()
        otel_context.attach(with_scope(SpanScope(make_run(), Invocation())))
        node = recorder.open_node(node_id="draft", attempt=2)
        assert isinstance(node, RetriedNode)
        assert node.attempt is not None
        assert node.attempt.node_id == "draft"
        node.close(None)


class TestBatchQueue:
    def batch(self, run: ExecutionState, size: int = 10) -> StoreBatch:
        return StoreBatch(run, SpanBatch("acme", run.execution_id, [make_span("a")], 0), size)

    def test_the_oldest_batches_go_where_there_is_no_room(self) -> None:
        lost: list[StoreBatch] = []
        queue = BatchQueue(20, lost.append)
        batches = [self.batch(make_run()) for _ in range(3)]
        queue.extend(batches)
        assert (lost, queue.snapshot()) == (batches[:1], batches[1:])

    def test_a_batch_that_the_store_refuses_three_times_is_given_up(self) -> None:
        lost: list[StoreBatch] = []
        queue = BatchQueue(100, lost.append)
        batch = self.batch(make_run())
        queue.extend([batch])
        queue.note_refused(batch)
        queue.note_refused(batch)
        assert (lost, len(queue)) == ([], 1)
        queue.note_refused(batch)
        assert (lost, len(queue)) == ([batch], 0)

    def test_a_batch_goes_to_the_end_while_the_store_is_down(self) -> None:
        queue = BatchQueue(100, lambda lost: None)
        one, other = self.batch(make_run()), self.batch(make_run())
        queue.extend([one, other])
        queue.note_unavailable(one)
        assert queue.snapshot() == [other, one]
        assert queue.holds(one.run)
        assert queue.forget(one.run) == [one]
        assert not queue.holds(one.run)


class TestExecutionState:
    def test_it_has_to_be_registered_anew_when_somebody_else_ends_it(self) -> None:
        run = make_run()
        assert not run.is_registered
        run.export.registered_ended_by = BY_FUNCTION
        assert run.is_registered
        assert run.leave_end_to(BY_CALLER)
        assert not run.leave_end_to(BY_CALLER)
        assert not run.is_registered

    def test_the_guards_end_never_replaces_the_functions(self) -> None:
        run = make_run()
        run.time_out(5, Cause("Timeout", "m"))
        assert run.ended is not None
        assert run.ended.status == "lost"
        run.end("succeeded", 6, None)
        run.time_out(7, Cause("Timeout", "m"))
        assert (run.ended.status, run.ended.ended_at_unix_nano) == ("succeeded", 6)

    def test_a_discarded_execution_leaves_nothing_of_what_was_deferred(self) -> None:
        emitted: list[str] = []
        processor = RecordingProcessor(
            make_redactor(Settings(), None), Health(), lambda: 1, Traces()
        )
        processor.add_sink(lambda run, span: emitted.append(span.name))
        kept, discarded = make_run(), make_run(execution_id="e2")
        handles = [processor.defer(kept), processor.defer(discarded)]
        processor.emit(kept, make_span("kept"))
        processor.emit(discarded, make_span("discarded"))
        assert emitted == []
        processor.discard(discarded)
        for handle in handles:
            handle.close(None)
        assert emitted == ["kept"]
