"""Background work: a daemon thread that never holds anybody up, a guard of deadlines, a circuit breaker."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Condition, Lock, Thread
from typing import Final

from spanvas.model.units import NANO
from spanvas.tracing.execution_state import ExecutionState
from spanvas.tracing.health import Health

FAILURES: Final = 2
OPEN_SECONDS: Final = 30.0
SHARE: Final = 0.1
SECONDS: Final = (0.3, 2.0)
"""So long before the deadline it acts: a tenth of the time given, within these bounds."""
NEVER: Final = 1 << 63


class Worker:
    """Runs `work` in its own thread: on request, and after `pause()` seconds without one (None: only on request).

    `set_up` is called once in every new thread. `work` gets whether it was requested, and returns whether it succeeded.
    A request is a ticket; whoever waits for it waits no longer than the budget. A worker that has been at older work
    for longer than that already (a hung endpoint) is not waited for at all.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[bool], bool],
        health: Health,
        pause: Callable[[], float | None] = lambda: None,
        set_up: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._work = work
        self._health = health
        self._pause = pause
        self._set_up = set_up
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
        """Starts anew in a forked child, which has no threads of its parent but its held locks."""
        self._reset()

    def nudge(self) -> None:
        """Makes the thread compute its pause again, because a deadline has changed."""
        with self._changed:
            self._ensure_thread()
            self._changed.notify_all()

    def request(self) -> int:
        """Requests one more run of the work. Returns a ticket for `wait`."""
        with self._changed:
            self._ensure_thread()
            self._requested += 1
            self._changed.notify_all()
            return self._requested

    def wait(self, ticket: int, budget_seconds: float) -> bool:
        """Waits for the work of that ticket. Returns whether it succeeded within the budget."""
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
        """Returns whether the work of that ticket has ended, with success or not."""
        return self._done >= ticket

    def is_stuck(self, seconds: float) -> bool:
        """Returns whether one piece of work has been going on for longer than that."""
        since = self._busy_since
        return since is not None and self._clock() - since > seconds

    def _ensure_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._loop, name=self._name, daemon=True)
            self._thread.start()

    def _loop(self) -> None:
        self._set_up()
        changed = self._changed
        while True:
            with changed:
                while self._done >= self._requested:
                    if not changed.wait(self._pause()):
                        break
                requested = self._done < self._requested
                ticket = self._busy_with = self._requested
                self._busy_since = self._clock()
            try:
                succeeded = self._work(requested)
            except Exception as error:  # noqa: BLE001 - the thread has to live on
                self._health.problem(self._name, error)
                succeeded = False
            with changed:
                self._busy_since = None
                self._succeeded = succeeded
                self._done = ticket
                changed.notify_all()


class Breaker:
    """A circuit breaker: after two failures in a row, nothing is allowed for a while.

    Fed with an exporter's own results, not with those of a flush: the SDK's says True whatever happened.

    After `open_seconds` one attempt is allowed; if it fails, the time starts again.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        failures: int = FAILURES,
        open_seconds: float = OPEN_SECONDS,
    ) -> None:
        self._clock = clock
        self._allowed_failures = failures
        self._open_seconds = open_seconds
        self._failures = 0
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether nothing is allowed now."""
        return self._clock() < self._open_until

    @property
    def is_doubtful(self) -> bool:
        """Whether the last result was a failure: the next attempt is not worth a long wait."""
        return self._failures > 0

    def record(self, succeeded: bool) -> None:
        """Counts the result of an attempt."""
        if succeeded:
            self._failures = 0
            self._open_until = 0.0
            return
        self._failures += 1
        if self._failures >= self._allowed_failures:
            self._open_until = self._clock() + self._open_seconds

    def pause(self, seconds: float) -> None:
        """Allows nothing for so many seconds, as the other side has asked."""
        self._open_until = max(self._open_until, self._clock() + seconds)


class Guard:
    """Acts shortly before a function's time runs out.

    Sleeps in a thread of its own until the first guarded moment: an exporter's thread may hang just then.

    `cut` is called there with the executions whose time is about to run out, once for each.
    """

    def __init__(
        self, cut: Callable[[list[ExecutionState]], None], health: Health, clock: Callable[[], int]
    ) -> None:
        self._cut = cut
        self._clock = clock
        self._worker = Worker("spanvas-guard", self._look, health, self._pause)
        self._reset()

    def _reset(self) -> None:
        self._lock = Lock()
        self._moments: dict[ExecutionState, int] = {}
        self._wakes_at = NEVER

    def after_fork(self) -> None:
        """Forgets all guarded executions in a forked child: their parent guards them."""
        self._reset()
        self._worker.after_fork()

    def watch(self, run: ExecutionState, now: int) -> None:
        """Guards an execution. Wakes the thread only if its moment is earlier than all others."""
        moment = guard_time(now, run.deadline_unix_nano)
        with self._lock:
            self._moments[run] = moment
            is_earlier = moment < self._wakes_at
        if is_earlier:
            self._worker.nudge()

    def forget(self, run: ExecutionState) -> None:
        """Stops guarding an execution."""
        with self._lock:
            self._moments.pop(run, None)

    def _pause(self) -> float | None:
        """Returns the seconds until the first moment; None without one, so that a frozen function sleeps."""
        with self._lock:
            self._wakes_at = min(self._moments.values(), default=NEVER)
        if self._wakes_at == NEVER:
            return None
        return max((self._wakes_at - self._clock()) / NANO, 0.0)

    def _look(self, is_requested: bool) -> bool:
        now = self._clock()
        with self._lock:
            late = [run for run, moment in self._moments.items() if moment <= now]
            for run in late:
                del self._moments[run]
        if late:
            self._cut(late)
        return True


def guard_time(now: int, deadline_unix_nano: int) -> int:
    """Returns the Unix nanoseconds at which the guard acts."""
    shortest, longest = (seconds * NANO for seconds in SECONDS)
    margin = min(max((deadline_unix_nano - now) * SHARE, shortest), longest)
    return int(deadline_unix_nano - margin)
