"""The guard's thread: whom it wakes for, and when."""

from __future__ import annotations

import time

from spanvas.tracing.execution_state import ExecutionState
from spanvas.tracing.health import Health
from spanvas.tracing.worker import Guard, guard_time
from tests.support.recording import SECOND, HandClock, eventually, make_run


class Guarded:
    """A guard and whom it has cut, by a clock that stands still."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.began = self.clock.time
        self.cut: list[str] = []
        self.guard = Guard(self._note, Health(), self.clock)

    def _note(self, runs: list[ExecutionState]) -> None:
        self.cut.extend(run.execution_id for run in runs)

    def watch(self, execution_id: str, due_seconds: float) -> ExecutionState:
        """A run that is guarded after so many seconds."""
        # A tenth of its time is kept.
        deadline = self.began + int(due_seconds / 0.9 * SECOND)
        run = make_run(execution_id=execution_id, deadline_unix_nano=deadline)
        self.guard.watch(run, self.began)
        return run

    def after(self, seconds: float) -> None:
        self.clock.time = self.began + int(seconds * SECOND)
        self.guard._worker.nudge()


def test_a_tenth_of_the_time_is_kept_but_neither_too_little_nor_too_much() -> None:
    assert guard_time(0, SECOND) == int(0.7 * SECOND)
    assert guard_time(0, 10 * SECOND) == 9 * SECOND
    assert guard_time(0, 900 * SECOND) == 898 * SECOND


def test_each_execution_is_cut_once_in_its_time() -> None:
    guarded = Guarded()
    guarded.watch("later", 18)
    guarded.watch("sooner", 9)
    guarded.after(10)
    eventually(lambda: guarded.cut == ["sooner"])
    guarded.after(19)
    eventually(lambda: guarded.cut == ["sooner", "later"])
    guarded.guard._look(False)
    assert guarded.cut == ["sooner", "later"]


def test_an_execution_that_ends_in_time_is_left_alone() -> None:
    guarded = Guarded()
    guarded.guard.forget(guarded.watch("ended", 9))
    guarded.watch("open", 10)
    guarded.after(11)
    eventually(lambda: guarded.cut == ["open"])


def test_it_wakes_by_itself() -> None:
    guarded = Guarded()
    guarded.guard._clock = time.time_ns
    guarded.watch("open", 0.01)
    eventually(lambda: guarded.cut == ["open"])


def test_a_look_too_early_cuts_nothing() -> None:
    guarded = Guarded()
    guarded.watch("open", 9)
    assert guarded.guard._look(False)
    assert guarded.cut == []


def test_after_a_fork_it_watches_anew() -> None:
    guarded = Guarded()
    guarded.watch("parent's", 9)
    guarded.guard.after_fork()
    guarded.watch("child's", 10)
    guarded.after(11)
    eventually(lambda: guarded.cut == ["child's"])
