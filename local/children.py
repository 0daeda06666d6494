"""The processes beside this one: DynamoDB, S3, and the stand-ins for Bedrock and the demo services."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from local.processes import Spawner, wait_for_announcements
from local.project import PROJECT

DYNAMODB = "AWS_ENDPOINT_URL_DYNAMODB"
S3 = "AWS_ENDPOINT_URL_S3"
LAMBDA = "AWS_ENDPOINT_URL_LAMBDA"
BEDROCK = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"
CONNECTIONS = "SPANVAS_CONNECTIONS"

Wait = Callable[[], dict[str, str]]


class Children:
    """Starts them; each start answers with a call that waits for the child and says where it listens."""

    def __init__(self, spawner: Spawner, logs: Path, environment: Mapping[str, str]) -> None:
        self._spawner = spawner
        self._logs = logs
        self._environment = environment

    def start_engine(self, service: str, variable: str) -> Wait:
        """An engine of ours, unless the variable in our own environment names another one."""
        own = os.environ.get(variable)
        if own:
            return lambda: {variable: own}
        wait = self._start(service, ["local.engines", service, "0"], frozenset({"URL"}))
        return lambda: {variable: wait()["URL"]}

    def start_stand_ins(self, latency: float) -> Wait:
        """Bedrock's and the demo services'; `latency` scales their answer times, 0 answers at once."""
        arguments = ["local.standins", "--bedrock-port", "0", "--services-port", "0"]
        arguments += ["--latency", str(latency)]
        own = os.environ.get(BEDROCK)
        wait = self._start("stand-ins", arguments, frozenset({BEDROCK, CONNECTIONS}))
        return lambda: {**wait(), **({BEDROCK: own} if own else {})}

    def _start(self, name: str, arguments: list[str], announcements: frozenset[str]) -> Wait:
        log = self._logs / f"{name}.log"
        paths = (PROJECT / "layers" / "spanvas", PROJECT / "functions", PROJECT)
        environment = {
            **self._environment,
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "PYTHONUNBUFFERED": "1",
        }
        command = [sys.executable, "-m", *arguments]
        process = self._spawner.start(command, env=environment, cwd=PROJECT, log=log)
        return partial(wait_for_announcements, announcements, process, what=name, log=log)
