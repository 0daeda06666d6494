"""What is written to the store, in which order, and what becomes of it when the store fails."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution import Cause
from spanvas.model.span import Span
from spanvas.privacy.records import RecordRedaction
from spanvas.privacy.redact import Redactor
from spanvas.privacy.scan import Scanner
from spanvas.storage.port import SpanBatch, WriteResult
from spanvas.tracing.buffer import SpanBuffer
from spanvas.tracing.execution_state import ExecutionState, ExportState
from spanvas.tracing.health import Health
from spanvas.tracing.store_exporter import StoreExporter
from spanvas.tracing.worker import Breaker
from tests.support.builders import T0, Clock, make_span
from tests.support.memory_store import MemoryTraceStore
from tests.support.recording import Seconds, make_run

SCANNER = Scanner()


class Stored:
    """A store exporter over a fake, with a breaker that a test can wait for."""

    def __init__(self, store: MemoryTraceStore | None = None, **options: Any) -> None:
        self.clock = Clock()
        self.seconds = Seconds()
        self.health = Health()
        self.store = store or MemoryTraceStore(clock=self.clock)
        self.started: list[tuple[ExecutionState, Span]] = []
        self.exporter = StoreExporter(
            self.store,
            self.health,
            self.clock,
            self._drain_started,
            records=RecordRedaction(Redactor("full", scanner=SCANNER)),
            breaker=Breaker(self.seconds),
            **options,
        )

    def _drain_started(self) -> Iterable[tuple[ExecutionState, Span]]:
        started, self.started = self.started, []
        return started

    def rows(self, run: ExecutionState) -> list[str]:
        trace = self.store.read_trace(run.tenant, run.execution_id)
        return sorted(row.name for row in trace.rows) if trace else []


def test_spans_and_the_end_are_written_after_the_registration() -> None:
    stored = Stored()
    run = make_run(started_at_unix_nano=T0)
    stored.exporter.watch(run)
    stored.exporter.buffer.append(run, make_span("a"))
    run.end("failed", T0 + 5, Cause("E", "m"))
    assert stored.exporter.work()
    execution = stored.store.read_execution("acme", "e1")
    assert execution is not None
    assert (execution.workflow_id, execution.status) == ("brief", "failed")
    assert execution.cause == Cause("E", "m")
    assert stored.rows(run) == ["a"]
    assert not stored.exporter.has_work


def test_registration_alone_writes_no_spans() -> None:
    stored = Stored()
    run = make_run(started_at_unix_nano=T0)
    stored.exporter.watch(run)
    stored.exporter.watch(run)
    stored.exporter.buffer.append(run, make_span("a"))
    stored.exporter.begin_interval(stored.clock())
    assert stored.exporter.work(is_requested=False)
    assert stored.rows(run) == []
    assert stored.exporter.next_registration_unix_nano() is None


def test_a_held_execution_waits_for_its_name_its_time_or_its_end() -> None:
    stored = Stored()
    run = make_run(export=ExportState(hold_until_unix_nano=T0 + 10))
    stored.exporter.watch(run)
    stored.exporter.buffer.append(run, make_span("a"))
    assert stored.exporter.next_registration_unix_nano() == T0 + 10
    assert not stored.exporter.work()
    assert stored.store.read_execution("acme", "e1") is None
    stored.clock.now = T0 + 10
    assert stored.exporter.work()
    assert stored.rows(run) == ["a"]


def test_started_spans_are_written_with_the_ended_ones() -> None:
    stored = Stored()
    run = make_run()
    stored.exporter.watch(run)
    stored.exporter.buffer.append(run, make_span("a"))
    stored.started = [(run, make_span("open", end_time_unix_nano=None))]
    assert stored.exporter.work()
    assert stored.rows(run) == ["a", "open"]


def test_what_a_store_that_is_down_did_not_take_is_sent_again_and_nothing_doubles() -> None:
    stored = Stored()
    run = make_run()
    stored.exporter.watch(run)
    stored.exporter.buffer.append(run, make_span("a"))
    stored.store.down = True
    assert not stored.exporter.work()
    assert not stored.exporter.breaker.is_open
    assert not stored.exporter.work()
    assert stored.exporter.breaker.is_open
    assert stored.exporter.next_registration_unix_nano() is None
    stored.exporter.buffer.append(run, make_span("b"))
    stored.store.down = False
    assert not stored.exporter.work()
    assert not stored.exporter.work(is_requested=False)
    stored.seconds.now += 30
    assert stored.exporter.work()
    assert stored.rows(run) == ["a", "b"]
    execution = stored.store.read_execution("acme", "e1")
    assert execution is not None
    assert execution.counters.spans == 2
    assert stored.health.counts() == {"store.failed": 2}


class FailsLater(MemoryTraceStore):
    """Takes so many writes before it goes down in the middle of one flush."""

    def __init__(self, writes: int) -> None:
        super().__init__(clock=Clock())
        self.writes = writes

    def write(self, batch: SpanBatch) -> WriteResult:
        self.writes -= 1
        self.down = self.writes < 0
        return super().write(batch)


def test_a_flush_that_breaks_in_the_middle_keeps_the_rest() -> None:
    store = FailsLater(writes=1)
    stored = Stored(store)
    runs = [make_run(execution_id=f"e{number}") for number in range(3)]
    for run in runs:
        stored.exporter.watch(run)
        stored.exporter.buffer.append(run, make_span(run.execution_id))
        run.end("succeeded", T0, None)
    assert not stored.exporter.work()
    store.down, store.writes = False, 100
    assert stored.exporter.work()
    assert [stored.rows(run) for run in runs] == [["e0"], ["e1"], ["e2"]]
    assert all(run.is_end_written for run in runs)


class Refusing(MemoryTraceStore):
    """Is up, but cannot take one span, one start and one end: a fault of ours."""

    def __init__(self) -> None:
        super().__init__(clock=Clock())
        self.refused: set[str] = set()

    def _refuse(self, what: str) -> None:
        if what in self.refused:
            raise ValueError(f"cannot encode {what}")

    def start_execution(self, execution: Any) -> None:
        self._refuse("start")
        super().start_execution(execution)

    def end_execution(self, *arguments: Any) -> None:
        self._refuse("end")
        super().end_execution(*arguments)

    def write(self, batch: SpanBatch) -> WriteResult:
        for span in batch.spans:
            self._refuse(span.name)
        return super().write(batch)


def test_a_batch_that_is_refused_is_given_up_in_the_end_and_holds_up_no_other() -> None:
    store = Refusing()
    store.refused = {"poison"}
    stored = Stored(store)
    run, other = make_run(), make_run(execution_id="e2")
    for each, label in ((run, "poison"), (other, "fine")):
        stored.exporter.watch(each)
        stored.exporter.buffer.append(each, make_span(label))
        each.end("succeeded", T0, None)
    assert [stored.exporter.work() for _ in range(3)] == [False, False, False]
    assert stored.exporter.work()
    assert stored.rows(other) == ["fine"]
    assert stored.health.counts()["spans.dropped"] == 1
    execution = store.read_execution("acme", "e1")
    assert execution is not None
    assert execution.exporter_health == {"store": "incomplete"}


def test_a_start_or_an_end_that_is_refused_is_not_tried_for_ever() -> None:
    store = Refusing()
    store.refused = {"start", "end"}
    stored = Stored(store)
    run = make_run()
    stored.exporter.watch(run)
    run.end("succeeded", T0, None)
    assert stored.exporter.work()
    assert not stored.exporter.has_work
    assert stored.health.counts() == {
        "problem.store.start_execution": 1,
        "problem.store.end_execution": 1,
    }


def test_an_end_that_the_store_does_not_take_is_written_later() -> None:
    class DownAtTheEnd(MemoryTraceStore):
        def end_execution(self, *arguments: Any) -> None:
            self.down = not self.down
            super().end_execution(*arguments)

    stored = Stored(DownAtTheEnd(clock=Clock()))
    run = make_run()
    stored.exporter.watch(run)
    run.end("succeeded", T0, None)
    assert not stored.exporter.work()
    assert stored.exporter.work()
    assert run.is_end_written


def test_an_end_that_comes_while_another_is_written_is_written_next() -> None:
    class EndsAgain(MemoryTraceStore):
        def end_execution(self, *arguments: Any) -> None:
            super().end_execution(*arguments)
            if run.ended is not None and run.ended.status == "failed":
                run.end("succeeded", T0 + 9, None)

    stored = Stored(EndsAgain(clock=Clock()))
    run = make_run()
    stored.exporter.watch(run)
    run.end("failed", T0, Cause("ValueError", "m"))
    assert stored.exporter.work()
    assert stored.exporter.has_work
    assert stored.exporter.work()
    execution = stored.store.read_execution("acme", "e1")
    assert execution is not None
    assert (execution.status, execution.cause) == ("succeeded", None)


def test_why_an_execution_was_cut_is_written_before_its_spans_and_once_more_after_them() -> None:
    class Noting(MemoryTraceStore):
        def write(self, batch: SpanBatch) -> WriteResult:
            calls.append("spans")
            return super().write(batch)

        def end_execution(self, *arguments: Any) -> None:
            calls.append(str(arguments[5]))
            super().end_execution(*arguments)

    calls: list[str] = []
    stored = Stored(Noting(clock=Clock()))
    run = make_run()
    stored.exporter.watch(run)
    stored.exporter.buffer.append(run, make_span("a"))
    run.end("lost", T0, Cause("Timeout", "m"))
    assert stored.exporter.work()
    assert calls == ["{'store': 'incomplete'}", "spans", "{'store': 'ok'}"]
    assert not stored.exporter.has_work


def test_an_execution_that_ends_while_another_is_registered_is_registered_before_its_end() -> None:
    class Meanwhile(MemoryTraceStore):
        def start_execution(self, execution: Any) -> None:
            super().start_execution(execution)
            if execution.execution_id == "e1":
                stored.exporter.watch(other)
                stored.exporter.buffer.append(other, make_span("b"))
                other.end("succeeded", T0, None)

    stored = Stored(Meanwhile(clock=Clock()))
    run, other = make_run(), make_run(execution_id="e2")
    stored.exporter.watch(run)
    run.end("succeeded", T0, None)
    stored.exporter.work()
    assert stored.store.read_execution("acme", "e2") is None
    assert stored.exporter.work()
    execution = stored.store.read_execution("acme", "e2")
    assert execution is not None
    assert (execution.status, stored.rows(other)) == ("succeeded", ["b"])


def test_spans_that_had_to_go_are_counted_on_the_execution() -> None:
    stored = Stored(buffer=SpanBuffer(max_spans=1))
    run = make_run()
    stored.exporter.watch(run)
    for label in "abc":
        stored.exporter.buffer.append(run, make_span(label))
    assert stored.exporter.work()
    execution = stored.store.read_execution("acme", "e1")
    assert execution is not None
    assert (execution.counters.spans, execution.counters.dropped) == (1, 2)


def test_batches_that_wait_for_the_store_are_bounded_too() -> None:
    stored = Stored(max_waiting_bytes=1_500)
    run = make_run()
    stored.exporter.watch(run)
    stored.store.down = True
    for label in "abc":
        stored.exporter.buffer.append(run, make_span(label))
        stored.exporter.work()
        stored.seconds.now += 60
    stored.store.down = False
    assert stored.exporter.work()
    assert stored.rows(run) == ["b", "c"]
    assert stored.health.counts()["spans.dropped"] == 1


def test_executions_that_wait_for_the_store_are_bounded_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("spanvas.tracing.store_exporter.MAX_WAITING_RUNS", 2)
    stored = Stored()
    stored.store.down = True
    runs = [make_run(execution_id=f"e{number}") for number in range(3)]
    for run in runs:
        stored.exporter.watch(run)
        stored.exporter.buffer.append(run, make_span(run.execution_id))
        run.end("succeeded", T0, None)
        stored.exporter.work()
        stored.seconds.now += 60
    stored.store.down = False
    assert stored.exporter.work()
    assert [stored.rows(run) for run in runs] == [[], ["e1"], ["e2"]]
    assert stored.health.counts()["executions.given_up"] == 1
    assert stored.health.counts()["spans.dropped"] == 1


class RefusesForNow(MemoryTraceStore):
    """Is up for all but one span, of which it says what a store says that is down: a permission is missing."""

    def write(self, batch: SpanBatch) -> WriteResult:
        if any(span.name == "large" for span in batch.spans):
            raise StoreUnavailableError("the store failed writing a large span: AccessDenied")
        return super().write(batch)


def test_a_batch_that_fails_while_others_are_written_is_given_up_after_ten_of_them() -> None:
    stored = Stored(RefusesForNow(clock=Clock()))
    large = make_run(execution_id="large")
    stored.exporter.watch(large)
    stored.exporter.buffer.append(large, make_span("large"))
    stored.exporter.work()
    for number in range(12):
        stored.seconds.now += 60
        run = make_run(execution_id=f"e{number}")
        stored.exporter.watch(run)
        stored.exporter.buffer.append(run, make_span("small"))
        stored.exporter.work()
        stored.seconds.now += 60
        stored.exporter.work()
        assert stored.rows(run) == ["small"]
    assert stored.exporter.work()
    assert not stored.exporter.has_work
    assert stored.health.counts()["spans.dropped"] == 1


def test_a_batch_that_was_given_up_while_it_was_written_is_gone_once() -> None:
    class Slow(MemoryTraceStore):
        def write(self, batch: SpanBatch) -> WriteResult:
            stored.exporter._batches.clear()
            return super().write(batch)

    stored = Stored(Slow(clock=Clock()))
    run = make_run()
    stored.exporter.watch(run)
    stored.exporter.buffer.append(run, make_span("a"))
    assert stored.exporter.work()
    assert stored.rows(run) == ["a"]


class Noting(MemoryTraceStore):
    """Notes the batches that it is given."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.batches: list[SpanBatch] = []

    def write(self, batch: SpanBatch) -> WriteResult:
        self.batches.append(batch)
        return super().write(batch)


