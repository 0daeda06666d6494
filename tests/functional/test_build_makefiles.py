"""The Makefiles that `sam build` runs: byte code is of the runtime's own version, or there is none and it is said."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.aws_from_template import ROOT

OWN = f"{sys.version_info[0]}.{sys.version_info[1]}"
FAILING = "#!/bin/sh\necho 'command not found in this environment' >&2\nexit 127\n"
Build = Callable[..., tuple[str, set[str]]]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Builds in a path with a blank; what was said, and the versions of the byte code (`cpython-313`)."""

    def run(folder: str, target: str, program: str | None) -> tuple[str, set[str]]:
        source, artifacts = tmp_path / "with a blank" / folder, tmp_path / "with a blank" / "made"
        shutil.copytree(ROOT / folder, source, ignore=shutil.ignore_patterns("__pycache__"))
        artifacts.mkdir()
        programs = tmp_path / "bin"
        programs.mkdir()
        if program is not None:
            for name in ("python3.11", "python3.12", "python3.13", "python3.14"):
                (programs / name).write_text(program)
                (programs / name).chmod(0o755)
        own = source.parent / "python"
        own.symlink_to(sys.executable)
        path = f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin"
        environment = {"PATH": path, "ARTIFACTS_DIR": str(artifacts), "PYTHON": str(own)}
        done = subprocess.run(
            ["make", "--silent", target],
            cwd=source,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found = {path.suffixes[0][1:] for path in artifacts.rglob("*.pyc")}
        return done.stdout, found

    return run


SHIM = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'


@pytest.mark.parametrize("program", [None, FAILING, SHIM])
@pytest.mark.skipif(OWN == "3.13", reason="the shim would be for the runtime's own version")
def test_a_function_gets_no_byte_code_of_another_version(build: Build, program: str | None) -> None:
    if program is None and shutil.which("python3.13", path="/usr/bin:/bin"):
        pytest.skip("this machine has a Python 3.13 of its own in /usr/bin")
    said, found = build("functions", "build-ReserveFunction", program)
    assert found == set()
    assert said == (
        "python3.13 was not found or is another version: built without byte code, so cold starts take longer\n"
    )


@pytest.mark.parametrize("program", [FAILING, SHIM])
def test_the_layer_gets_byte_code_of_the_versions_that_are_there_and_of_our_own(
    build: Build, program: str
) -> None:
    _, found = build("layers/spanvas", "build-SpanvasLayer", program)
    assert found == {f"cpython-{OWN.replace('.', '')}"}
