"""Starting and stopping the processes of the stack so that none outlives it."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

from local.http_message import LOOPBACK

ENTER = Path(__file__).with_name("enter.py")
NO_MOUNT = "-"


class ProcessError(Exception):
    """A process of the stack did not start or ended by itself; the message names it and its log."""


class Spawner:
    """Starts every process of the stack from one thread that lives as long as the stack does.

    The kernel's "kill me when my parent dies" watches the *thread* that started the child, not its process
    (prctl(2), PR_SET_PDEATHSIG), so a request's thread must never be that parent.
    """

    def __init__(self) -> None:
        self._orders: queue.SimpleQueue[
            tuple[Callable[[], subprocess.Popen[bytes]], Future[subprocess.Popen[bytes]]] | None
        ]
        self._orders = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="spawner", daemon=True)
        self._thread.start()

    def start(
        self,
        program: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log: Path,
        opt: str = NO_MOUNT,
    ) -> subprocess.Popen[bytes]:
        """Start a program in a process group of its own, its output appended to `log`."""
        log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-I", "-S", str(ENTER), str(os.getpid()), opt, *program]

        def order() -> subprocess.Popen[bytes]:
            with log.open("ab") as output:
                return subprocess.Popen(
                    command,
                    env=dict(env),
                    cwd=cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    process_group=0,
                )

        future: Future[subprocess.Popen[bytes]] = Future()
        self._orders.put((order, future))
        return future.result()

    def stop(self) -> None:
        self._orders.put(None)

    def _work(self) -> None:
        while (order := self._orders.get()) is not None:
            start, future = order
            try:
                future.set_result(start())
            except Exception as error:  # noqa: BLE001 - handed to whoever ordered the process
                future.set_exception(error)


def signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal a program and whatever it started; it may be gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def stop_processes(
    processes: Sequence[subprocess.Popen[bytes]], grace_seconds: float = 3.0
) -> None:
    """SIGTERM to all, SIGKILL to what is still there after `grace_seconds`."""
    for process in processes:
        signal_group(process, signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        signal_group(process, signal.SIGKILL)
        process.wait()


def free_port() -> int:
    """A port that nobody listens on now. The caller has to take it soon."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def wait_for_port(
    port: int, process: subprocess.Popen[bytes], *, name: str, log: Path, seconds: float = 30.0
) -> None:
    """Return when something listens on the port. Raises ProcessError with the log's last lines."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ProcessError(
                f"{name} ended with code {process.returncode}; {log} ends with:\n{tail(log)}"
            )
        with socket.socket() as probe:
            probe.settimeout(1.0)
            if probe.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.02)
    raise ProcessError(f"{name} does not answer on port {port}; {log} ends with:\n{tail(log)}")


def tail(log: Path, lines: int = 15) -> str:
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
