"""The page and the npm package of a release: built by the page's own scripts, with the licences of what they contain."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from local.project import PROJECT
from tools.dist.artifacts import BuildError

FRONTEND: Final = PROJECT / "frontend"
MODULES: Final = FRONTEND / "node_modules"
BUNDLED: Final = ("diff", "entities", "marked", "pdfjs-dist", "react", "react-dom", "scheduler")
"""Packages of others whose code is in the page, or with the library: of that React is the host's own."""
LICENCES: Final = "THIRD-PARTY-LICENSES.txt"
PUBLISHED: Final = (
    "name",
    "description",
    "license",
    "type",
    "sideEffects",
    "files",
    "exports",
    "engines",
    "peerDependencies",
)
"""What of package.json is the package's; the rest is for those who work on it. Nothing else is installed with it."""


def copy_page(into: Path) -> None:
    """Copies the page that is built, with the licences."""
    shutil.copytree(FRONTEND / "dist", into)
    (into / LICENCES).write_text(licences(BUNDLED), encoding="utf-8")


def pack(version: str, work: Path, into: Path) -> None:
    """Writes the npm package. Raises BuildError."""
    package = work / "npm"
    copy_page(package / "dist")
    node(["npx", "vite", "build", "--config", "vite.lib.config.ts", "--logLevel", "warn", "--outDir", str(package / "dist-lib")])
    types = package / "dist-lib" / "types"
    node(["npx", "tsc", "--project", "tsconfig.lib.json", "--outDir", str(types)])
    described = json.loads((FRONTEND / "package.json").read_text("utf-8"))
    published = {"version": version} | {name: described[name] for name in PUBLISHED}
    published["files"] = [*described["files"], LICENCES]
    (package / "package.json").write_text(json.dumps(published, indent=2) + "\n", encoding="utf-8")
    (package / LICENCES).write_text(licences(BUNDLED), encoding="utf-8")
    shutil.copyfile(PROJECT / "LICENSE", package / "LICENSE")
    shutil.copyfile(PROJECT / "docs" / "how-to" / "embed-the-tab.md", package / "README.md")
    node(["npm", "pack", "--silent", "--pack-destination", str(into)], package)


def licences(names: Iterable[str]) -> str:
    """Returns the licences of packages, one after the other. Raises BuildError where one has none."""
    texts = []
    for name in names:
        found = sorted(path for path in (MODULES / name).iterdir() if path.name.lower().startswith(("licen", "notice")))
        if not found:
            raise BuildError(f"{name} has no file with its licence")
        texts += [f"{name}: {path.name}\n\n{path.read_text('utf-8').strip()}\n" for path in found]
    return ("\n" + "-" * 80 + "\n\n").join(texts)


def node(command: Sequence[str], folder: Path = FRONTEND) -> None:
    """Runs a program of Node.js. Raises BuildError."""
    done = subprocess.run(
        [str(PROJECT / "tools" / "with-node"), *command], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
