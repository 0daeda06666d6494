"""MiniStack as it comes still has each fault that the rehearsal goes around."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from local.project import PROJECT
from tests.rehearsal.workarounds import ALL


@pytest.fixture(scope="module")
def faults() -> dict[str, bool]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.rehearsal.faults"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, bool] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_each_workaround_is_looked_for(faults):
    assert sorted(faults) == sorted(workaround.name for workaround in ALL)


@pytest.mark.parametrize("name", [workaround.name for workaround in ALL])
def test_a_workaround_is_there_for_a_fault_that_the_engine_has(faults, name):
    assert faults[name], (
        f"MiniStack can do it now: remove `{name}` from tests/rehearsal/workarounds.py"
    )
