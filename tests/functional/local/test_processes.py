"""No process of the stack outlives it, and one that cannot start says why."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.http_message import Response
from local.http_server import HttpServer
from local.processes import ProcessError, Spawner, free_port, wait_until_it_answers
from local.project import PROJECT
from local.stack import Options, Stack
from local.state import StackError

SLEEP = ["/bin/sh", "-c", "sleep 60 & echo CHILD=$!; wait"]


@pytest.fixture
def spawner() -> Iterator[Spawner]:
    made = Spawner()
    yield made
    made.stop()


def is_running(pid: int) -> bool:
    """Whether the process still does something: a dead one may wait long for its parent to notice."""
    command = ["ps", "-o", "stat=", "-p", str(pid)]
    state = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return bool(state) and not state.startswith("Z")


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def test_stopping_ends_a_program_and_what_it_started(tmp_path: Path) -> None:
    spawner = Spawner()
    log = tmp_path / "log"
    process = spawner.start(SLEEP, env={"PATH": "/bin:/usr/bin"}, cwd=tmp_path, log=log)
    assert wait_until(lambda: log.exists() and log.read_text(encoding="utf-8").endswith("\n"))
    child = int(log.read_text(encoding="utf-8").removeprefix("CHILD="))
    spawner.stop()
    assert process.returncode is not None
    assert wait_until(lambda: not is_running(child))


def test_nothing_is_started_once_it_was_stopped(spawner: Spawner, tmp_path: Path) -> None:
    spawner.stop()
    with pytest.raises(ProcessError, match=r"^/bin/sh is not started: the stack is stopping$"):
        spawner.start(SLEEP, env={}, cwd=tmp_path, log=tmp_path / "log")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's promise is Linux's")
def test_a_killed_stack_takes_its_processes_with_it(tmp_path: Path) -> None:
    parent = f"""
import sys, time
from pathlib import Path
from local.processes import Spawner
process = Spawner().start(
    ["/bin/sleep", "60"], env={{}}, cwd=Path({str(tmp_path)!r}), log=Path({str(tmp_path / "log")!r})
)
print(process.pid, flush=True)
time.sleep(60)
"""
    command = [sys.executable, "-c", parent]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        comm = Path(f"/proc/{child}/comm")
        assert wait_until(lambda: comm.read_text(encoding="ascii").strip() == "sleep")
        process.kill()
    assert wait_until(lambda: not is_running(child))


def test_a_program_that_ends_early_is_told_with_the_end_of_its_log(
    spawner: Spawner, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    command = ["/bin/sh", "-c", "echo no such table; exit 3"]
    process = spawner.start(command, env={}, cwd=tmp_path, log=log)
    with pytest.raises(ProcessError, match=r"engine ended with code 3; .*\n?no such table"):
        wait_until_it_answers(free_port(), "/", process, what="engine", log=log)


def test_a_program_that_does_not_exist_is_told(spawner: Spawner, tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = spawner.start([str(tmp_path / "absent")], env={}, cwd=tmp_path, log=log)
    assert process.wait(60) == 98
    assert "cannot run" in log.read_text(encoding="utf-8")


def test_an_occupied_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    occupied = HttpServer(name="occupied").start(lambda _request: Response(200))
    try:
        with (
            pytest.raises(
                StackError, match=rf"Port {occupied.port} is in use.*PORT={occupied.port + 1}"
            ),
            Stack(Options(port=occupied.port, state=tmp_path)),
        ):
            pass
    finally:
        occupied.stop()


@pytest.mark.parametrize("port", [-1, 65_536, 100_000])
def test_what_is_no_port_is_told_with_the_way_out(tmp_path: Path, port: int) -> None:
    with pytest.raises(StackError, match=rf"{port} is no port: .*make run PORT=8321"):
        Stack(Options(port=port, state=tmp_path)).__enter__()


def test_a_port_that_only_root_may_take_is_told_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("local.front.HttpServer", refuse)
    with pytest.raises(StackError) as caught:
        Stack(Options(port=80, state=tmp_path)).__enter__()
    assert str(caught.value) == (
        "Port 80 on 127.0.0.1 cannot be listened on: Permission denied. Choose another: make run PORT=8321"
    )


def test_a_second_start_leaves_the_first_one_s_logs_and_state(tmp_path: Path) -> None:
    occupied = HttpServer(name="occupied").start(lambda _request: Response(200))
    (tmp_path / "logs").mkdir()
    kept = [tmp_path / "stack.json", tmp_path / "logs" / "gateway.log"]
    for path in kept:
        path.write_text("of the first", encoding="utf-8")
    try:
        with pytest.raises(StackError, match="is in use"):
            Stack(Options(port=occupied.port, state=tmp_path)).__enter__()
    finally:
        occupied.stop()
    assert [path.read_text(encoding="utf-8") for path in kept] == ["of the first"] * 2
