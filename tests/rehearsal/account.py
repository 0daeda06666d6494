"""The account on the emulator while it is rehearsed: its engine, the functions' sandboxes, and SAM."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import standins
from local.http_server import HttpServer
from local.otlp_sink import OtlpSink
from local.processes import Spawner
from local.project import PROJECT
from tests.rehearsal.engine import Engine
from tests.rehearsal.functions import FunctionHost
from tests.rehearsal.report import RehearsalError

STACK: Final = "spanvas"
BEDROCK: Final = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"
SAM_SECONDS: Final = 300

COMPLAINT: Final = re.compile(r'"level": ?"(?:WARNING|ERROR|CRITICAL)"')
COMPLAINTS: Final = 5
COMPLAINT_LENGTH: Final = 400


class Account:
    """An empty AWS account on this machine, from its start to its end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "logs").mkdir(parents=True, exist_ok=True)
        self._spawner = Spawner()
        self._clients: dict[str, Any] = {}

    def __enter__(self) -> Account:
        try:
            self._start()
        except BaseException:
            self._spawner.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.functions.stop()
        self._collector_server.stop()
        self._stand_ins.stop()
        self._spawner.stop()

    def _start(self) -> None:
        self.collector = OtlpSink(self.folder / "otlp")
        """A collector that spans are sent to besides."""
        self._collector_server = HttpServer(name="collector")
        self.collector_url = self._collector_server.start(self.collector.handle).url
        self._stand_ins = standins.start()
        self.connections = json.dumps(self._stand_ins.connections)
        self.functions = FunctionHost(self.folder, self._spawner)
        self.engine = Engine(self._spawner, self.folder, self.functions.url)
        environment = {**self.engine.environment, BEDROCK: self._stand_ins.bedrock_url}
        self.functions.use(
            self.engine.client("lambda"), self.engine.client("cloudwatch"), environment
        )
        self.engine.wait_until_ready()

    def client(self, service: str) -> Any:
        """Returns a boto3 client of the account's owner."""
        if service not in self._clients:
            self._clients[service] = self.engine.client(service)
        return self._clients[service]

    def variables(self, own: dict[str, str]) -> dict[str, str]:
        """The environment of a program: this one's without anything that AWS's tools read, and `own`."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "SAM_"))}
        paths = (PROJECT / "layers" / "spanvas", PROJECT / "functions", PROJECT)
        return {**inherited, "PYTHONPATH": os.pathsep.join(map(str, paths)), **own}

    def complaints(self) -> list[str]:
        """Returns the last warnings and errors in the functions' logs, one line each."""
        lines = []
        for log in sorted((self.folder / "logs").glob(f"{STACK}-*.log"), key=last_written):
            text = log.read_text(encoding="utf-8", errors="replace")
            lines += [line for line in text.splitlines() if COMPLAINT.search(line)]
        return [line[:COMPLAINT_LENGTH] for line in lines[-COMPLAINTS:]]

    def run(self, program: Sequence[str], *, fails: bool = False) -> str:
        """Runs a program with this account for AWS, and returns what it printed. Raises RehearsalError."""
        own = {**self.engine.environment, "SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "0.5"}
        done = subprocess.run(
            program,
            cwd=PROJECT,
            env=self.variables(own),
            capture_output=True,
            text=True,
            timeout=SAM_SECONDS,
            check=False,
        )
        printed = done.stdout + done.stderr
        with (self.folder / "logs" / "commands.log").open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(program)}\n{printed}\n")
        if (done.returncode != 0) is not fails:
            raise RehearsalError(
                f"{' '.join(program)}\nended with {done.returncode}:\n{printed[-3000:]}"
            )
        return printed


def last_written(path: Path) -> float:
    """Returns when a file was last written to."""
    return path.stat().st_mtime
