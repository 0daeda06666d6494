"""Calls that run at the same time, and what happens where no thread can be started any more."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextvars import ContextVar

import pytest

from spanvas.storage.aws import run_concurrently

AT_THE_END = """
import atexit
from functools import partial
from spanvas.storage.aws import run_concurrently
from spanvas.storage.aws import run_concurrently
run_concurrently([lambda: None, lambda: None])
atexit.register(run_concurrently, [partial(print, "item"), partial(print, "object")])
"""


def test_all_are_made_at_the_same_time() -> None:
    meeting = threading.Barrier(3, timeout=60)

    def meet() -> None:
        meeting.wait()

    run_concurrently([meet] * 3)
    assert not meeting.broken


def test_what_one_raises_is_raised_when_all_have_ended() -> None:
    made: list[str] = []

    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        run_concurrently([fail, lambda: made.append("other")])
    assert made == ["other"]


def test_each_is_made_in_the_context_of_the_caller() -> None:
    looks_away = ContextVar("looks_away", default=False)
    token = looks_away.set(True)
    seen: list[bool] = []
    run_concurrently([lambda: seen.append(looks_away.get())] * 3)
    looks_away.reset(token)
    assert seen == [True, True, True]


def test_one_is_made_here() -> None:
    made: list[threading.Thread] = []
    run_concurrently([lambda: made.append(threading.current_thread())])
    assert made == [threading.current_thread()]


def test_while_the_interpreter_ends_they_come_one_after_the_other() -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", AT_THE_END],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "item\nobject\n", "")
