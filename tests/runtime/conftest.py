"""Sandboxes and the whole stack for tests that run handlers under a real awslambdaric."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.processes import Spawner
from local.project import PROJECT
from local.stack import Options, Stack


@pytest.fixture(scope="session")
def spawner() -> Iterator[Spawner]:
    made = Spawner()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The stack that `make run` starts, on a free port, its stand-ins answering at once."""
    options = Options(port=0, state=PROJECT / "build" / "tests" / "runtime", latency=0.0)
    with Stack(options) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
