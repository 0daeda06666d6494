"""Where a stack keeps its logs, what it received, and how others find it: a folder of its own for each stack.

Two stacks in one checkout have two ports, and so two folders: `build/local/8321`, `build/local/8322`. They are emptied
at each start; what is kept is elsewhere (`kept`).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from local.project import PROJECT

DEFAULT_PORT: Final = 8321
BUILD: Final = PROJECT / "build" / "local"
STATE_FILE: Final = "stack.json"
FOLDERS: Final = ("logs", "otlp")
NEEDED_BYTES: Final = 1_000_000
"""Room on the disk without which a start makes no sense: what a stack has to say would not be written."""


class StackError(Exception):
    """The stack cannot start, or cannot be found; the message says what to do."""


def folder_of(port: int, build: Path = BUILD) -> Path:
    """The folder of the stack that listens on this port."""
    return build / str(port)


def prepare(folder: Path) -> None:
    """Empty the folders of the stack. Raises StackError where they cannot be made.

    To be called when the port is taken, so that a second start does not empty the folder of the first stack.
    """
    try:
        for name in FOLDERS:
            shutil.rmtree(folder / name, ignore_errors=True)
            (folder / name).mkdir(parents=True)
        probe = folder / "probe"
        probe.write_bytes(bytes(NEEDED_BYTES))
        probe.unlink()
    except OSError as error:
        raise cannot_be_written(folder, error) from error


def cannot_be_written(path: Path, error: OSError) -> StackError:
    """Returns the error of a file that cannot be written."""
    return StackError(
        f"{path} cannot be written: {error.strerror}. Free some disk space, or make it writable."
    )


def write_state(folder: Path, document: Mapping[str, Any]) -> None:
    """Say that this process runs a stack, where everything is, and its secrets. Raises StackError."""
    write_document(folder / STATE_FILE, {"pid": os.getpid(), **document})


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """Writes JSON for the owner alone; readers find all of it or nothing. Raises StackError."""
    partial = path.with_name(f".{path.name}")
    text = json.dumps(document, indent=2) + "\n"
    try:
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise cannot_be_written(path, error) from error


def remove_state(folder: Path) -> None:
    """Removes the file by which others find the stack."""
    (folder / STATE_FILE).unlink(missing_ok=True)


def read_state(port: int | None = None, build: Path = BUILD) -> dict[str, Any]:
    """What the running stack on this port has written; without a port, the one on the default port, else the only one.

    Raises StackError where none runs, or where it is not clear which one is meant.
    """
    running = running_stacks(build)
    if port is not None:
        if str(port) in running:
            return running[str(port)]
        others = f" Stacks run on the ports {', '.join(running)}." if running else ""
        raise StackError(
            f"No stack is running on port {port}: start one with `make run PORT={port}`.{others}"
        )
    if not running:
        raise StackError("No stack is running: start one with `make run`.")
    if str(DEFAULT_PORT) in running:
        return running[str(DEFAULT_PORT)]
    if len(running) > 1:
        raise StackError(
            f"Several stacks are running: choose one with --port ({', '.join(running)})."
        )
    return next(iter(running.values()))


def running_stacks(build: Path = BUILD) -> dict[str, dict[str, Any]]:
    """What each stack that runs in this checkout has written, by its port."""
    return {
        path.parent.name: state
        for path in sorted(build.glob(f"*/{STATE_FILE}"))
        if (state := _read(path))
    }


def _read(path: Path) -> dict[str, Any] | None:
    """None where the stack was killed, or has ended meanwhile."""
    try:
        state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        os.kill(state["pid"], 0)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return state
