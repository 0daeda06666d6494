"""The program of the tutorial's last step, run as it is typed against a running stack."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local.project import PROJECT
from local.stack import Stack
from local.state import STATE_FILE

TUTORIAL = PROJECT / "docs" / "tutorial" / "first-trace.md"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """`triage.py` as the tutorial has it."""
    found = re.search(r"Save this as `(.+?)`:\n\n```python\n(.+?)```", TUTORIAL.read_text(), re.S)
    assert found is not None
    path = tmp_path / found[1]
    path.write_text(found[2])
    return path


def run(program: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, program],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": "layers/spanvas", **environment},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_program_runs_untraced(program: Path) -> None:
    assert run(program, {}) == "{'category': 'parcel'}\n"


def test_the_program_is_traced_into_the_running_stack(program: Path, stack: Stack) -> None:
    environment = json.loads((stack.state / STATE_FILE).read_text())["environment"]
    tenant = "demo"

    printed = run(program, {**environment, "SPANVAS_ENABLED": "true"})

    assert printed == "{'category': 'parcel'}\n"
    with stack.api() as api:
        trace = api.get("/v1/executions/exec_tutorial_1/trace")
    assert trace["execution"]["workflow_name"] == "My triage"
    assert trace["execution"]["status"] == "succeeded"
    rows = [(row["name"], row.get("output_preview")) for row in trace["rows"]]
    assert rows == [
        ("My triage", None),
        ("Classify the ticket", "parcel"),
        ("Write a note", None),
    ]
    assert [artifact["name"] for artifact in trace["rows"][2]["artifacts"]] == ["note.md"]
    assert environment["SPANVAS_TENANT"] == tenant
