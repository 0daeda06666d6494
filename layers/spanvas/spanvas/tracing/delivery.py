"""When spans leave the process, and how long anybody waits for it."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

from opentelemetry import context as otel_context
from opentelemetry.context import (
    _SUPPRESS_HTTP_INSTRUMENTATION_KEY,
    _SUPPRESS_INSTRUMENTATION_KEY,
)
from opentelemetry.sdk.trace import Span as SdkSpan

from spanvas.settings import Settings
from spanvas.storage.port import TraceStore
from spanvas.tracing.exporters import otlp as otlp_exporter
from spanvas.tracing.exporters.otlp import OtlpExporter, SpanSink
from spanvas.tracing.exporters.store import StoreExporter
from spanvas.tracing.health import Health
from spanvas.tracing.processor import RecordingProcessor
from spanvas.tracing.run import Run
from spanvas.tracing.worker import Worker

NANO: Final = 1_000_000_000
MS: Final = 1_000_000
STORE_BUDGET_SECONDS: Final = 3.0
"""For the last write of an execution; a store that is down is found out by its clients' own timeouts."""
SAFETY_SECONDS: Final = 0.2
"""Of the function's time, kept for its own answer."""
EXIT_SECONDS: Final = 2.0
GUARD_SHARE: Final = 0.1
GUARD_SECONDS: Final = (0.3, 2.0)
"""So long before the deadline open spans are recorded as cut: a tenth of the time given, within these bounds."""


