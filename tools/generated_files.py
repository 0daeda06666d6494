"""The command line of what writes files of the project from its code: write them, or say which are out of date."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


def write_or_check(
    program: str,
    description: str | None,
    files: Mapping[str, str],
    folder: Path,
    arguments: Sequence[str],
    *,
    shown_in: str = "",
) -> int:
    """Writes files by path below a folder, or with `--check` prints which are out of date. Returns the exit code.

    `shown_in` stands before the names that are printed.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {program}", description=description)
    parser.add_argument(
        "--check", action="store_true", help="write nothing, fail when a file is out of date"
    )
    parser.add_argument("--into", type=Path, default=folder, help="the folder to write")
    options = parser.parse_args(arguments)
    stale = []
    for name, text in files.items():
        path: Path = options.into / name
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        elif not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
    for name in stale:
        print(f"{shown_in}{name} is out of date: run `make openapi`", file=sys.stderr)
    return 1 if stale else 0
