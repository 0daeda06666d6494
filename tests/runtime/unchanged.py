"""The same function twice: under the layer, and where there is none. Everything that leaves it is compared."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from local.lambdas.invocation import Invocation, InvocationResult
from local.lambdas.sandbox import Sandbox
from local.project import PROJECT
from tests.runtime.layer_sandbox import HANDLERS, LayeredFunctions

SOURCES: Final = HANDLERS / "unchanged"
REQUEST_ID: Final = "8f5a1d0c-0000-4000-a000-000000000001"
TRACE_HEADER: Final = "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1"
CHANGING: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?|0x[0-9a-f]{6,}|\bpid \d+|/tmp/\S*?/task"
)
"""Times, addresses and folders in what is logged."""


def package(folder: Path, installed: str = "") -> Path:
    """The function's folder: its own files, and the packages that `make build/NAME/.installed` has put there."""
    task = folder / "task"
    shutil.copytree(SOURCES, task, ignore=shutil.ignore_patterns("__pycache__"))
    if installed:
        packages = PROJECT / "build" / installed
        if not (packages / ".installed").exists():
            pytest.skip(f"the packages are not installed: run `make build/{installed}/.installed`")
        for entry in packages.iterdir():
            if not entry.name.startswith("."):
                (task / entry.name).symlink_to(entry)
    return task


def is_metric_of(entry: Any, namespace: str) -> bool:
    """Whether a line is a document of the embedded metric format with metrics of a namespace."""
    if not isinstance(entry, dict) or "_aws" not in entry:
        return False
    return any(each["Namespace"] == namespace for each in entry["_aws"]["CloudWatchMetrics"])


class Twice:
    """A function in two sandboxes: one under the layer, one without it."""

    def __init__(
        self, functions: LayeredFunctions, handler: str, task: Path, **environment: str
    ) -> None:
        self._functions = functions
        no_layer = task.parent / "no-layer"
        no_layer.mkdir(exist_ok=True)
        self._logs = (functions.log, task.parent / "plain.log")
        plain = LayeredFunctions(
            functions.engines,
            functions.spawner,
            no_layer,
            functions.is_mounted,
            self._logs[1],
            environment={**functions.environment, "AWS_LAMBDA_EXEC_WRAPPER": ""},
        )
        self.sandboxes: tuple[Sandbox, Sandbox] = (
            functions.start(handler, folder=task, **environment),  # type: ignore[arg-type]
            plain.start(handler, folder=task, **environment),  # type: ignore[arg-type]
        )
        self._read = [0, 0]

    def outcomes(self, event: Any) -> tuple[InvocationResult, InvocationResult]:
        """What the caller gets from either."""
        payload = json.dumps(event).encode()
        traced, plain = (
            sandbox.invoke(Invocation(payload, REQUEST_ID, TRACE_HEADER))
            for sandbox in self.sandboxes
        )
        return traced, plain

    def same(self, event: Any) -> InvocationResult:
        """What the caller gets, which is the same, as are the log and the end of the process."""
        traced, plain = self.outcomes(event)
        assert traced.payload == plain.payload
        assert traced.error == plain.error
        one, other = self.log_lines()
        assert one == other
        assert [sandbox.is_alive for sandbox in self.sandboxes] in ([True, True], [False, False])
        return traced

    def log_lines(self) -> tuple[Sequence[Any], Sequence[Any]]:
        """What either has logged since, without times and the platform's own lines."""
        found = []
        for index, log in enumerate(self._logs):
            text = log.read_text(encoding="utf-8") if log.exists() else ""
            found.append(list(_lines(text[self._read[index] :])))
            self._read[index] = len(text)
        return found[0], found[1]

    def kill(self) -> None:
        for sandbox in self.sandboxes:
            sandbox.kill()


def _lines(text: str) -> Iterator[Any]:
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            yield CHANGING.sub("*", line)
            continue
        if isinstance(entry, dict) and str(entry.get("type", "")).startswith("platform."):
            continue
        if is_metric_of(entry, "Spanvas"):
            continue  # what the layer writes
        if isinstance(entry, dict):
            for name in ("timestamp", "function_memory_size"):
                entry.pop(name, None)
            entry.get("_aws", {}).pop("Timestamp", None)
        yield json.loads(CHANGING.sub("*", json.dumps(entry)))
