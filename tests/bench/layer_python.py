"""The newest CPython at hand, with what Lambda's runtimes bring: awslambdaric, boto3 and what they stand on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.bench.figures import BenchError
from tests.support.aws_from_template import ROOT

BROUGHT = (
    "awslambdaric", "boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "simplejson", "six",
    "snapshot-restore-py", "urllib3",
)  # fmt: skip
EXPORTER = (
    "certifi", "charset-normalizer", "googleapis-common-protos", "idna", "opentelemetry-exporter-http-transport",
    "opentelemetry-exporter-otlp-common", "opentelemetry-exporter-otlp-proto-common",
    "opentelemetry-exporter-otlp-proto-http", "opentelemetry-proto", "protobuf", "requests", "typing-extensions",
)  # fmt: skip
"""`opentelemetry-exporter-otlp-proto-http` and what it stands on, as a function's package has them."""
LOCK = ROOT / "requirements-dev.txt"
FOLDER = ROOT / "build" / "bench"
OLDEST = (3, 11)
NEWEST = (3, 14)
"""Lambda's own newest runtime: what comes after is not what functions run on."""


def runtime_python() -> str:
    """An interpreter of its own under build/bench. Raises BenchError where the packages cannot be had."""
    version, python = max(interpreters())
    home = FOLDER / f"python-{'.'.join(map(str, version))}"
    made = home / "bin" / "python"
    if (home / ".installed").exists():
        return str(made)
    shutil.rmtree(home, ignore_errors=True)
    home.parent.mkdir(parents=True, exist_ok=True)
    done_by([python, "-m", "venv", str(home)])
    done_by(installing(str(made), BROUGHT, home.with_suffix(".txt")))
    (home / ".installed").touch()
    return str(made)


def exporter_packages(python: str) -> Path:
    """A folder with OpenTelemetry's exporter for this interpreter. Raises BenchError."""
    home = Path(python).parents[1]
    folder = home.with_name(f"exporter-of-{home.name}")
    if not (folder / ".installed").exists():
        shutil.rmtree(folder, ignore_errors=True)
        done_by(
            [*installing(python, EXPORTER, folder.with_suffix(".txt")), "--target", str(folder)]
        )
        (folder / ".installed").touch()
    return folder


def installing(python: str, packages: Iterable[str], requirements: Path) -> list[str]:
    """The command that installs packages as they are locked; writes its file of requirements."""
    lines = locked(LOCK.read_text("utf-8"), frozenset(packages))
    requirements.write_text("".join(lines), "utf-8")
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    return [python, *install, "--require-hashes", "-r", str(requirements)]


def done_by(command: list[str]) -> None:
    """Runs a command. Raises BenchError where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"{' '.join(command)} failed: {done.stderr.strip()[-300:]}")


def locked(text: str, packages: frozenset[str]) -> Iterator[str]:
    """The lock's own lines, with their hashes, of these packages."""
    for block in re.split(r"\n(?=\S)", text):
        name = re.split(r"[=<>~ ;\[]", block, maxsplit=1)[0]
        if name in packages:
            yield block.rstrip() + "\n"


def interpreters() -> Iterator[tuple[tuple[int, ...], str]]:
    """Versions and paths: the one that runs this, pyenv's, and those on PATH."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [sys.executable, *map(str, root.glob("versions/*/bin/python"))]
    candidates += [
        found
        for minor in range(OLDEST[1], NEWEST[1] + 1)
        if (found := shutil.which(f"python3.{minor}"))
    ]
    ask = "import sys, venv; print(*sys.version_info[:3]); print(sys.implementation.name)"
    for path in candidates:
        done = subprocess.run([path, "-c", ask], capture_output=True, text=True, check=False)
        numbers, _, name = done.stdout.strip().partition("\n")
        version = tuple(int(number) for number in numbers.split())
        if name == "cpython" and OLDEST <= version[:2] <= NEWEST:
            yield version, path
