"""A Python process that has loaded nothing yet, with the layer's code and its packages to be found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def run(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-S", "-E", "-c", f"import sys; sys.path[:0] = {path()!r}\n{program}"],
        env={**environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def path() -> list[str]:
    packages = [entry for entry in sys.path if entry.endswith("site-packages")]
    return [str(ROOT / "layers/spanvas"), *packages]