class Delivery:
    """The two exporters, each in its own thread, and the executions that are open.

    `cut_short` is called, in the store's thread, for an execution whose function has hardly any time left.
    """

    def __init__(
        self,
        settings: Settings,
        store: TraceStore | None,
        make_sink: Callable[[], SpanSink] | None,
        processor: RecordingProcessor,
        health: Health,
        clock: Callable[[], int],
        cut_short: Callable[[Run], None],
    ) -> None:
        self._clock = clock
        self._health = health
        self._cut_short = cut_short
        self._interval_nano = settings.flush_interval_ms * MS
        self._budget_seconds = settings.flush_budget_ms / 1_000
        self._lock = Lock()
        self._roots: dict[Run, SdkSpan] = {}
        self._next_write = 0
        self._store: StoreExporter | None = None
        self._otlp: OtlpExporter | None = None
        if make_sink is not None:
            self._otlp = OtlpExporter(make_sink, health)
            self._otlp_worker = Worker(
                otlp_exporter.THREAD,
                self._unobserved_work(self._otlp_work),
                health,
                self._otlp_pause,
            )
            processor.add_sink(self._otlp.add)
        if store is not None:
            self._store = StoreExporter(
                store, health, clock, processor.started_spans, self._exporter_health
            )
            self._store_worker = Worker(
                "spanvas-store", self._unobserved_work(self._store_work), health, self._store_pause
            )
            processor.add_sink(self._store.add)
        atexit.register(self._at_exit)

    def opened(self, run: Run, root: SdkSpan) -> None:
        """An execution has begun: it is registered in the background, and written now and then while it goes on."""
        now = self._clock()
        run.guard_at_unix_nano = _guard_time(now, run.deadline_unix_nano)
        with self._lock:
            if not self._roots:
                self._next_write = now + self._interval_nano
            self._roots[run] = root
        if self._store is not None:
            self._store.watch(run)
            self._store_worker.nudge()
        if self._otlp is not None and not self._otlp.is_ready:
            self._otlp_worker.request()

    def named(self, run: Run) -> None:
        """The workflow of a held execution is known: it can be registered."""
        run.hold_until_unix_nano = 0
        if self._store is not None:
            self._store_worker.nudge()

    def root_of(self, run: Run) -> SdkSpan:
        return self._roots[run]

    def closed(self, run: Run) -> None:
        """An execution has ended: everything of it is written, as far as the time goes."""
        with self._lock:
            self._roots.pop(run, None)
        if self._store is not None:
            self._store.watch(run)
        self.flush(run.deadline_unix_nano)

    def flush(self, deadline_unix_nano: int | None, timeout_ms: int | None = None) -> bool:
        """Send what waits, through both exporters at once. Whether everything is in the store (or, where there is
        none, at the endpoint)."""
        budget = STORE_BUDGET_SECONDS if timeout_ms is None else timeout_ms / 1_000
        if deadline_unix_nano is not None:
            remaining = (deadline_unix_nano - self._clock()) / NANO - SAFETY_SECONDS
            budget = max(min(budget, remaining), 0.0)
        # Both tickets first: the two work side by side.
        otlp_ticket = self._otlp_worker.request() if self._otlp is not None else 0
        store_ticket = self._store_worker.request() if self._store is not None else 0
        succeeded = True
        if self._otlp is not None:
            succeeded = self._otlp_worker.wait(otlp_ticket, min(self._budget_seconds, budget))
        if self._store is not None:
            succeeded = self._store_worker.wait(store_ticket, budget)
            if not succeeded:
                self._health.count("store.unfinished_flushes")
        return succeeded

    @contextmanager
    def unobserved(self) -> Iterator[None]:
        """Our own calls of AWS and of the endpoint are not the workflow's: instrumentations look away."""
        context = otel_context.set_value(_SUPPRESS_INSTRUMENTATION_KEY, True)
        context = otel_context.set_value(_SUPPRESS_HTTP_INSTRUMENTATION_KEY, True, context)
        token = otel_context.attach(context)
        try:
            yield
        finally:
            otel_context.detach(token)

    def after_fork(self) -> None:
        self._lock = Lock()
        self._roots = {}
        if self._otlp is not None:
            self._otlp.after_fork()
            self._otlp_worker.after_fork()
        if self._store is not None:
            self._store.after_fork()
            self._store_worker.after_fork()

    def _unobserved_work(self, work: Callable[[bool], bool]) -> Callable[[bool], bool]:
        def run(is_requested: bool) -> bool:
            with self.unobserved():
                return work(is_requested)

        return run

    def _store_work(self, is_requested: bool) -> bool:
        """All of it when that is asked for or due; between times only what has just begun is registered."""
        assert self._store is not None
        now = self._clock()
        is_cut = self._guard(now)
        if not (is_requested or is_cut or now >= self._next_write):
            return self._store.register()
        self._next_write = now + self._interval_nano
        return self._store.work()

    def _store_pause(self) -> float | None:
        """Seconds until something is due; None when no execution is open: a frozen function is left in peace."""
        assert self._store is not None
        with self._lock:
            guards = [run.guard_at_unix_nano for run in self._roots]
        if not guards:
            return None
        due = [self._next_write, *guards, self._store.next_registration_unix_nano()]
        next_due = min(moment for moment in due if moment is not None)
        return max((next_due - self._clock()) / NANO, 0.0)

    def _otlp_work(self, is_requested: bool) -> bool:
        assert self._otlp is not None
        return self._otlp.work()

    def _otlp_pause(self) -> float | None:
        return self._interval_nano / NANO if self._roots else None

    def _guard(self, now: int) -> bool:
        """Whether some execution had to be cut short."""
        assert self._store is not None
        with self._lock:
            late = [run for run in self._roots if (run.guard_at_unix_nano or now + 1) <= now]
        for run in late:
            run.guard_at_unix_nano = None
            self._cut_short(run)
            self._store.watch(run)
            self._health.count("executions.cut_short")
        return bool(late)

    def _exporter_health(self) -> dict[str, str]:
        if self._otlp is None:
            return {}
        is_stuck = self._otlp_worker.is_stuck(self._budget_seconds)
        return {"otlp": "failing" if is_stuck else self._otlp.state}

    def _at_exit(self) -> None:
        waits = (self._store is not None and self._store.has_work) or (
            self._otlp is not None and self._otlp.has_work
        )
        if waits:
            self.flush(None, int(EXIT_SECONDS * 1_000))


def _guard_time(now: int, deadline_unix_nano: int) -> int:
    shortest, longest = (seconds * NANO for seconds in GUARD_SECONDS)
    margin = min(max((deadline_unix_nano - now) * GUARD_SHARE, shortest), longest)
    return int(deadline_unix_nano - margin)
