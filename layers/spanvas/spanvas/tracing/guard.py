"""The guard: shortly before a function's time runs out, what is open is recorded as cut, and flushed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import Final

from spanvas.model.units import NANO
from spanvas.tracing.health import Health
from spanvas.tracing.run import Run
from spanvas.tracing.worker import Worker

SHARE: Final = 0.1
SECONDS: Final = (0.3, 2.0)
"""So long before the deadline it acts: a tenth of the time given, within these bounds."""
NEVER: Final = 1 << 63


class Guard:
    """Sleeps in a thread of its own until the first guarded moment: an exporter's thread may hang just then.

    `cut` is called there with the executions whose time is about to run out, once for each.
    """

    def __init__(
        self, cut: Callable[[list[Run]], None], health: Health, clock: Callable[[], int]
    ) -> None:
        self._cut = cut
        self._clock = clock
        self._worker = Worker("spanvas-guard", self._look, health, self._pause)
        self._reset()

    def _reset(self) -> None:
        self._lock = Lock()
        self._runs: set[Run] = set()
        self._wakes_at = NEVER

    def after_fork(self) -> None:
        self._reset()
        self._worker.after_fork()

    def watch(self, run: Run, now: int) -> None:
        """Wakes the thread only if it sleeps for too long: as a rule it has its eye on an earlier execution."""
        moment = run.guard_at_unix_nano = guard_time(now, run.deadline_unix_nano)
        with self._lock:
            self._runs.add(run)
            is_earlier = moment < self._wakes_at
        if is_earlier:
            self._worker.nudge()

    def forget(self, run: Run) -> None:
        with self._lock:
            self._runs.discard(run)

    def _pause(self) -> float | None:
        """Seconds until the first moment; None without one: a frozen function is left in peace."""
        with self._lock:
            self._wakes_at = min(_moments(self._runs), default=NEVER)
        if self._wakes_at == NEVER:
            return None
        return max((self._wakes_at - self._clock()) / NANO, 0.0)

    def _look(self, is_requested: bool) -> bool:
        now = self._clock()
        with self._lock:
            late = [run for run in self._runs if (run.guard_at_unix_nano or NEVER) <= now]
        for run in late:
            run.guard_at_unix_nano = None
        if late:
            self._cut(late)
        return True


def guard_time(now: int, deadline_unix_nano: int) -> int:
    shortest, longest = (seconds * NANO for seconds in SECONDS)
    margin = min(max((deadline_unix_nano - now) * SHARE, shortest), longest)
    return int(deadline_unix_nano - margin)


def _moments(runs: Iterable[Run]) -> list[int]:
    return [run.guard_at_unix_nano for run in runs if run.guard_at_unix_nano is not None]
