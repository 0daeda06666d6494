"""What ends by itself beside the stack is started again, and not in a hurry."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

import pytest

from local.children import Children
from local.processes import Process, ProcessError, Spawner

URL = "http://127.0.0.1:4566"


class FakeProcess:
    """Has ended by itself when somebody waits for it."""

    pid = 0

    def __init__(self) -> None:
        self.returncode: int | None = None

    def poll(self) -> int | None:
        return self.returncode

    def wait(self) -> int:
        self.returncode = 1
        return 1


class FakeSpawner:
    """Its processes say at once where they listen."""

    def __init__(self) -> None:
        self.started: list[tuple[str, ...]] = []

    def start(
        self, program: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path
    ) -> Process:
        self.started.append(tuple(program[2:]))
        with log.open("a", encoding="utf-8") as file:
            file.write(f"URL={URL}\n")
        return cast("Process", FakeProcess())


class Waits(threading.Event):
    """Notes how long is waited instead of waiting; set after the last one of `count`."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.seconds: list[float | None] = []
        self._count = count

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds.append(timeout)
        if len(self.seconds) >= self._count:
            self.set()
        return self.is_set()


class Clock:
    def __init__(self, step: float) -> None:
        self._now = 0.0
        self._step = step

    def __call__(self) -> float:
        self._now += self._step
        return self._now


def watched(
    logs: Path, waits: Waits, clock: Clock, restore: Callable[[], object] = lambda: None
) -> tuple[FakeSpawner, list[str]]:
    """An engine that ends again and again, until `waits` has enough: its starts and what was said."""
    spawner, said = FakeSpawner(), list[str]()
    children = Children(cast("Spawner", spawner), logs, {}, said.append, clock)
    children._stopped = waits
    children.start_engine("dynamodb", "AWS_ENDPOINT_URL_DYNAMODB")
    assert children.wait() == {"AWS_ENDPOINT_URL_DYNAMODB": URL}
    children.keep_running(restore)
    for thread in threading.enumerate():
        if thread.name == "watch-dynamodb":
            thread.join(60)
    return spawner, said


@pytest.fixture(autouse=True)
def no_engine_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB", raising=False)


def test_what_ends_again_and_again_is_started_less_and_less_often(tmp_path: Path) -> None:
    waits = Waits(7)
    spawner, said = watched(tmp_path, waits, Clock(0.1))
    assert waits.seconds == [0.0, 0.5, 1.0, 2.0, 5.0, 5.0, 5.0]
    assert spawner.started == [
        ("local.engines", "dynamodb", "0"),
        *[("local.engines", "dynamodb", "4566")] * 6,
    ]
    assert said[:2] == [
        "dynamodb ended by itself (code 1); what it kept is gone. It is started again.",
        "dynamodb runs again.",
    ]


def test_what_has_run_for_ten_seconds_is_started_at_once(tmp_path: Path) -> None:
    waits = Waits(4)
    watched(tmp_path, waits, Clock(10.0))
    assert waits.seconds == [0.0, 0.0, 0.0, 0.0]


def test_what_it_has_lost_is_made_when_that_works(tmp_path: Path) -> None:
    """As when both engines have ended, and the other one is not there yet."""
    failures = [ConnectionError("s3 is not there"), ConnectionError("s3 is not there")]

    def restore() -> None:
        if failures:
            raise failures.pop()

    waits = Waits(4)
    spawner, said = watched(tmp_path, waits, Clock(0.1), restore)
    assert len(spawner.started) == 2
    assert said == [
        "dynamodb ended by itself (code 1); what it kept is gone. It is started again.",
        "dynamodb runs, but its tables or buckets could not be made yet: s3 is not there",
        "dynamodb runs again.",
    ]


def test_what_runs_but_does_not_listen_is_ended_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[object] = []
    monkeypatch.setattr("local.children.stop_processes", ended.extend)
    answers = iter([{"URL": URL}])

    def announcements(*_: object, **__: object) -> dict[str, str]:
        try:
            return next(answers)
        except StopIteration:
            raise ProcessError("dynamodb is not ready after 30 s") from None

    monkeypatch.setattr("local.children.wait_for_announcements", announcements)
    spawner, said = watched(tmp_path, Waits(3), Clock(0.1))
    assert len(spawner.started) == 3
    assert len(ended) == 2
    assert "dynamodb could not be started again: dynamodb is not ready after 30 s" in said
    assert "dynamodb runs again." not in said
