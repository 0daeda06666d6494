"""Makes what a release is, in `build/dist`: `python -m tools.dist`.

Two runs over the same commit, on machines with the same interpreters, make the same files.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from local.project import PROJECT
from tools.dist import interpreters, page, sbom
from tools.dist.archive import write_checksums, zip_folder
from tools.dist.artifacts import ARCHITECTURES, BuildError, artifacts, build
from tools.dist.packaged import file_name, packaged
from tools.version import read_version


def main(arguments: list[str]) -> int:
    """Makes the release's files; returns the exit code of the process."""
    parser = argparse.ArgumentParser(prog="python -m tools.dist", description=__doc__)
    parser.add_argument("--into", type=Path, default=PROJECT / "build" / "dist", help="the folder to write")
    parser.add_argument("--all-byte-code", action="store_true", help="fail where a version of Python is missing")
    options = parser.parse_args(arguments)
    found = interpreters.find()
    missing = [version for version in interpreters.RUNTIMES if version not in found]
    if missing:
        print(without_byte_code(missing), file=sys.stderr)
        if options.all_byte_code:
            return 1
    try:
        make(options.into.resolve(), partial(build_all, found))
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Made {sum(1 for _ in options.into.iterdir())} files of version {read_version()} in {options.into}")
    return 0


def without_byte_code(missing: list[str]) -> str:
    """Returns the sentence about versions of Python that this machine has not."""
    names = ", ".join(missing)
    return (
        f"Without byte code for Python {names}: no interpreter of that version is on the PATH or in pyenv. "
        "Functions on that runtime compile the layers at each cold start, which then takes longer."
    )


def build_all(found: Mapping[str, Path], work: Path) -> dict[str, Path]:
    """Builds every artifact of a release; returns its folder by its name. Raises BuildError."""
    path = interpreters.link(found, work / "bin")
    with ThreadPoolExecutor(2) as pool:
        folders = pool.map(lambda one: build(one, work / "made", path), artifacts())
        return {artifact.name: folder for artifact, folder in zip(artifacts(), folders, strict=True)}


def make(
    into: Path,
    built: Callable[[Path], Mapping[str, Path]],
    architectures: Sequence[str] = ARCHITECTURES,
) -> None:
    """Writes the files of a release for these processors into a folder, which is emptied before. Raises BuildError.

    `built` gets a folder to work in, and returns the folder of each artifact by its name.
    """
    version = read_version()
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        made = built(work)
        for name, content in made.items():
            zip_folder(content, into / file_name(name, version))
        page.copy_page(work / "page")
        zip_folder(work / "page", into / file_name("page", version))
        page.pack(version, work, into)
        components = [
            *(one for name in sorted(made) for one in sbom.python_components(made[name])),
            *sbom.npm_components(page.MODULES, page.BUNDLED),
        ]
        (into / f"spanvas-{version}.cdx.json").write_text(sbom.sbom(version, time_of_commit(), components), encoding="utf-8")
    for architecture in architectures:
        name = "packaged.yaml" if architecture == "arm64" else f"packaged-{architecture}.yaml"
        (into / name).write_text(packaged(version, architecture), encoding="utf-8")
    for name in ("LICENSE", "README.md"):
        shutil.copyfile(PROJECT / name, into / name)
    write_checksums(into)


def time_of_commit() -> datetime:
    """Returns when what is built was committed."""
    command = ["git", "-C", str(PROJECT), "log", "-1", "--format=%ct"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"A release is made from a commit: {done.stderr.strip()}")
    return datetime.fromtimestamp(int(done.stdout), UTC)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
