"""Bodies that nobody should send: each is answered, none by a failure, in bounded memory and time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.support.aws_from_template import ROOT


@pytest.fixture(scope="module")
def outcome() -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, "-m", "tests.functional.otlp.malformed"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(("layers/spanvas", "functions", "."))},
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


def test_twenty_thousand_are_answered_and_none_by_a_failure(outcome: dict[str, Any]) -> None:
    statuses = outcome["statuses"]
    assert isinstance(statuses, dict)
    assert sum(statuses.values()) == 20_000 + 15
    assert set(statuses) == {"200", "400", "413", "415"}


def test_memory_is_bounded(outcome: dict[str, Any]) -> None:
    assert outcome["grown_mb"] <= 64


def test_bombs_are_refused_at_once(outcome: dict[str, Any]) -> None:
    """In CPU time, with room for a machine that is slower than ours: see `make bench-ingest` for the figure."""
    assert outcome["slowest_bomb_ms"] <= 2_000, outcome["slowest_bomb"]
