"""`make` in a checkout in a path with blanks, over programs that only note how they are called."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import venv
from pathlib import Path

import pytest

from local.project import PROJECT

OF_DEPLOYMENTS = frozenset({"build", "deploy", "template"})
"""These have tests of their own."""
NEEDS_MORE = frozenset({"check", "clean", "help", "redact-check", "release"})
"""`check` is other targets; `clean` removes what others need; `help` calls no program; `redact-check` needs a file and
`release` a version."""
NEED_DOCKER = frozenset({"sam-docker", "sam-local", "sam-invoke"})
TARGETS = sorted(
    set(re.findall(r"^([a-z-]+):(?!=)", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE))
    - OF_DEPLOYMENTS
    - NEEDS_MORE
    - NEED_DOCKER
)
NOTE = """#!/bin/sh
printf '%s\\n' "$0" >>"$ROOT/called"
for path in $(printf %s "$PYTHONPATH" | tr ' :' '% '); do
  [ -d "$(printf %s "$path" | tr % ' ')" ] || echo "PYTHONPATH: $path is no folder" >>"$ROOT/wrong"
done
"""
"""A program that notes its name, and the folders of PYTHONPATH that are not there."""
PROGRAMS = (
    ".venv/bin/python",
    ".venv/bin/lint-imports",
    ".venv/bin/uv",
    ".venv-sam/bin/python",
    ".venv-dialects/bin/python",
    "tools/with-node",
)
MADE = (
    ".venv/.running",
    ".venv/.installed",
    ".venv-sam/.installed",
    ".venv-dialects/.installed",
    ".venv-agents/.installed",
    ".venv-agentcore/.installed",
    ".venv-frameworks/.installed",
    ".venv-java/.installed",
    "build/instrumented/.installed",
    "build/powertools/.installed",
    "build/old-opentelemetry/.installed",
    "frontend/node_modules/.installed",
    "local/engines/dynamodb/node_modules/.installed",
    "frontend/node_modules/.running",
    "tests/dialects/exporters/node_modules/.installed",
    "tests/dialects/node_agents/node_modules/.installed",
    "tests/dialects/vercel/node_modules/.installed",
    "frontend/dist/index.html",
)
ALL_OF_IT = {"frontend/node_modules/.running": "frontend/node_modules/.installed"}
"""What is part of more: nothing is installed where that is there."""
SOURCES = (
    *(
        f"requirements-{name}.txt"
        for name in (
            "dev",
            "run",
            "uv",
            "sam",
            "instrumented",
            "powertools",
            "old-opentelemetry",
            "dialects",
            "agents",
            "agentcore",
            "frameworks",
            "java",
        )
    ),
    "layers/libraries/requirements.txt",
    "layers/spanvas/spanvas/version.py",
    "frontend/package-lock.json",
    "local/engines/dynamodb/package-lock.json",
    "tests/dialects/exporters/package-lock.json",
    "tests/dialects/node_agents/package-lock.json",
    "tests/dialects/vercel/package-lock.json",
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "a path with blanks"
    for path in (*SOURCES, *MADE, *PROGRAMS):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()
    for path in ("layers/spanvas", "functions"):
        (root / path).mkdir(parents=True, exist_ok=True)
    shutil.copy2(PROJECT / "Makefile", root)
    for name in ("alone.py", "install.py"):
        shutil.copy2(PROJECT / "tools" / name, root / "tools")
    for path in PROGRAMS:
        (root / path).write_text(NOTE, encoding="utf-8")
        (root / path).chmod(0o755)
    return root


def make(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {"PATH": os.environ["PATH"], "HOME": str(root), "ROOT": str(root), **environment}
    return subprocess.run(
        ["make", "--silent", *arguments],
        cwd=root,
        env=inherited,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_works_in_a_path_with_blanks(checkout: Path, target: str) -> None:
    made = {path: (checkout / path).stat().st_mtime_ns for path in MADE}
    done = make(checkout, target)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (checkout / "wrong").exists(), (checkout / "wrong").read_text("utf-8")
    assert {path: (checkout / path).stat().st_mtime_ns for path in MADE} == made
    assert (checkout / "called").exists() or target in {"install", "frontend"}


@pytest.mark.parametrize("path", MADE)
def test_what_is_missing_is_made_in_a_path_with_blanks(checkout: Path, path: str) -> None:
    for name in {path, ALL_OF_IT.get(path, path)}:
        (checkout / name).unlink()
    (checkout / "frontend" / "dist").mkdir(exist_ok=True)
    (checkout / "build" / "page").mkdir()
    (checkout / "build" / "page" / "index.html").touch()
    done = make(checkout, path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (checkout / path).exists()
    assert (checkout / "called").exists()


def test_the_packages_that_build_the_page_are_not_installed_where_all_of_its_packages_are(
    checkout: Path,
) -> None:
    (checkout / "frontend" / "node_modules" / ".running").unlink()
    assert make(checkout, "frontend").returncode == 0
    assert not (checkout / "called").exists()


def test_running_needs_no_package_of_the_tests(checkout: Path) -> None:
    for path in (".venv/.installed", "frontend/node_modules/.installed"):
        (checkout / path).unlink()
    assert make(checkout, "run").returncode == 0
    assert (checkout / "called").read_text("utf-8") == f"{checkout}/.venv/bin/python\n"


def test_a_page_that_fails_to_build_leaves_the_one_that_is_there(checkout: Path) -> None:
    page = checkout / "frontend" / "dist" / "index.html"
    page.write_text("the one before", encoding="utf-8")
    (checkout / "tools" / "with-node").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    os.utime(page, (0, 0))
    done = make(checkout, "frontend")
    assert done.returncode != 0
    assert "frontend/dist/index.html could not be made (exit status 1)" in done.stderr
    assert page.read_text("utf-8") == "the one before"


@pytest.mark.parametrize(
    ("python", "why"),
    [
        ("", "Python 3.11 or newer is needed; none was found."),
        ("python2", "Python 3.11 or newer is needed: python2 is not."),
        ("./too old", "Python 3.11 or newer is needed: ./too old is not."),
    ],
)
def test_a_python_of_no_use_is_told_with_what_to_do(checkout: Path, python: str, why: str) -> None:
    (checkout / "too old").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (checkout / "too old").chmod(0o755)
    for name in (".venv", ".venv-sam", ".venv-dialects"):
        (checkout / name / ".installed").unlink()
        done = make(checkout, f"{name}/.installed", f"PYTHON={python}")
        assert done.returncode != 0
        assert done.stderr.splitlines()[0] == f"{why} Set PYTHON=/path/to/python3."
        assert "Traceback" not in done.stderr


def test_an_environment_that_a_failed_start_has_left_is_made_anew(checkout: Path) -> None:
    """As on Debian without python3-venv: there is a Python in it, but no pip."""
    shutil.rmtree(checkout / ".venv")
    venv.create(checkout / ".venv", with_pip=False)
    (checkout / ".venv" / "left").touch()
    assert make(checkout, "install").returncode == 0
    done = subprocess.run(
        [checkout / ".venv" / "bin" / "python", "-m", "pip", "--version"], check=False
    )
    assert done.returncode == 0
    assert not (checkout / ".venv" / "left").exists()


def test_no_network_is_told_with_what_to_do_and_the_next_try_goes_on(checkout: Path) -> None:
    (checkout / "requirements-sam.txt").write_text(
        "absent==1.0 --hash=sha256:" + "0" * 64 + "\n", encoding="utf-8"
    )
    shutil.rmtree(checkout / ".venv-sam")
    (checkout / ".venv" / "bin" / "uv").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0", "PIP_NO_INDEX": ""}
    done = make(checkout, ".venv-sam/.installed", **nowhere)
    assert done.returncode != 0
    assert ".venv-sam/.installed could not be made (exit status 1)" in done.stderr
    assert "this needs a network" in done.stderr
    assert "Traceback" not in done.stderr
    (checkout / "requirements-sam.txt").write_text("", encoding="utf-8")
    assert make(checkout, ".venv-sam/.installed").returncode == 0
