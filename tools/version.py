"""The version of the project, which stands in one place: the layer tells it in every trace."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from local.project import PROJECT

PLACE: Final = Path("layers/spanvas/spanvas/version.py")
LINE: Final = re.compile(r'^(VERSION: Final = ")([^"]+)(")$', re.MULTILINE)


def read_version(root: Path = PROJECT) -> str:
    """Returns the version, as `1.2.3`."""
    found = LINE.search((root / PLACE).read_text("utf-8"))
    assert found is not None, f"no version in {PLACE}"
    return found[2]


def write_version(version: str, root: Path = PROJECT) -> None:
    """Puts another version in the place of the one that is there."""
    path = root / PLACE
    path.write_text(LINE.sub(rf"\g<1>{version}\g<3>", path.read_text("utf-8")), encoding="utf-8")
