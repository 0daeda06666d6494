"""Makes a release of what is committed: `python -m tools.release 1.2.3` (`make release VERSION=1.2.3`).

It sets the version, dates what the changelog has under Unreleased, commits both and tags the commit. Nothing is pushed
and nothing is published. Refuses, with a sentence, what would make a release of something else than what is committed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from local.project import PROJECT
from tools.version import PLACE, read_version, write_version

CHANGELOG: Final = Path("CHANGELOG.md")
VERSION: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
"""Of Semantic Versioning, without pre-releases: SAM's repository and npm take these."""
UNRELEASED: Final = re.compile(r"^## Unreleased\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


class ReleaseError(Exception):
    """There can be no release now; the message says why."""


def main(arguments: list[str], root: Path = PROJECT, today: date | None = None) -> int:
    """Makes the release; returns the exit code of the process."""
    parser = argparse.ArgumentParser(prog="python -m tools.release", description=__doc__)
    parser.add_argument("version", help="as 1.2.3")
    version = parser.parse_args(arguments).version
    try:
        release(version, root, today or datetime.now(UTC).date())
    except ReleaseError as error:
        print(f"No release: {error}", file=sys.stderr)
        return 1
    print(
        f"Released {version} here, as the tag v{version}. Next: make dist, then git push --follow-tags"
    )
    return 0


def release(version: str, root: Path, today: date) -> None:
    """Writes, commits and tags. Raises ReleaseError before anything is written."""
    check_version(version, read_version(root), was_released=bool(git(root, "tag", "--list", "v*")))
    if git(root, "status", "--porcelain"):
        raise ReleaseError("there are changes that are not committed (git status).")
    if git(root, "tag", "--list", f"v{version}"):
        raise ReleaseError(f"there is a tag v{version} already.")
    changelog = dated((root / CHANGELOG).read_text("utf-8"), version, today)
    write_version(version, root)
    (root / CHANGELOG).write_text(changelog, encoding="utf-8")
    git(root, "add", str(PLACE), str(CHANGELOG))
    git(root, "commit", "--quiet", "--message", f"Release {version}")
    git(root, "tag", "--annotate", f"v{version}", "--message", f"Spanvas {version}")


def check_version(version: str, before: str, *, was_released: bool) -> None:
    """Raises ReleaseError for what is no version, or none that may follow. The first release may keep the version."""
    if not VERSION.fullmatch(version):
        raise ReleaseError(f"{version!r} is no version as 1.2.3.")
    if parts(version) < parts(before) or (was_released and version == before):
        raise ReleaseError(f"{version} does not follow {before}.")


def parts(version: str) -> tuple[int, ...]:
    """Returns a version in the form in which versions compare."""
    return tuple(int(part) for part in version.split("."))


def dated(changelog: str, version: str, today: date) -> str:
    """Returns the changelog with what was under Unreleased under the version. Raises ReleaseError."""
    found = UNRELEASED.search(changelog)
    if found is None or not found[1].strip():
        raise ReleaseError(f"{CHANGELOG} has nothing under Unreleased.")
    heading = f"## Unreleased\n\n## {version} - {today.isoformat()}\n"
    return changelog[: found.start()] + heading + found[1] + changelog[found.end() :]


def git(root: Path, *arguments: str) -> str:
    """Returns what Git prints. Raises ReleaseError."""
    done = subprocess.run(
        ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ReleaseError(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
