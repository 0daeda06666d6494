"""`OTEL_EXPORTER_OTLP_PROTOCOL=grpc`: OpenTelemetry's own exporter sends the layer's spans to a real gRPC server."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-agents/bin/python"


@pytest.mark.skipif(not PYTHON.exists(), reason="run `make test-dialects`, which installs gRPC")
def test_spans_arrive_by_grpc() -> None:
    path = os.pathsep.join((str(ROOT / "layers/spanvas"), str(ROOT)))
    run = subprocess.run(
        [PYTHON, "-m", "tests.dialects.grpc_program"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == {
        "outcome": "taken",
        "tenant": "acme",
        "spans": [
            ["a", "00f067aa0ba902b7", ""],
            ["b", "00f067aa0ba902b8", "00f067aa0ba902b7"],
        ],
    }
