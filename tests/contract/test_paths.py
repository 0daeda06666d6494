"""A checkout may lie in a path with blanks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.aws_from_template import ROOT

CONFIGS = sorted(
    path
    for path in (ROOT / "frontend").rglob("*.config.ts")
    if "node_modules" not in path.relative_to(ROOT).parts
)


def test_the_configurations_are_found() -> None:
    assert ROOT / "frontend" / "vite.config.ts" in CONFIGS
    assert ROOT / "frontend" / "examples" / "react-app" / "vite.config.ts" in CONFIGS


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_configuration_takes_the_path_of_a_url_as_a_path_of_the_disk(path: Path) -> None:
    """The path of a URL has %20 where the disk has a blank; `fileURLToPath` decodes it."""
    assert re.findall(r"import\.meta\.url\)\.pathname", path.read_text("utf-8")) == []