def test_large_flushes_are_cut_into_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spanvas.tracing.buffer.BATCH_SPANS", 2)
    store = Noting(clock=Clock())
    stored = Stored(store)
    run = make_run()
    stored.exporter.watch(run)
    for label in "abcde":
        stored.exporter.buffer.append(run, make_span(label))
    assert stored.exporter.work()
    assert [len(batch.spans) for batch in store.batches] == [2, 2, 1]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        pytest.param("", [False, False], id="open"),
        pytest.param("succeeded", [False, True], id="ended"),
        pytest.param("failed", [False, True], id="failed"),
        pytest.param("lost", [False, False], id="lost: the sweep counts it"),
    ],
)
def test_the_last_batch_before_an_end_says_so(
    monkeypatch: pytest.MonkeyPatch, status: str, said: list[bool]
) -> None:
    monkeypatch.setattr("spanvas.tracing.buffer.BATCH_SPANS", 1)
    store = Noting(clock=Clock())
    stored = Stored(store)
    run = make_run()
    stored.exporter.watch(run)
    for label in "ab":
        stored.exporter.buffer.append(run, make_span(label))
    if status:
        run.end(status, T0, None)
    assert stored.exporter.work()
    assert [batch.is_last for batch in store.batches] == said


def test_after_a_fork_the_child_has_nothing_to_send() -> None:
    stored = Stored()
    run = make_run()
    stored.exporter.watch(run)
    stored.exporter.buffer.append(run, make_span("a"))
    stored.exporter.after_fork()
    assert not stored.exporter.has_work


def test_who_ends_an_execution_may_change_while_it_is_registered() -> None:
    class Meanwhile(MemoryTraceStore):
        def start_execution(self, execution: Any) -> None:
            registered.append(execution.ended_by)
            run.leave_end_to("caller")

    registered: list[str] = []
    stored = Stored(Meanwhile(clock=Clock()))
    run = make_run()
    stored.exporter.watch(run)
    for _ in range(3):
        stored.exporter.work()
    assert registered == ["function", "caller"]


def test_lost_spans_that_are_found_again_are_taken_back() -> None:
    stored = Stored()
    run = make_run()
    stored.exporter.watch(run)
    run.export.missing = 2
    stored.exporter.buffer.append(run, make_span("a"))
    stored.exporter.work()
    run.export.missing = 0
    stored.exporter.buffer.append(run, make_span("b"))
    stored.exporter.work()
    execution = stored.store.read_execution("acme", "e1")
    assert execution is not None
    assert (execution.counters.spans, execution.counters.dropped) == (2, 0)
