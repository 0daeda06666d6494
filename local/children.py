"""The engines: processes beside this one.

One that ends by itself is started again, at the same address, so that whoever calls it need not know. What is lost with
it, and what is not, is said.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local.engines.engine import Engine
from local.http_message import LOOPBACK
from local.processes import (
    Process,
    Spawner,
    free_port,
    stop_processes,
    wait_until_it_answers,
)
from local.project import PROJECT

PAUSE_SECONDS: Final = 1.0
"""Before each try to start again what has ended by itself, and between tries to make again what it has lost."""


@dataclass(slots=True)
class Child:
    """An engine on its port, which is started again when it ends by itself."""

    engine: Engine
    command: Sequence[str]
    """The program and its arguments, with its port: it is found there again."""
    port: int
    process: Process

    @property
    def name(self) -> str:
        """The name of the engine."""
        return self.engine.name


class Children:
    """Starts them, waits until they listen, and starts again what ends by itself."""

    def __init__(
        self,
        spawner: Spawner,
        logs: Path,
        environment: Mapping[str, str],
        say: Callable[[str], None] = lambda _line: None,
        ports: Mapping[str, int] | None = None,
    ) -> None:
        self.ports = dict(ports or {})
        """By the name of what listens: given are those of the last start, taken again where they are free."""
        self._spawner = spawner
        self._logs = logs
        self._environment = environment
        self._say = say
        self._restoring = threading.Lock()
        self._children: list[Child] = []
        self.endpoints: dict[str, str] = {}
        """Where they listen, by variable: known before they do."""
        self._stopped = threading.Event()

    def start_engine(self, engine: Engine, folder: Path) -> None:
        """Starts an engine, unless our own environment names others for all of its services."""
        given = engine.given()
        self.endpoints |= given
        variables = [name for name in engine.variables if name not in given]
        if not variables:
            return
        folder.mkdir(parents=True, exist_ok=True)
        port = self._port(engine.name)
        self.endpoints |= dict.fromkeys(variables, f"http://{LOOPBACK}:{port}")

        command = engine.command(port, folder)
        process = self._start(engine, command)
        self._children.append(Child(engine, command, port, process))

    def wait(self) -> None:
        """Returns when all that were started listen. Raises ProcessError."""
        for child in self._children:
            self._wait(child)

    def keep_running(self, restore: Callable[[], object]) -> None:
        """From now on, start again what ends by itself; `restore` is then called to make what an engine has lost."""
        for child in self._children:
            threading.Thread(
                target=self._watch, args=(child, restore), name=f"watch-{child.name}", daemon=True
            ).start()

    def stop(self) -> None:
        """Start nothing again; the spawner ends what runs."""
        self._stopped.set()

    def process(self, name: str) -> Process:
        """Returns the process of an engine."""
        return next(child.process for child in self._children if child.name == name)

    def _watch(self, child: Child, restore: Callable[[], object]) -> None:
        while True:
            code = child.process.wait()
            if self._stopped.wait(PAUSE_SECONDS):
                return
            self._say(
                f"{child.name} ended by itself (code {code}); {child.engine.loses}. It is started again."
            )
            if self._start_again(child) and self._restore(child, restore):
                self._say(f"{child.name} runs again.")

    def _start_again(self, child: Child) -> bool:
        """Whether it listens. One that does not is ended, so that the next try finds its port free."""
        try:
            child.process = self._start(child.engine, child.command)
            self._wait(child)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next try may work
            self._say_unless_stopped(f"{child.name} could not be started again: {error}")
            if child.process.poll() is None:
                stop_processes([child.process])
            return False
        return True

    def _restore(self, child: Child, restore: Callable[[], object]) -> bool:
        """Whether what it had lost was made anew. Tried as long as it runs: another one may be down meanwhile."""
        is_told = False
        while child.process.poll() is None and not self._stopped.is_set():
            try:
                with self._restoring:
                    restore()
            except Exception as error:  # noqa: BLE001 - whatever it is, the next try may work
                if not is_told:
                    self._say_unless_stopped(
                        f"{child.name} runs, but its tables or buckets could not be made yet: {error}"
                    )
                is_told = True
                self._stopped.wait(PAUSE_SECONDS)
            else:
                return True
        return False

    def _say_unless_stopped(self, line: str) -> None:
        if not self._stopped.is_set():
            self._say(line)

    def _wait(self, child: Child) -> None:
        path, log = child.engine.health_path, self._log(child.name)
        wait_until_it_answers(child.port, path, child.process, what=child.name, log=log)

    def _start(self, engine: Engine, command: Sequence[str]) -> Process:
        paths = (PROJECT / "layers" / "spanvas", PROJECT / "functions", PROJECT)
        whole = {
            **self._environment,
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "PYTHONUNBUFFERED": "1",
            **engine.environment,
        }
        return self._spawner.start(command, env=whole, cwd=PROJECT, log=self._log(engine.name))

    def _port(self, name: str) -> int:
        """Returns the port of the last start where that is free, else another one."""
        self.ports[name] = free_port(self.ports.get(name, 0))
        return self.ports[name]

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"
