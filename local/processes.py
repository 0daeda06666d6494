"""Starting and stopping the processes of the stack so that none outlives it."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import SystemRandom
from typing import IO

from local.http_message import LOOPBACK

ENTER = Path(__file__).with_name("enter.py")
NO_MOUNT = "-"
OWN_PORTS = range(20_000, 32_768)
"""Below those that Linux and macOS give to whoever asks for any port."""
TRIED_PORTS = 100

_random = SystemRandom()

Process = subprocess.Popen[bytes]


class ProcessError(Exception):
    """A process of the stack did not start or ended by itself; the message names it and its log."""


class EndedError(ProcessError):
    """A process ended before it could be used, with an exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class Spawner:
    """Starts every process of the stack from one thread that lives as long as the stack does, and ends them all.

    The kernel's "kill me when my parent dies" watches the *thread* that started the child, not its process
    (prctl(2), PR_SET_PDEATHSIG), so a request's thread must never be that parent.
    """

    def __init__(self) -> None:
        self._started: list[Process] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="spawner")

    def start(
        self,
        program: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log: Path,
        opt: str = NO_MOUNT,
    ) -> Process:
        """Start a program in a process group of its own, its output appended to `log`, if there is room for one.

        Raises ProcessError once `stop` was called, and what starting a process raises.
        """
        command = [sys.executable, "-I", "-S", str(ENTER), str(os.getpid()), opt, *program]

        def order() -> Process:
            with open_log(log) as output:
                process = subprocess.Popen(
                    command,
                    env=dict(env),
                    cwd=cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    process_group=0,
                )
            self._started = [started for started in self._started if started.poll() is None]
            self._started.append(process)
            return process

        try:
            ordered = self._thread.submit(order)
        except RuntimeError as error:
            raise ProcessError(f"{program[0]} is not started: the stack is stopping") from error
        return ordered.result()

    def stop(self) -> None:
        """Start nothing any more and end what still runs; who orders a process after this is refused."""
        self._thread.shutdown()
        stop_processes(self._started)


def open_log(log: Path) -> IO[bytes]:
    """The file to append to; nowhere, where it cannot be made (a full disk)."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        return log.open("ab")
    except OSError:
        return Path(os.devnull).open("ab")


def signal_group(process: Process, number: signal.Signals) -> None:
    """Signal a program and whatever it started; it may be gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def stop_processes(processes: Sequence[Process], grace_seconds: float = 3.0) -> None:
    """SIGTERM to all, SIGKILL to what is still there after `grace_seconds`.

    No wait is without an end: a signal that interrupted `poll` may have left its lock taken.
    """
    for process in processes:
        signal_group(process, signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        signal_group(process, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace_seconds)


def wait_until_it_answers(
    port: int, path: str, process: Process, *, what: str, log: Path, seconds: float = 60.0
) -> None:
    """Returns when a port of loopback answers a GET with a status below 500. Raises ProcessError."""
    deadline = time.monotonic() + seconds
    while not answers(port, path):
        if process.poll() is not None:
            raise EndedError(
                f"{what} ended with code {process.returncode}; {log} ends with:\n{tail(log)}",
                process.returncode,
            )
        if time.monotonic() > deadline:
            raise ProcessError(
                f"{what} is not ready after {seconds:.0f} s; {log} ends with:\n{tail(log)}"
            )
        time.sleep(0.02)


def answers(port: int, path: str) -> bool:
    """Whether a port of loopback answers a GET with a status below 500."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def free_port(preferred: int = 0) -> int:
    """Returns a port of loopback that nothing listens on: the preferred one where it is free.

    Another one is of those that the system gives to nobody who does not name it: until the process that it is for
    listens, none that asks for any port, and no connection, can take it.
    """
    for port in (*([preferred] if preferred else []), *_random.sample(OWN_PORTS, TRIED_PORTS)):
        with contextlib.suppress(OSError), socket.create_server((LOOPBACK, port)):
            return port
    raise ProcessError(f"no port of {LOOPBACK} is free: {TRIED_PORTS} were tried")


def tail(log: Path, lines: int = 15) -> str:
    """Returns the last lines of a log; "" where there is none."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
