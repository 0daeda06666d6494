"""Builds functions and layers by their own Makefiles, as `sam build` does, for any version and processor."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local.project import PROJECT
from tools.dist.interpreters import RUNTIMES

ARCHITECTURES: Final = ("arm64", "x86_64")
"""Lambda's processors, as the template's parameter `Architecture` calls them."""
PACKAGES: Final = {"LibrariesLayer": "libraries", "OtlpExporterLayer": "otlp-exporter"}
"""Layers of third-party packages: logical id -> folder in `layers`, which its zips are called by."""
INHERITED: Final = frozenset({"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "PYTHONPATH", "ARCHITECTURE"})


class BuildError(Exception):
    """A part of a release cannot be built; the message says why."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A folder that one target of one Makefile fills, and that becomes one zip."""

    name: str
    folder: str
    target: str
    variables: Mapping[str, str]
    licence: str
    """Where our own licence is put in it."""


def artifacts() -> list[Artifact]:
    """Returns all zips of a release that Makefiles build."""
    packages = [
        Artifact(
            f"{folder}-python{version}-{architecture}",
            f"layers/{folder}",
            f"build-{layer}",
            {"PLATFORM": architecture, "PYTHON_VERSION": version},
            "",
        )
        for layer, folder in PACKAGES.items()
        for version in RUNTIMES
        for architecture in ARCHITECTURES
    ]
    functions = [
        Artifact(
            f"functions-{architecture}",
            "functions",
            "build-TraceApiFunction",
            {"ARCHITECTURE": architecture},
            "LICENSE",
        )
        for architecture in ARCHITECTURES
    ]
    return [
        Artifact("layer", "layers/spanvas", "build-SpanvasLayer", {}, "python/spanvas/LICENSE"),
        *packages,
        *functions,
        Artifact("steps", "functions", "build-ReserveFunction", {}, "LICENSE"),
    ]


def build(artifact: Artifact, into: Path, path: str) -> Path:
    """Builds an artifact with the programs of a PATH; returns its folder. Raises BuildError.

    Byte code is made without a random order of sets, so that it is the same each time.
    """
    made = into / artifact.name
    made.mkdir(parents=True)
    variables = {"PYTHON": sys.executable, **artifact.variables, "ARTIFACTS_DIR": str(made)}
    kept = {name: value for name, value in os.environ.items() if name not in INHERITED}
    done = subprocess.run(
        ["make", "--silent", "-C", str(PROJECT / artifact.folder), artifact.target]
        + [f"{name}={value}" for name, value in variables.items()],
        env={**kept, "PATH": path, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"{artifact.name} could not be built:\n{done.stdout}{done.stderr}")
    if artifact.licence:
        shutil.copyfile(PROJECT / "LICENSE", made / artifact.licence)
    return made
