"""The Python interpreters that make byte code: one of each version of Lambda's runtimes, where this machine has it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

RUNTIMES: Final = ("3.11", "3.12", "3.13", "3.14")
"""Lambda's Python runtimes that the layers support, as `CompatibleRuntimes` of the template says."""
PYENV: Final = Path.home() / ".pyenv" / "versions"
VERSION: Final = "import sys; print('%d.%d' % sys.version_info[:2])"


def find(versions: Sequence[str] = RUNTIMES, pyenv: Path = PYENV) -> dict[str, Path]:
    """Returns an interpreter by version. What only has the name of a version is not taken for it."""
    found = {}
    for version in versions:
        path = next((path for path in candidates(version, pyenv) if is_version(path, version)), None)
        if path is not None:
            found[version] = path
    return found


def candidates(version: str, pyenv: Path) -> Iterator[Path]:
    """Yields what may be an interpreter of a version: of the PATH, then of pyenv, whose shims may be for none."""
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield Path(on_path)
    yield from sorted(pyenv.glob(f"{version}.*/bin/python{version}"), reverse=True)


def is_version(path: Path, version: str) -> bool:
    """Returns whether a program is a Python of a version."""
    try:
        done = subprocess.run([path, "-c", VERSION], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.returncode == 0 and done.stdout.strip() == version


def link(interpreters: Mapping[str, Path], folder: Path) -> str:
    """Makes a folder in which each interpreter is called python3.X, and nothing else is; returns a PATH that begins there."""
    folder.mkdir(parents=True)
    for version in RUNTIMES:
        name = folder / f"python{version}"
        if version in interpreters:
            name.write_text(f'#!/bin/sh\nexec "{interpreters[version]}" "$@"\n', encoding="utf-8")
        else:
            name.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
        name.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
