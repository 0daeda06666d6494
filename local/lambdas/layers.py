"""The directories that stand as /opt before functions: a layer is built by its own Makefile, as `sam build` does it.

Layers of third-party packages hold wheels for Lambda's own machine, so here their packages come from the environment
that runs the stack.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from local.resources import Layer
from local.state import running_stacks

KEPT_SECONDS = 86_400


class LayerBuildError(Exception):
    """A layer's Makefile failed; the message carries its last lines."""


def prepare_opt(layers: Sequence[Layer], project: Path, build: Path) -> Path:
    """Returns the directory that holds the layers merged in order, as Lambda does, built where a source has changed."""
    chosen = [layer for layer in layers if not is_third_party(project, layer)]
    digest = hashlib.blake2b(digest_size=8)
    for layer in chosen:
        digest.update(f"{layer.logical_id} {source_digest(project / layer.path)}".encode())
    opt = build / "opt" / digest.hexdigest()
    if not opt.exists():
        partial = opt.with_name(f".{opt.name}-{os.getpid()}")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for layer in chosen:
            build_layer(layer, project / layer.path, partial)
        take_place(partial, opt)
        if not running_stacks(build):
            remove_old(opt.parent)
    os.utime(opt)
    return opt


def is_third_party(project: Path, layer: Layer) -> bool:
    """Returns whether a layer is made of packages of others."""
    return (project / layer.path / "requirements.txt").is_file()


def build_layer(layer: Layer, source: Path, artifacts: Path) -> None:
    """Adds a layer to a folder, as `sam build` makes it. Raises LayerBuildError."""
    if layer.build_method == "makefile":
        run_makefile(layer, source, artifacts)
    else:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, artifacts / "python", ignore=ignored, dirs_exist_ok=True)


def run_makefile(layer: Layer, source: Path, artifacts: Path) -> None:
    """Builds a layer by its own Makefile. Raises LayerBuildError."""
    command = ["make", "-C", str(source), f"build-{layer.logical_id}", f"ARTIFACTS_DIR={artifacts}"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    environment = {name: value for name, value in os.environ.items() if name not in MAKE_VARIABLES}
    done = subprocess.run(
        command, env={**environment, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = (done.stdout + done.stderr).splitlines()[-15:]
        raise LayerBuildError(f"{' '.join(command)} failed:\n" + "\n".join(lines))


# A make above this one (`make run`) passes its own flags and targets on; the layer's make must not see them.
MAKE_VARIABLES = frozenset({"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "PYTHONPATH"})


def source_digest(source: Path) -> str:
    """Changes when a file of the layer is added, removed or written."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(source.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            status = path.stat()
            digest.update(
                f"{path.relative_to(source)} {status.st_size} {status.st_mtime_ns}".encode()
            )
    return digest.hexdigest()


def remove_old(folder: Path) -> None:
    """What was made more than a day ago: a younger one may be what a stack has mounted that only starts."""
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # somebody else removes it, too
            if time.time() - path.stat().st_mtime > KEPT_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


def take_place(partial: Path, finished: Path) -> None:
    """Give a finished folder its name. Another process may have made the same one meanwhile: then that one stays."""
    try:
        partial.rename(finished)
    except OSError:
        shutil.rmtree(partial, ignore_errors=True)
        if not finished.is_dir():
            raise
