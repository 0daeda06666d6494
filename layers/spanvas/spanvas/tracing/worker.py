"""A daemon thread that does one piece of work when it is asked to, or now and then, and never holds anybody up."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Condition, Thread

from spanvas.tracing.health import Health


class Worker:
    """Runs `work` in its own thread: on request, and after `pause()` seconds without one (None: only on request).

    `work` is told whether it was requested, and answers whether it succeeded. A request is a ticket; whoever waits
    for it waits no longer than the budget. A worker that has been at older work for longer than that already (a hung
    endpoint) is not waited for at all.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[bool], bool],
        health: Health,
        pause: Callable[[], float | None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._work = work
        self._health = health
        self._pause = pause
        self._clock = clock
        self._reset()

    def _reset(self) -> None:
        self._changed = Condition()
        self._thread: Thread | None = None
        self._requested = 0
        self._done = 0
        self._succeeded = True
        self._busy_since: float | None = None
        self._busy_with = 0

    def after_fork(self) -> None:
        """Threads and held locks stay behind in the parent (Lambda managed instances fork their workers)."""
        self._reset()

    def nudge(self) -> None:
        """Ask for the pause again: what it depends on has changed."""
        with self._changed:
            self._ensure_thread()
            self._changed.notify_all()

    def request(self) -> int:
        """Ask for the work to be done once more; the ticket says what to wait for."""
        with self._changed:
            self._ensure_thread()
            self._requested += 1
            self._changed.notify_all()
            return self._requested

    def wait(self, ticket: int, budget_seconds: float) -> bool:
        """Whether the work of that ticket was done, and well, within the budget."""
        deadline = self._clock() + budget_seconds
        with self._changed:
            if self._busy_with < ticket and self.is_stuck(budget_seconds):
                return False
            while self._done < ticket:
                remaining = deadline - self._clock()
                if remaining <= 0 or not self._changed.wait(remaining):
                    return False
            return self._succeeded

    def is_done(self, ticket: int) -> bool:
        """Whether the work of that ticket came to an end, well or not."""
        return self._done >= ticket

    def is_stuck(self, seconds: float) -> bool:
        """Whether one piece of work has been going on for longer than that."""
        since = self._busy_since
        return since is not None and self._clock() - since > seconds

    def _ensure_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._loop, name=self._name, daemon=True)
            self._thread.start()

    def _loop(self) -> None:
        changed = self._changed
        while True:
            with changed:
                while self._done >= self._requested:
                    if not changed.wait(self._pause()):
                        break
                requested = self._done < self._requested
                ticket = self._busy_with = self._requested
                self._busy_since = self._clock()
            succeeded = self._do(requested)
            with changed:
                self._busy_since = None
                self._succeeded = succeeded
                self._done = ticket
                changed.notify_all()

    def _do(self, requested: bool) -> bool:
        try:
            return self._work(requested)
        except Exception as error:  # noqa: BLE001 - the thread has to live on
            self._health.problem(self._name, error)
            return False
