"""When spans leave the process, and how long anybody waits for it."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Final

from opentelemetry.sdk.trace import Span as SdkSpan

from spanvas.environment import lambda_environment
from spanvas.model.units import MS, NANO
from spanvas.privacy.records import RecordRedaction
from spanvas.settings import Settings
from spanvas.storage.port import TraceStore
from spanvas.tracing.beginnings import Beginnings
from spanvas.tracing.buffer import waiting_bytes
from spanvas.tracing.children import Children
from spanvas.tracing.context import suppress_instrumentation, unobserved
from spanvas.tracing.execution_state import ExecutionState
from spanvas.tracing.health import Health
from spanvas.tracing.metrics import MetricRecorder
from spanvas.tracing.processor import DeferredRecording, RecordingProcessor
from spanvas.tracing.store_exporter import StoreExporter
from spanvas.tracing.worker import Guard, Worker

if TYPE_CHECKING:
    from spanvas.tracing.otlp_exporter import OtlpExporter, SpanSink

DOUBT_SECONDS: Final = 0.1
"""For a store that did not take the last write: what waits is carried over anyway, so that this is but a look."""
SAFETY_SECONDS: Final = 0.2
"""Of the function's time, kept for its own answer."""
EXIT_SECONDS: Final = 2.0
"""For which the end of a process waits: nobody waits for an answer of it, and what is not sent then is lost."""


