"""The first write of an execution: sent before the function's own code runs, so that a crash leaves something behind.

What has been handed to the kernel arrives, whatever becomes of the process. So the function waits until the request has
been sent, and never for its answer. The write is an offer: where it cannot be made at once, it is not made, and the
execution is registered later, as without it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import Final, NamedTuple

from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution import Execution
from spanvas.storage.port import TraceStore
from spanvas.tracing.execution_state import ExecutionState
from spanvas.tracing.health import Health
from spanvas.tracing.worker import Breaker, Worker

THREAD: Final = "spanvas-start"
MAX_WITHDRAWN: Final = 100
"""Executions whose withdrawal waits for a store that is down. Of more, the first become lost at their deadline."""


class _Waiting(NamedTuple):
    run: ExecutionState
    sent: Event


class Beginnings:
    """Writes that executions begin, and withdraws it where they turn out to be somebody else's.

    In a thread of its own: the end of a short invocation does not have to wait for the answer to its beginning.
    `set_up` is called once in the thread; `redact` leaves out what may not be kept of an execution. With a budget of 0
    nothing is ever written.
    """

    def __init__(
        self,
        store: TraceStore,
        budget_seconds: float,
        health: Health,
        set_up: Callable[[], object],
        redact: Callable[[Execution], Execution],
    ) -> None:
        self._store = store
        self._budget = budget_seconds
        self._health = health
        self._redact = redact
        self._breaker = Breaker(failures=1)
        self._worker = Worker(THREAD, self._work, health, set_up=set_up)
        self._waiting: deque[_Waiting] = deque()
        self._withdrawn: deque[ExecutionState] = deque(maxlen=MAX_WITHDRAWN)
        self._is_prepared = True
        self._last_withdrawal = 0

    def after_fork(self) -> None:
        """Forgets what waits in a forked child: its parent writes it."""
        self._waiting, self._withdrawn = deque(), deque(maxlen=MAX_WITHDRAWN)
        self._last_withdrawal = 0
        self._worker.after_fork()

    def prepare(self) -> None:
        """Makes a connection before the first execution begins."""
        if self._budget:
            self._is_prepared = False
            self._worker.request()

    def begin(self, run: ExecutionState, *, is_waiting: bool) -> None:
        """Writes that an execution has begun. `is_waiting`: returns when that was sent, or the budget is used up."""
        if not self._budget or self._breaker.is_open or self._worker.is_stuck(self._budget):
            return
        sent = Event()
        self._waiting.append(_Waiting(run, sent))
        self._worker.request()
        if is_waiting and not sent.wait(self._budget):
            self._health.count("store.late_beginnings")

    def withdraw(self, run: ExecutionState) -> None:
        """Withdraws the first write of an execution, also one under way, unless it has been registered since."""
        if self._budget and not run.is_registered:
            self._withdrawn.append(run)
            self._last_withdrawal = self._worker.request()

    def wait(self, seconds: float) -> None:
        """Waits for the withdrawals, for so long at most."""
        if self._last_withdrawal:
            self._worker.wait(self._last_withdrawal, seconds)
            self._last_withdrawal = 0

    def _work(self, is_requested: bool) -> bool:
        if not self._is_prepared:
            self._is_prepared = True
            with suppress(StoreUnavailableError):
                self._store.prepare()
        while self._waiting:
            self._begin(*self._waiting.popleft())
        return self._withdraw()

    def _withdraw(self) -> bool:
        """Withdraws what waits for that. What the store does not take now waits for the thread's next round."""
        while self._withdrawn:
            run = self._withdrawn.popleft()
            if run.export.is_begun:
                try:
                    self._store.withdraw_execution(run.tenant, run.execution_id)
                except StoreUnavailableError:
                    self._withdrawn.appendleft(run)
                    self._health.count("store.failed_withdrawals")
                    return False
        return True

    def _begin(self, run: ExecutionState, sent: Event) -> None:
        try:
            if not (run.is_registered or run.is_ended or run.is_discarded):
                run.export.is_begun = self._store.begin_execution(
                    self._redact(run.execution()), sent.set
                )
                self._breaker.record(True)
        except StoreUnavailableError:
            self._breaker.record(False)
            self._health.count("store.failed_beginnings")
        finally:
            sent.set()
