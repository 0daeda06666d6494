"""The guard's thread: whom it wakes for, and when."""

from __future__ import annotations

import time

from spanvas.tracing.guard import Guard, guard_time
from spanvas.tracing.health import Health
from spanvas.tracing.run import Run
from tests.unit.tracing.test_delivery import eventually
from tests.unit.tracing.test_small_parts import make_run

SECOND = 1_000_000_000


def make_guard() -> tuple[Guard, list[str]]:
    cut: list[str] = []

    def note(runs: list[Run]) -> None:
        cut.extend(run.execution_id for run in runs)

    return Guard(note, Health(), time.time_ns), cut


def due_in(seconds: float, execution_id: str) -> Run:
    """A run that is guarded after so many seconds."""
    deadline = time.time_ns() + int((seconds + 0.3) * SECOND)
    return make_run(execution_id=execution_id, deadline_unix_nano=deadline)


def test_a_tenth_of_the_time_is_kept_but_neither_too_little_nor_too_much() -> None:
    assert guard_time(0, SECOND) == int(0.7 * SECOND)
    assert guard_time(0, 10 * SECOND) == 9 * SECOND
    assert guard_time(0, 900 * SECOND) == 898 * SECOND


def test_each_execution_is_cut_once_in_its_time() -> None:
    guard, cut = make_guard()
    guard.watch(due_in(0.2, "later"), time.time_ns())
    guard.watch(due_in(0.05, "sooner"), time.time_ns())
    eventually(lambda: cut == ["sooner", "later"])
    time.sleep(0.05)
    assert cut == ["sooner", "later"]


def test_an_execution_that_ends_in_time_is_left_alone() -> None:
    guard, cut = make_guard()
    ended = due_in(0.05, "ended")
    guard.watch(ended, time.time_ns())
    guard.forget(ended)
    guard.watch(due_in(0.1, "open"), time.time_ns())
    eventually(lambda: cut == ["open"])


def test_a_look_too_early_cuts_nothing() -> None:
    guard, cut = make_guard()
    guard.watch(due_in(60, "open"), time.time_ns())
    assert guard._look(False)
    assert cut == []


def test_after_a_fork_it_watches_anew() -> None:
    guard, cut = make_guard()
    guard.watch(due_in(60, "parent's"), time.time_ns())
    guard.after_fork()
    guard.watch(due_in(0.01, "child's"), time.time_ns())
    eventually(lambda: cut == ["child's"])
