"""The built layers under AWS's runtime interface emulator: large payloads, timeouts, extensions."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spanvas.model.execution import LOST, Execution
from tests.runtime.emulator import Emulator, emulator_binary
from tests.runtime.layer_sandbox import HANDLERS, LayeredFunctions

BINARY = emulator_binary()

pytestmark = [
    pytest.mark.runtime,
    pytest.mark.skipif(
        BINARY is None,
        reason="no aws-lambda-rie for this machine: `make .venv-sam/.installed` brings it",
    ),
]

TENANT = "acme"
START = Callable[..., Emulator]


@pytest.fixture
def emulate(functions: LayeredFunctions, folder: Path) -> Iterator[START]:
    """Starts a function behind the emulator, which does not outlive the test."""
    started: list[Emulator] = []

    def start(**options: object) -> Emulator:
        assert BINARY is not None
        started.append(Emulator(functions, BINARY, folder, **options))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for emulator in started:
        emulator.stop()


def execution_of(functions: LayeredFunctions, execution_id: str) -> Execution:
    execution = functions.engines.store.read_execution(TENANT, execution_id)
    assert execution is not None
    return execution


def test_invocations_are_traced_and_six_megabytes_go_in_and_out(
    functions: LayeredFunctions, emulate: START
) -> None:
    emulator = emulate()
    for number, size in enumerate((3, 5_900_000)):
        text = "x" * size
        event = {"execution_id": f"rie-{number}", "nodes": ["plan"], "text": text}
        found = json.loads(emulator.invoke(event))
        assert found["text"] == text
        assert found["handler"].startswith("spanvas_entry")
        execution = execution_of(functions, f"rie-{number}")
        assert (execution.status, execution.counters.spans) == ("succeeded", 4)


def test_a_function_whose_time_runs_out_is_lost_where_it_was(
    functions: LayeredFunctions, emulate: START
) -> None:
    emulator = emulate(timeout_seconds=8)
    event = {"execution_id": "rie-late", "nodes": ["plan"], "do": "sleep", "seconds": 60}
    assert b"Task timed out after 8.00 seconds" in emulator.invoke(event)
    execution = execution_of(functions, "rie-late")
    assert execution.status == LOST
    assert execution.cause is not None
    assert (execution.cause.error_type, execution.cause.node_id) == ("Timeout", "last")


def test_an_extension_beside_the_layer_is_told_of_everything(
    functions: LayeredFunctions, emulate: START, folder: Path
) -> None:
    if not functions.is_mounted:
        pytest.skip("/opt cannot be mounted here, and extensions are looked for there alone")
    opt = folder / "opt-with-extension"
    shutil.copytree(functions.opt, opt)
    extension = opt / "extensions" / "noting"
    extension.parent.mkdir()
    program = folder / extension.name  # it registers under its file's name
    shutil.copy2(HANDLERS / "extension.py", program)
    extension.write_text(f'#!/bin/sh\nexec "{functions.python}" "{program}"\n', "utf-8")
    extension.chmod(0o755)
    notes = folder / "notes"
    emulator = emulate(opt=opt, NOTES=str(notes))
    for number in range(2):
        found = json.loads(emulator.invoke({"execution_id": f"rie-beside-{number}", "text": "t"}))
        assert found["text"] == "t"
        assert execution_of(functions, f"rie-beside-{number}").status == "succeeded"
    deadline = time.monotonic() + 60
    while notes.read_text("utf-8").split() != ["INVOKE", "INVOKE"]:
        assert time.monotonic() < deadline, notes.read_text("utf-8")
        time.sleep(0.02)
