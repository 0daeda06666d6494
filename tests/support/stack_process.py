"""The local stack in a process of its own, which a test or a bench may end in any way, and start again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.client import ApiClient, client_token
from local.project import PROJECT

PROGRAM = """
import sys
from pathlib import Path
from local.__main__ import Interrupted, interrupt_on_signals, wait_for
from local.stack import Options, Stack
port, folder, fresh = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "fresh"
stopped = interrupt_on_signals()
options = Options(port=port, state=folder / "state", kept=folder / "kept", fresh=fresh, latency=0.0)
say = lambda line: print(line, flush=True)
try:
    with Stack(options, say=say):
        say("READY")
        wait_for(stopped)
except Interrupted:
    pass
"""


@dataclass(frozen=True, slots=True)
class StackProcess:
    """`document` is what the stack has written for `python -m local token` and `env`; `said` its lines until then."""

    process: subprocess.Popen[str]
    document: dict[str, Any]
    said: list[str]

    @property
    def environment(self) -> dict[str, str]:
        """Where the engines are, and the credentials for them."""
        found: dict[str, str] = self.document["environment"]
        return found

    def token(self) -> str:
        client = "demo-operator"
        return client_token(self.document["issuer"], client, self.document["clients"][client])

    def api(self, token: str | None = None) -> ApiClient:
        return ApiClient(self.document["url"], token or self.token())

    def end(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.wait(60)


@contextmanager
def stack_process(folder: Path, port: int, *, fresh: bool = False) -> Iterator[StackProcess]:
    """A stack that keeps its state in a folder, ready; it is ended with the context where it still runs."""
    command = [sys.executable, "-c", PROGRAM, str(port), str(folder), "fresh" if fresh else ""]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, cwd=PROJECT
    ) as process:
        said = []
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if line.rstrip() == "READY":
                    break
                said.append(line.rstrip())
            else:
                raise AssertionError(f"the stack did not start: {said}")
            document = json.loads((folder / "state" / "stack.json").read_text(encoding="utf-8"))
            yield StackProcess(process, document, said)
        finally:
            process.terminate()
