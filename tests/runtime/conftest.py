"""Sandboxes and the whole stack for tests that run handlers under a real awslambdaric."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from local.mounting import can_mount
from local.processes import Spawner
from local.stack import Options, Stack
from tests.runtime.layer_sandbox import LayeredFunctions, build_layers
from tests.support.engines import Engines, moto_engines

BUSY_MACHINE: Final = {"SPANVAS_STORE_BUDGET_MS": "30000", "SPANVAS_START_BUDGET_MS": "5000"}
"""Tests ask whether a trace is there, and leave to the bench how long it takes."""


@pytest.fixture(scope="session")
def spawner() -> Iterator[Spawner]:
    made = Spawner()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The stack that `make run` starts, on a free port, its stand-ins answering at once."""
    options = Options(port=0, state=tmp_path_factory.mktemp("stack"), latency=0.0)
    with Stack(options) as running:
        yield running


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    """DynamoDB and S3 of moto, without the rest of the stack."""
    with moto_engines() as running:
        yield running


@pytest.fixture(scope="session")
def built_opt() -> Path:
    """Both layers, built: what /opt is on Lambda."""
    return build_layers()


@pytest.fixture
def functions(
    engines: Engines, built_opt: Path, spawner: Spawner, tmp_path: Path
) -> LayeredFunctions:
    is_mounted = can_mount(spawner, tmp_path)
    log = tmp_path / "function.log"
    return LayeredFunctions(
        engines, spawner, built_opt, is_mounted, log, environment=dict(BUSY_MACHINE)
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
