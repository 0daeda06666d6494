"""Runs a producer, a small program over a real library, against the model APIs on loopback, and takes its spans."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.dialects.model_server import running

ROOT: Final = Path(__file__).resolve().parents[2]
PRODUCERS: Final = Path(__file__).parent / "producers"
PYTHON: Final = ROOT / ".venv-dialects" / "bin" / "python"
NODE: Final = (str(ROOT / "local" / "with-node"), "node")
SECONDS: Final = 120


def bodies_of(command: Sequence[str], environment: Mapping[str, str] | None = None) -> list[bytes]:
    """The OTLP bodies that a program sends. Raises AssertionError with what it printed where it fails."""
    with running() as servers:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("OTEL_")},
            **(environment or {}),
            "STORY_URL": servers.url,
            "NO_PROXY": "127.0.0.1",
        }
        environment.pop("PYTHONPATH", None)
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return list(servers.bodies)


def python_bodies(
    producer: str, environment: Mapping[str, str] | None = None, python: Path = PYTHON
) -> list[bytes]:
    return bodies_of([str(python), str(PRODUCERS / f"{producer}.py")], environment)


def node_bodies(
    script: Path, environment: Mapping[str, str] | None = None, node: Sequence[str] = NODE
) -> list[bytes]:
    return bodies_of([*node, str(script)], environment)