class Delivery:
    """Owns the two exporters and the guard, each in its own thread, and the list of open executions."""

    def __init__(
        self,
        settings: Settings,
        store: TraceStore | None,
        make_sink: Callable[[], SpanSink] | None,
        processor: RecordingProcessor,
        health: Health,
        clock: Callable[[], int],
        records: RecordRedaction,
        metrics: MetricRecorder | None = None,
        is_otlp_needed: Callable[[], bool] = lambda: True,
    ) -> None:
        self._clock = clock
        self._health = health
        self._processor = processor
        self._metrics = metrics
        self._interval_nano = settings.flush_interval_ms * MS
        self._otlp_seconds = settings.flush_budget_ms / 1_000
        self._store_seconds = settings.store_budget_ms / 1_000
        self._lock = Lock()
        self._roots: dict[ExecutionState, SdkSpan] = {}
        self._store: StoreExporter | None = None
        self._otlp: OtlpExporter | None = None
        self._beginnings: Beginnings | None = None
        self.children = Children(
            lambda: list(self._roots),
            processor.started,
            processor.emit,
            lambda: self._flush(float("inf")),
            health,
        )
        self._guard = Guard(self._cut, health, clock)
        if make_sink is not None:
            # not at the top: functions without an endpoint do without both
            from spanvas.otlp.conventions import labels_of
            from spanvas.tracing.otlp_exporter import THREAD, OtlpExporter

            self._otlp = OtlpExporter(
                make_sink,
                health,
                clock=clock,
                labels_of=lambda run: labels_of(records.execution(run.execution())),
                trace_bytes=settings.otlp_trace_bytes,
                is_needed=is_otlp_needed,
            )
            self._otlp_worker = Worker(
                THREAD, self._otlp.work, health, self._otlp_pause, suppress_instrumentation
            )
            processor.add_sink(self._otlp.append)
        if store is not None:
            self._store = StoreExporter(
                store,
                health,
                clock,
                processor.started_spans,
                self._exporter_health,
                records=records,
                max_waiting_bytes=waiting_bytes(lambda_environment().memory_mb),
                interval_nano=self._interval_nano,
                on_counted=metrics.note_end if metrics is not None else None,
            )
            self._store_worker = Worker(
                "spanvas-store",
                self._store.work,
                health,
                self._store_pause,
                suppress_instrumentation,
            )
            processor.add_sink(self._store.buffer.append)
            self._beginnings = Beginnings(
                store,
                settings.start_budget_ms / 1_000,
                health,
                suppress_instrumentation,
                records.execution,
            )
        elif metrics is not None:
            processor.add_sink(metrics.note_span)
        atexit.register(self._at_exit)

    def prepare(self) -> None:
        """Makes a connection in a function's init phase, before there is anything to write."""
        if self._beginnings is not None:
            self._beginnings.prepare()

    def opened(self, run: ExecutionState, root: SdkSpan) -> None:
        """Registers an execution in the background, and writes it at intervals while it goes on."""
        now = self._clock()
        with self._lock:
            is_new, is_first = run not in self._roots, not self._roots
            self._roots[run] = root
        is_held = run.export.hold_until_unix_nano > now and not run.is_retroactive
        if self._beginnings is not None and is_new and is_held:
            self._beginnings.begin(run, is_waiting=is_first)
        self._guard.watch(run, now)
        if self._store is not None:
            if is_first:
                self._store.begin_interval(now)
            self._store.watch(run)
            self._store_worker.nudge()
        if self._otlp is not None:
            self._otlp_worker.nudge()

    def named(self, run: ExecutionState) -> None:
        """Lets a held execution be registered, since its workflow is known."""
        run.export.hold_until_unix_nano = 0
        if self._store is not None:
            self._store_worker.nudge()

    def defer(self, run: ExecutionState) -> DeferredRecording:
        """Writes nothing of an execution until the handle is closed, nor registers it for one flush interval then: its
        function still has to say whether it is to be discarded."""
        return self._processor.defer(run, self._resume)

    def _resume(self, run: ExecutionState) -> None:
        run.export.hold_until_unix_nano = self._clock() + self._interval_nano
        self._processor.resume(run)

    def root_of(self, run: ExecutionState) -> SdkSpan:
        """Returns the workflow span of an open execution. Raises KeyError for another."""
        return self._roots[run]

    def closed(self, run: ExecutionState) -> None:
        """Writes everything of an execution that has ended or goes on elsewhere, as far as the time allows."""
        with self._lock:
            self._roots.pop(run, None)
        run.export.hold_until_unix_nano = 0
        self.children.close(run)
        self._guard.forget(run)
        if self._store is not None and not run.is_discarded:
            self._store.watch(run)
        self.flush(run.deadline_unix_nano)
        if self._metrics is not None:
            if self._store is None:
                self._metrics.note_unstored_end(run)
            self._metrics.write_metrics(run)

    def discard(self, run: ExecutionState) -> None:
        """Writes nothing more of an execution that another function runs."""
        self._guard.forget(run)
        if self._otlp is not None:
            self._otlp.forget(run)
        if self._store is not None:
            self._store.forget(run)
        if self._beginnings is not None:
            self._beginnings.withdraw(run)

    def flush(
        self,
        deadline_unix_nano: int | None,
        timeout_ms: int | None = None,
        *,
        with_parent: bool = False,
    ) -> bool:
        """Sends what waits, through both exporters at once. Returns whether all of it is in the store.

        Without a store: at the endpoint. An execution that waited for its name is registered without one.
        `with_parent`: in a forked child, also waits until the parent has written the child's spans.
        """
        allowed = self._allowed_seconds(deadline_unix_nano, timeout_ms)
        self.children.receive()
        parent = self.children.parent if with_parent else None
        succeeded = parent is None or parent.flush(min(self._store_seconds, allowed))
        return self._flush(allowed) and succeeded

    def _flush(self, allowed: float) -> bool:
        with self._lock:
            for run in self._roots:
                run.export.hold_until_unix_nano = 0
        # Both tickets first: the two work side by side.
        otlp_ticket = self._otlp_worker.request() if self._otlp is not None else 0
        store_ticket = self._store_worker.request() if self._store is not None else 0
        succeeded = True
        if self._otlp is not None:
            succeeded = self._otlp_worker.wait(otlp_ticket, min(self._otlp_seconds, allowed))
        if self._store is not None:
            succeeded = self._wait_for_store(self._store, store_ticket, allowed)
        if self._beginnings is not None:
            self._beginnings.wait(min(self._store_seconds, allowed))
        return succeeded

    def _allowed_seconds(self, deadline_unix_nano: int | None, timeout_ms: int | None) -> float:
        """Returns the seconds that the caller's budget and the function's own deadline leave."""
        allowed = float("inf") if timeout_ms is None else timeout_ms / 1_000
        if deadline_unix_nano is not None:
            remaining = (deadline_unix_nano - self._clock()) / NANO - SAFETY_SECONDS
            allowed = max(min(allowed, remaining), 0.0)
        return allowed

    def _wait_for_store(self, store: StoreExporter, ticket: int, allowed: float) -> bool:
        """Waits for the store within its budget; hardly at all where its last call has failed."""
        budget = DOUBT_SECONDS if store.breaker.is_doubtful else self._store_seconds
        succeeded = self._store_worker.wait(ticket, min(budget, allowed))
        if not succeeded:
            self._health.count("store.unfinished_flushes")
            if allowed >= budget and not self._store_worker.is_done(ticket):
                store.note_late()
        return succeeded

    def after_fork(self) -> None:
        """Forgets, in a forked child, the executions and threads of the parent."""
        self._lock = Lock()
        self._roots = {}
        self._guard.after_fork()
        if self._metrics is not None:
            self._metrics.after_fork()
        if self._beginnings is not None:
            self._beginnings.after_fork()
        if self._otlp is not None:
            self._otlp.after_fork()
            self._otlp_worker.after_fork()
        if self._store is not None:
            self._store.after_fork()
            self._store_worker.after_fork()

    def _store_pause(self) -> float | None:
        """Returns the seconds until something is due.

        None when no execution is open, so that a frozen function sleeps.
        """
        return self._store.pause() if self._store is not None and self._roots else None

    def _otlp_pause(self) -> float | None:
        return self._interval_nano / NANO if self._roots else None

    def _cut(self, late: list[ExecutionState]) -> None:
        late = [run for run in late if not (run.is_deferred or run.is_discarded)]
        for run in late:
            self._processor.cut_short(run)
            self._health.count("executions.cut_short")
            if self._store is not None:
                self._store.watch(run)
        if self._otlp is not None:
            self._otlp_worker.request()
        if self._store is not None:
            is_at_it = self._store_worker.is_stuck(0)
            self._store_worker.request()
            if is_at_it:  # it may be at a write that lasts longer than the function
                with unobserved():
                    self._store.report_timeouts(late)

    def _exporter_health(self, run: ExecutionState) -> dict[str, str]:
        if self._otlp is None:
            return {}
        report = self._otlp.report(run)
        if self._otlp_worker.is_stuck(self._otlp_seconds):
            report["otlp"] = "failing"
            # Nothing has failed yet: a first request takes its time, too.
            waited = f"no answer within {self._otlp_seconds * 1_000:g} ms"
            report.setdefault("otlp_reason", waited)
        return report

    def _at_exit(self) -> None:
        waits = (self._store is not None and self._store.has_work) or (
            self._otlp is not None and self._otlp.has_work
        )
        if waits:
            if self._otlp is not None and not self._otlp.breaker.is_doubtful:
                self._otlp_seconds = max(self._otlp_seconds, EXIT_SECONDS)
            self.flush(None, int(EXIT_SECONDS * 1_000))
        if self._metrics is not None:
            self._metrics.write_metrics()
