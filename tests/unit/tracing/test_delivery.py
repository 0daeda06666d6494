"""When spans leave: while an execution runs, when it ends, after a fork, and how long anybody waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import pytest

import spanvas
from spanvas.collector.results import ExportOutcome, ExportResult
from spanvas.model.execution import Execution
from spanvas.model.span import Span
from spanvas.tracing.buffer import waiting_bytes
from spanvas.tracing.engine import Engine
from spanvas.tracing.execution_state import ExecutionState
from spanvas.tracing.worker import Worker
from tests.support.memory_store import MemoryTraceStore
from tests.support.recording import (
    SECOND,
    HandClock,
    by_hand,
    eventually,
    execution_of,
    open_run,
    real_time,
    recording,
    rows_of,
)

TAKEN = ExportResult(ExportOutcome.TAKEN)


def test_an_execution_is_known_and_its_open_steps_are_stored_while_it_runs() -> None:
    with real_time() as recorded, spanvas.workflow("brief", execution_id="e1"):
        with spanvas.node("draft"), spanvas.span("look", kind="tool"):
            eventually(lambda: "draft" in rows_of(recorded))
            assert execution_of(recorded).status == "running"
            # Steps are durable at their start, other spans when they have ended.
            assert rows_of(recorded) == {"brief": None, "draft": None}
        eventually(lambda: rows_of(recorded).get("draft"))
        assert set(rows_of(recorded)) == {"brief", "draft", "look"}
    assert all(rows_of(recorded).values())


class Still:
    """A worker without a thread: it works when it is asked to."""

    def __init__(self, work: Callable[[bool], bool]) -> None:
        self._work = work

    def nudge(self) -> None:
        pass

    def request(self) -> int:
        self._work(True)
        return 1

    def wait(self, ticket: int, budget_seconds: float) -> bool:
        return True


def test_a_running_execution_is_written_every_second() -> None:
    now = [100 * SECOND]
    with recording(clock=lambda: now[0], flush_interval_ms=1_000) as recorded:
        delivery = recorded.engine.delivery
        store = delivery._store
        assert store is not None
        delivery._store_worker = Still(store.work)  # type: ignore[assignment]

        def written_at(seconds: range) -> list[int]:
            """Those of the seconds at which something is written, while small things happen."""
            found = []
            for second in seconds:
                now[0] = (100 + second) * SECOND
                with spanvas.span("small"):
                    pass
                before = store._batches.written
                store.work(False)
                if store._batches.written > before:
                    found.append(second)
            return found

        with spanvas.workflow("brief", execution_id="e1"):
            assert written_at(range(1, 4)) == [1, 2, 3]
            with spanvas.node("draft"):
                assert written_at(range(4, 6)) == [4, 5]
    assert execution_of(recorded).status == "succeeded"


def test_steps_that_end_before_the_next_flush_are_written_once() -> None:
    with (
        recording() as recorded,
        spanvas.workflow("brief", execution_id="e1"),
        spanvas.node("draft"),
    ):
        pass
    assert execution_of(recorded).counters.spans == 2
    assert len(recorded.spans) == 2


def test_the_end_of_a_workflow_waits_no_longer_than_its_function_has() -> None:
    class Hangs(MemoryTraceStore):
        gate = threading.Event()

        def end_execution(self, *arguments: object) -> None:
            self.gate.wait(60)
            super().end_execution(*arguments)  # type: ignore[arg-type]

    store = Hangs()
    clock = HandClock()
    with by_hand(clock, store=store, store_budget_ms=30_000) as recorded:
        budgets = budgets_of(recorded.engine.delivery._store_worker)
        run, root = open_run(recorded, clock)
        clock.time = run.deadline_unix_nano - 250_000_000
        root.close(None)
        assert budgets == [pytest.approx(0.05)]
        assert execution_of(recorded).status == "running"
        assert recorded.engine.health()["store.unfinished_flushes"] == 1
        store.gate.set()
        assert spanvas.flush(60_000)
    assert execution_of(recorded).status == "succeeded"


def run_one(execution_id: str) -> None:
    with spanvas.workflow("brief", execution_id=execution_id):
        pass


def budgets_of(worker: Worker) -> list[float]:
    """How long each flush from now on is ready to wait for a worker."""
    budgets: list[float] = []
    wait = worker.wait

    def noted(ticket: int, budget_seconds: float) -> bool:
        budgets.append(budget_seconds)
        return wait(ticket, budget_seconds)

    worker.wait = noted  # type: ignore[method-assign]
    return budgets


def test_a_store_that_hangs_costs_its_budget_once_and_gets_everything_in_the_end() -> None:
    class Hangs(MemoryTraceStore):
        gate = threading.Event()

        def start_execution(self, execution: Execution) -> None:
            self.gate.wait(60)
            super().start_execution(execution)

    store = Hangs()
    with recording(store=store, clock=time.time_ns, store_budget_ms=800) as recorded:
        budgets = budgets_of(recorded.engine.delivery._store_worker)
        for number in range(6):
            run_one(f"e{number}")
        assert budgets == [0.8] + [0.1] * 5
        assert recorded.engine.delivery._store is not None
        assert recorded.engine.delivery._store.breaker.is_open
        assert recorded.engine.health()["store.late"] == 6
        store.gate.set()
        eventually(lambda: not recorded.engine.delivery._store.breaker.is_open)  # type: ignore[union-attr]
        eventually(spanvas.flush)
        run_one("e6")
        statuses = lambda: [execution_of(recorded, f"e{number}").status for number in range(7)]  # noqa: E731
        eventually(lambda: statuses() == ["succeeded"] * 7)


def test_a_flush_that_was_given_little_time_does_not_blame_the_store() -> None:
    class Slow(MemoryTraceStore):
        gate = threading.Event()

        def start_execution(self, execution: Execution) -> None:
            self.gate.wait(60)
            super().start_execution(execution)

    store = Slow()
    with recording(store=store, clock=time.time_ns) as recorded:
        with spanvas.workflow("brief", execution_id="e1"):
            assert not spanvas.flush(10)
            store.gate.set()
        assert "store.late" not in recorded.engine.health()
    assert execution_of(recorded).status == "succeeded"


def test_a_flush_makes_durable_what_waits_for_the_name_of_its_workflow() -> None:
    with recording() as recorded:
        run = recorded.engine.executions.new_run("function", "e1", None)
        run.export.hold_until_unix_nano = 1_000_000 * SECOND
        root = recorded.engine.executions.open_root(run)
        assert root is not None
        with spanvas.node("draft"):
            pass
        assert spanvas.flush(60_000)
        assert set(rows_of(recorded)) == {"draft", "function"}
        root.close(None)


def test_what_may_wait_for_the_store_is_a_share_of_the_functions_memory() -> None:
    assert waiting_bytes(128) == 16 * 1024 * 1024
    assert waiting_bytes(10_240) == waiting_bytes(0) == 48 * 1024 * 1024


def test_a_store_that_is_down_changes_nothing_but_the_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = MemoryTraceStore(clock=lambda: SECOND)
    store.down = True
    with recording(store=store) as recorded:
        for number in range(3):
            with spanvas.workflow("brief", execution_id=f"e{number}") as run:
                run.set_output(number)
        assert not spanvas.flush()
        assert spanvas.health()["store.failed"] == 2
    assert [record.getMessage() for record in caplog.records] == [
        "the trace may stay incomplete: the store failed: it is down"
    ]
    assert len(recorded.spans) == 3


def test_without_a_store_spans_still_reach_the_endpoint() -> None:
    sent: list[str] = []

    def sink(spans: Sequence[Span], place_of: object) -> ExportResult:
        sent.extend(span.name for span in spans)
        return TAKEN

    with recording(store=MemoryTraceStore(), make_sink=lambda: sink) as recorded:
        engine = recorded.engine
        engine.delivery._store = None
        engine.artifacts._store = None
        root = engine.executions.open_root(engine.executions.new_run("function", "e1", None))
        assert root is not None
        with spanvas.workflow("brief"), spanvas.node("draft"):
            assert spanvas.attach_artifact("a.md", b"x") is None
        root.close(None)
        assert spanvas.flush()
        engine._after_fork()
    assert sent == ["draft", "brief"]


def test_both_exporters_get_every_span_and_the_execution_says_how_they_are() -> None:
    sent: list[str] = []

    def sink(spans: Sequence[Span], place_of: object) -> ExportResult:
        sent.extend(span.name for span in spans)
        return TAKEN

    with recording(make_sink=lambda: sink, flush_budget_ms=60_000) as recorded:  # noqa: SIM117
        with spanvas.workflow("brief", execution_id="e1"), spanvas.node("draft"):
            pass
    assert sent == ["draft", "brief"]
    assert execution_of(recorded).exporter_health == {"store": "ok", "otlp": "ok"}


def test_spans_wait_for_an_endpoint_that_comes_back_and_are_sent_now_and_then() -> None:
    sent: list[str] = []

    def sink(spans: Sequence[Span], place_of: object) -> ExportResult:
        sent.extend(span.name for span in spans)
        return TAKEN

    with recording(make_sink=lambda: sink, flush_interval_ms=10), spanvas.workflow("brief"):
        with spanvas.node("draft"):
            pass
        eventually(lambda: sent == ["draft"])


def test_after_a_fork_a_process_has_threads_and_spans_of_its_own() -> None:
    with recording() as recorded:
        with spanvas.workflow("brief", execution_id="e1"):
            recorded.engine._after_fork()
        with spanvas.workflow("brief", execution_id="e2"):
            pass
    assert execution_of(recorded, "e2").status == "succeeded"


def test_what_waits_at_the_end_of_the_process_is_sent() -> None:
    with recording() as recorded:
        run = recorded.engine.executions.new_run("brief", "e1", None)
        root = recorded.engine.executions.open_root(run)
        assert root is not None
        with spanvas.node("draft"):
            pass
        recorded.engine.delivery._at_exit()
        assert "draft" in rows_of(recorded)
        root.close(None)
        recorded.engine.delivery._at_exit()


@pytest.mark.parametrize(("outcome", "seconds"), [("taken", 2.0), ("later", 0.005)])
def test_the_end_of_the_process_waits_longer_for_an_endpoint_that_is_not_failing(
    outcome: str, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first request has a client to import and a connection to make, and what is not sent by then is lost."""

    def sink(spans: Sequence[Span], place_of: object) -> ExportResult:
        return ExportResult(ExportOutcome(outcome))

    with recording(make_sink=lambda: sink, flush_budget_ms=5) as recorded:
        delivery, exporter = recorded.engine.delivery, recorded.engine.delivery._otlp
        assert exporter is not None
        with spanvas.workflow("brief"):
            pass
        spanvas.flush()
        eventually(lambda: exporter.breaker.is_doubtful is (outcome == "later"))
        waited: list[float] = []
        monkeypatch.setattr(delivery._otlp_worker, "wait", lambda _, most: waited.append(most))
        root = recorded.engine.executions.open_root(
            recorded.engine.executions.new_run("brief", None, None)
        )
        assert root is not None
        with spanvas.node("draft"):
            pass
        delivery._at_exit()
        assert waited == [seconds]
        root.close(None)


def test_engine_of_settings_without_a_table_says_so_and_keeps_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    from spanvas.settings import Settings

    engine = Engine.from_settings(Settings(enabled=True))
    assert [record.getMessage() for record in caplog.records] == [
        "SPANVAS_TABLE is not set: executions are not stored"
    ]
    run = engine.executions.new_run("brief", None, None)
    assert isinstance(run, ExecutionState)


def test_lambda_functions_that_tell_no_deadline_are_given_the_longest_there_is() -> None:
    with recording(environment={"AWS_LAMBDA_FUNCTION_NAME": "f"}) as recorded:
        run = recorded.engine.executions.new_run("brief", None, None)
        assert run.deadline_unix_nano == run.started_at_unix_nano + 900 * SECOND
