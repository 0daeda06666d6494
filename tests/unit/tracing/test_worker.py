"""The worker's thread: requests, pauses, budgets."""

from __future__ import annotations

import threading

from spanvas.tracing.health import Health
from spanvas.tracing.worker import Worker


def test_a_request_is_worked_on_and_waited_for() -> None:
    calls: list[bool] = []

    def work(is_requested: bool) -> bool:
        calls.append(is_requested)
        return True

    worker = Worker("t", work, Health())
    assert worker.wait(worker.request(), 60)
    assert worker.wait(worker.request(), 60)
    assert calls == [True, True]


def test_the_answer_of_the_work_is_the_answer_of_the_wait() -> None:
    worker = Worker("t", lambda _: False, Health())
    assert not worker.wait(worker.request(), 60)


def test_waiting_ends_with_the_budget_and_the_work_goes_on() -> None:
    gate = threading.Event()
    worker = Worker("t", lambda _: gate.wait(60), Health())
    ticket = worker.request()
    assert not worker.wait(ticket, 0.05)
    assert not worker.is_done(ticket)
    gate.set()
    assert worker.wait(ticket, 60)


def test_a_worker_that_is_stuck_in_older_work_is_not_waited_for() -> None:
    """By a clock that stands still: whoever waited would wait for the work itself."""
    gate, began = threading.Event(), threading.Event()
    now = [0.0]

    def work(_: bool) -> bool:
        began.set()
        return gate.wait(60)

    worker = Worker("t", work, Health(), clock=lambda: now[0])
    worker.request()
    assert began.wait(60)
    now[0] = 0.3
    assert worker.is_stuck(0.25)
    later = worker.request()
    assert not worker.wait(later, 0.25)
    gate.set()
    assert worker.wait(later, 60)
    assert not worker.is_stuck(0)


def test_work_comes_round_by_itself_after_the_pause() -> None:
    done = threading.Event()
    calls: list[bool] = []

    def work(is_requested: bool) -> bool:
        calls.append(is_requested)
        done.set()
        return True

    pauses = iter([0.01])
    worker = Worker("t", work, Health(), lambda: next(pauses, None))
    worker.nudge()
    assert done.wait(60)
    assert calls == [False]


def test_a_nudge_asks_for_the_pause_again() -> None:
    asked = threading.Semaphore(0)
    worker = Worker("t", lambda _: True, Health(), asked.release)
    worker.nudge()
    assert asked.acquire(timeout=60)
    worker.nudge()
    assert asked.acquire(timeout=60)


def test_an_exception_is_a_failure_and_the_thread_lives_on() -> None:
    health = Health()
    answers = iter([ZeroDivisionError("boom"), None])

    def work(_: bool) -> bool:
        error = next(answers)
        if error is not None:
            raise error
        return True

    worker = Worker("t", work, health)
    assert not worker.wait(worker.request(), 60)
    assert worker.wait(worker.request(), 60)
    assert health.counts() == {"problem.t": 1}


def test_after_a_fork_it_starts_anew() -> None:
    worker = Worker("t", lambda _: True, Health())
    assert worker.wait(worker.request(), 60)
    worker.after_fork()
    assert worker.wait(worker.request(), 60)
