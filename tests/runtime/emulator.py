"""AWS's own runtime interface emulator, as aws-sam-cli ships it, with the built layers before a function.

One invocation at a time: it ends when two come at once. It sends the deadline that AWS_LAMBDA_FUNCTION_TIMEOUT says,
kills a function that is over it, and has the Extensions API that the local stack's sandboxes do not have.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.request import Request, urlopen

from local.lambdas.sandbox import start_command
from local.processes import NO_MOUNT, Process, free_port, stop_processes
from local.project import PROJECT
from tests.runtime.layer_sandbox import HANDLERS, LayeredFunctions

MACHINES: Final = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
PATH: Final = "/2015-03-31/functions/function/invocations"
START_SECONDS: Final = 120.0
CALL_SECONDS: Final = 60.0


def emulator_binary() -> Path | None:
    """None where `.venv-sam` is not there, or has none for this machine."""
    name = f"aws-lambda-rie-{MACHINES.get(platform.machine(), 'none')}"
    found = sorted(PROJECT.glob(f".venv-sam/lib/python*/site-packages/samcli/local/rapid/{name}"))
    return found[0] if found else None


class Emulator:
    """A function of `handlers/*.py` behind the emulator, until `stop`."""

    def __init__(
        self,
        functions: LayeredFunctions,
        binary: Path,
        folder: Path,
        handler: str = "layered.handler",
        *,
        timeout_seconds: int = 30,
        opt: Path | None = None,
        **environment: str,
    ) -> None:
        function, placement = functions.placed(
            handler, timeout_seconds, opt=opt, environment=environment
        )
        self.log = folder / "emulator.log"
        script = folder / "bootstrap"
        command = " ".join(f"'{part}'" for part in start_command(function, placement))
        # The emulator takes one program and one handler, and sets _HANDLER by the latter.
        script.write_text(f"#!/bin/sh\nexec {command}\n", "utf-8")
        script.chmod(0o755)
        self._port = free_port()
        own = {
            **functions.variables(function, placement),
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(timeout_seconds),
        }
        own.pop("AWS_LAMBDA_RUNTIME_API", None)
        self._process: Process = functions.spawner.start(
            [
                str(binary),
                "--log-level",
                "error",
                "--runtime-interface-emulator-address",
                f"127.0.0.1:{self._port}",
                "--runtime-api-address",
                f"127.0.0.1:{free_port()}",
                str(script),
                handler,
            ],
            env=own,
            cwd=HANDLERS,
            log=self.log,
            opt=str(placement.opt) if placement.is_mounted else NO_MOUNT,
        )

    def invoke(self, event: Mapping[str, Any]) -> bytes:
        """The answer's body: the handler's result, or what the emulator says instead."""
        url = f"http://127.0.0.1:{self._port}{PATH}"
        deadline = time.monotonic() + START_SECONDS
        while True:
            request = Request(url, json.dumps(event).encode(), method="POST")
            try:
                with urlopen(request, timeout=CALL_SECONDS) as answer:
                    return bytes(answer.read())
            except URLError as error:
                if not isinstance(error.reason, ConnectionRefusedError):
                    raise
                assert time.monotonic() < deadline, self.log.read_text("utf-8")
                assert self._process.poll() is None, self.log.read_text("utf-8")
                time.sleep(0.05)

    def stop(self) -> None:
        stop_processes([self._process])
