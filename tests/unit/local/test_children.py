"""What ends by itself beside the stack is started again, after a pause."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

import pytest

from local.children import Children
from local.engines.engine import Engine
from local.processes import Process, ProcessError, Spawner

PORT = 4566
URL = f"http://127.0.0.1:{PORT}"
DYNAMODB = Engine(
    name="dynamodb",
    variables=("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_DYNAMODB_STREAMS"),
    command=lambda port, folder: ["engine", str(port), folder.name],
    loses="what it kept is gone",
)


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
    """Its processes answer at once (`engine_that_answers`)."""

    def __init__(self) -> None:
        self.started: list[tuple[str, ...]] = []

    def start(
        self, program: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path
    ) -> Process:
        self.started.append(tuple(program))
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


def watched(
    logs: Path, waits: Waits, restore: Callable[[], object] = lambda: None
) -> tuple[FakeSpawner, list[str]]:
    """An engine that ends again and again, until `waits` has enough: its starts and what was said."""
    spawner, said = FakeSpawner(), list[str]()
    children = Children(cast("Spawner", spawner), logs, {}, said.append)
    children._stopped = waits
    children.start_engine(DYNAMODB, logs / "data")
    children.wait()
    assert children.endpoints == dict.fromkeys(DYNAMODB.variables, URL)
    children.keep_running(restore)
    for thread in threading.enumerate():
        if thread.name == "watch-dynamodb":
            thread.join(60)
    return spawner, said


@pytest.fixture(autouse=True)
def engine_that_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in DYNAMODB.variables:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("local.children.free_port", lambda preferred: preferred or PORT)
    monkeypatch.setattr("local.children.wait_until_it_answers", lambda *_, **__: None)


def test_what_ends_again_and_again_is_started_after_a_pause_each_time(tmp_path: Path) -> None:
    waits = Waits(4)
    spawner, said = watched(tmp_path, waits)
    assert waits.seconds == [1.0, 1.0, 1.0, 1.0]
    assert spawner.started == [("engine", "4566", "data")] * 4
    assert said[:2] == [
        "dynamodb ended by itself (code 1); what it kept is gone. It is started again.",
        "dynamodb runs again.",
    ]


def test_what_it_has_lost_is_made_when_that_works(tmp_path: Path) -> None:
    """As when both engines have ended, and the other one is not there yet."""
    failures = [ConnectionError("s3 is not there"), ConnectionError("s3 is not there")]

    def restore() -> None:
        if failures:
            raise failures.pop()

    waits = Waits(4)
    spawner, said = watched(tmp_path, waits, restore)
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
    starts = iter([1])

    def answers_once(*_: object, **__: object) -> None:
        if next(starts, None) is None:
            raise ProcessError("dynamodb is not ready after 30 s")

    monkeypatch.setattr("local.children.wait_until_it_answers", answers_once)
    spawner, said = watched(tmp_path, Waits(3))
    assert len(spawner.started) == 3
    assert len(ended) == 2
    assert "dynamodb could not be started again: dynamodb is not ready after 30 s" in said
    assert "dynamodb runs again." not in said


def children_of(logs: Path) -> tuple[Children, FakeSpawner]:
    spawner = FakeSpawner()
    return Children(cast("Spawner", spawner), logs, {}, ports={"dynamodb": 5001}), spawner


def test_an_engine_has_the_port_of_the_last_start(tmp_path: Path) -> None:
    children, spawner = children_of(tmp_path)
    children.start_engine(DYNAMODB, tmp_path / "data")
    assert spawner.started == [("engine", "5001", "data")]
    assert (tmp_path / "data").is_dir()


def test_services_that_the_user_sends_elsewhere_are_not_asked_of_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = DYNAMODB.variables
    monkeypatch.setenv(one, "http://127.0.0.1:8000")
    children, spawner = children_of(tmp_path)
    children.start_engine(DYNAMODB, tmp_path / "data")
    children.wait()
    assert children.endpoints == {one: "http://127.0.0.1:8000", other: "http://127.0.0.1:5001"}
    assert len(spawner.started) == 1


def test_an_engine_of_which_nothing_is_asked_is_not_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in DYNAMODB.variables:
        monkeypatch.setenv(name, "http://127.0.0.1:8000")
    children, spawner = children_of(tmp_path)
    children.start_engine(DYNAMODB, tmp_path / "data")
    children.wait()
    assert children.endpoints == dict.fromkeys(DYNAMODB.variables, "http://127.0.0.1:8000")
    assert spawner.started == []
