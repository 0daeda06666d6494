"""Make something while nobody else makes it here: `python tools/alone.py TARGET SOURCE [SOURCE ...] -- COMMAND`.

Two `make` in one checkout want the same environment, packages or page. The second one waits for the first, and then
finds that TARGET is not older than any SOURCE, and makes nothing. TARGET is a file whose time says when it was made; it
is touched when COMMAND has succeeded. One target of a folder is made at a time: they may be two sets of packages.
`--using=FOLDER` before `--` names a folder of which nothing may be made meanwhile. Needs the standard library alone: it
runs before anything is installed.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

USING = "--using="
LOCKS = Path(__file__).resolve().parents[1] / "build" / "locks"
FAILED = """
{target} could not be made (exit status {status}); what went wrong is above.
If packages could not be fetched: they come from PyPI and npm, so this needs a network, or the settings of a proxy or an
index (HTTPS_PROXY, PIP_INDEX_URL, npm's registry). Then run the same command again; what is there is kept.
"""


def main(arguments: Sequence[str]) -> int:
    """Makes the target while no other process does; returns the exit code."""
    end = arguments.index("--")
    named = arguments[:end]
    used = [Path(one.removeprefix(USING)) for one in named if one.startswith(USING)]
    target, *sources = (Path(one) for one in named if not one.startswith(USING))
    try:
        return make(target, sources, arguments[end + 1 :], used)
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        print(
            f"{error.filename or target} cannot be written: {error.strerror}. "
            "Free some disk space, or make it writable.",
            file=sys.stderr,
        )
        return 1


def make(
    target: Path, sources: Sequence[Path], command: Sequence[str], used: Sequence[Path]
) -> int:
    """Exit status: 1 where the command failed, which is then said. Raises OSError."""
    LOCKS.mkdir(parents=True, exist_ok=True)
    with ExitStack() as locks:
        for folder in dict.fromkeys((*used, target.parent)):
            name = f"{folder}.lock".replace(os.sep, "%")
            take(locks.enter_context((LOCKS / name).open("w", encoding="ascii")), target)
        if is_made(target, sources):
            return 0
        status = subprocess.run(command, check=False).returncode
        if status:
            print(FAILED.format(target=target, status=status), file=sys.stderr)
            return 1
        target.touch()
    return 0


def take(lock: IO[str], target: Path) -> None:
    """Wait for the lock, and say so."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"Waiting for another make that makes {target}", file=sys.stderr)
        fcntl.flock(lock, fcntl.LOCK_EX)


def is_made(target: Path, sources: Sequence[Path]) -> bool:
    """Whether a target is there and no source is newer. A source that is gone is no reason to make it anew."""
    if not target.exists():
        return False
    made_at = target.stat().st_mtime_ns
    return all(not source.exists() or source.stat().st_mtime_ns <= made_at for source in sources)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
