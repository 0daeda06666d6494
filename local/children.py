"""The processes beside this one: DynamoDB, S3, and the stand-ins for Bedrock and the demo services.

One that ends by itself is started again, at the same address, so that whoever calls it need not know. An engine keeps
its data in memory: what was stored is gone then, and that is said.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from local.processes import (
    Process,
    Spawner,
    size_of,
    stop_processes,
    wait_for_announcements,
)
from local.project import PROJECT

DYNAMODB = "AWS_ENDPOINT_URL_DYNAMODB"
S3 = "AWS_ENDPOINT_URL_S3"
LAMBDA = "AWS_ENDPOINT_URL_LAMBDA"
BEDROCK = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"
CONNECTIONS = "SPANVAS_CONNECTIONS"

BACKOFF_SECONDS: Final = (0.0, 0.5, 1.0, 2.0, 5.0)
"""Before the first and each further start of a process that has ended by itself; the last one for all that follow."""
STEADY_SECONDS: Final = 10.0
"""A process that ran for as long is started again at once when it ends."""


@dataclass(slots=True)
class Child:
    """`command(announced)`: the program and its arguments, with the ports of what it has announced before, else 0."""

    name: str
    command: Callable[[Mapping[str, str]], Sequence[str]]
    variables: Mapping[str, str]
    """What it announces -> the variable that tells it to others."""
    loses: str
    process: Process
    began: int
    """Where the log of this start begins, in bytes."""
    started_at: float
    """By the clock of `Children`, in seconds."""
    announced: dict[str, str]


class Children:
    """Starts them, waits until they listen, and starts again what ends by itself."""

    def __init__(
        self,
        spawner: Spawner,
        logs: Path,
        environment: Mapping[str, str],
        say: Callable[[str], None] = lambda _line: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._spawner = spawner
        self._logs = logs
        self._environment = environment
        self._say = say
        self._clock = clock
        self._restoring = threading.Lock()
        self._children: list[Child] = []
        self._given: dict[str, str] = {}
        self._stopped = threading.Event()

    def start_engine(self, service: str, variable: str) -> None:
        """An engine of ours, unless the variable in our own environment names another one."""
        own = os.environ.get(variable)
        if own:
            self._given[variable] = own
            return

        def command(announced: Mapping[str, str]) -> Sequence[str]:
            return ["local.engines", service, str(port_of(announced.get("URL", "")))]

        self._add(service, command, {"URL": variable}, "what it kept is gone")

    def start_stand_ins(self, latency: float) -> None:
        """Bedrock's and the demo services'; `latency` scales their answer times, 0 answers at once."""
        own = os.environ.get(BEDROCK)
        if own:
            self._given[BEDROCK] = own

        def command(announced: Mapping[str, str]) -> Sequence[str]:
            connections = json.loads(announced.get(CONNECTIONS, "{}"))
            bedrock_port = port_of(announced.get(BEDROCK, ""))
            services_port = port_of(next(iter(connections.values()), ""))
            arguments = ["local.standins", "--bedrock-port", str(bedrock_port)]
            arguments += ["--services-port", str(services_port)]
            return [*arguments, "--latency", str(latency)]

        variables = {BEDROCK: BEDROCK, CONNECTIONS: CONNECTIONS}
        self._add("stand-ins", command, variables, "nothing is lost")

    def wait(self) -> dict[str, str]:
        """Where all of them listen, by variable, when they do. Raises ProcessError."""
        found: dict[str, str] = {}
        for child in self._children:
            self._await(child)
            found |= {variable: child.announced[said] for said, variable in child.variables.items()}
        return {**found, **self._given}

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
        """Returns the process of an engine or a stand-in."""
        return next(child.process for child in self._children if child.name == name)

    def _add(
        self,
        name: str,
        command: Callable[[Mapping[str, str]], Sequence[str]],
        variables: Mapping[str, str],
        loses: str,
    ) -> None:
        began = size_of(self._log(name))
        started_at = self._clock()
        process = self._start(name, command({}))
        child = Child(name, command, variables, loses, process, began, started_at, {})
        self._children.append(child)

    def _watch(self, child: Child, restore: Callable[[], object]) -> None:
        tries = 0
        while True:
            code = child.process.wait()
            if self._clock() - child.started_at >= STEADY_SECONDS:
                tries = 0
            if self._stopped.wait(BACKOFF_SECONDS[min(tries, len(BACKOFF_SECONDS) - 1)]):
                return
            tries += 1
            self._say(
                f"{child.name} ended by itself (code {code}); {child.loses}. It is started again."
            )
            if self._start_again(child) and self._restore(child, restore):
                self._say(f"{child.name} runs again.")

    def _start_again(self, child: Child) -> bool:
        """Whether it listens. One that does not is ended, so that the next try finds its port free."""
        try:
            child.began = size_of(self._log(child.name))
            child.started_at = self._clock()
            child.process = self._start(child.name, child.command(child.announced))
            self._await(child)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next try may work
            self._say_unless_stopped(f"{child.name} could not be started again: {error}")
            if child.process.poll() is None:
                stop_processes([child.process])
            return False
        return True

    def _restore(self, child: Child, restore: Callable[[], object]) -> bool:
        """Whether what it had lost was made anew. Tried as long as it runs: another one may be down meanwhile."""
        tries = 0
        while child.process.poll() is None and not self._stopped.is_set():
            try:
                with self._restoring:
                    restore()
            except Exception as error:  # noqa: BLE001 - whatever it is, the next try may work
                tries += 1
                if tries == 1:
                    self._say_unless_stopped(
                        f"{child.name} runs, but its tables or buckets could not be made yet: {error}"
                    )
                self._stopped.wait(BACKOFF_SECONDS[min(tries, len(BACKOFF_SECONDS) - 1)])
                continue
            return True
        return False

    def _say_unless_stopped(self, line: str) -> None:
        if not self._stopped.is_set():
            self._say(line)

    def _start(self, name: str, arguments: Sequence[str]) -> Process:
        paths = (PROJECT / "layers" / "spanvas", PROJECT / "functions", PROJECT)
        environment = {
            **self._environment,
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "PYTHONUNBUFFERED": "1",
        }
        command = [sys.executable, "-m", *arguments]
        return self._spawner.start(command, env=environment, cwd=PROJECT, log=self._log(name))

    def _await(self, child: Child) -> None:
        child.announced = wait_for_announcements(
            frozenset(child.variables),
            child.process,
            what=child.name,
            log=self._log(child.name),
            begin=child.began,
        )

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"


def port_of(url: str) -> int:
    """0, a free one, where there is no URL yet."""
    return urlsplit(url).port or 0
