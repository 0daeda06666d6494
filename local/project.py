"""Where the project lies on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[1]


def shown(path: Path) -> str:
    """A path as a person at the project's root types it."""
    return str(path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path)
