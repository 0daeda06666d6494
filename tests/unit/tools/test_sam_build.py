"""A build that is missing or old is told by what to do, and not by what it lacks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.sam_build import why_not_built

BUILT_AT = 1_000_000.0


def write(path: Path, seconds_after_the_build: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("", encoding="utf-8")
    moment = BUILT_AT + seconds_after_the_build
    os.utime(path, (moment, moment))
    return path


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    template = write(tmp_path / "template.yaml", -60)
    write(tmp_path / "functions" / "api" / "routes.py", -60)
    return [template, tmp_path / "functions"]


def test_without_a_build_one_is_to_be_made(tmp_path: Path, sources: list[Path]) -> None:
    assert why_not_built(tmp_path / "build", sources) == "nothing is built: run `make template`"


def test_a_build_of_what_the_sources_are_now_is_looked_at(
    tmp_path: Path, sources: list[Path]
) -> None:
    write(tmp_path / "build" / "template.yaml", 0)
    write(tmp_path / "functions" / "__pycache__" / "routes.cpython-313.pyc", 60)
    assert why_not_built(tmp_path / "build", sources) == ""


@pytest.mark.parametrize("changed", ["template.yaml", "functions/api/routes.py"])
def test_a_build_that_is_older_than_a_source_is_not_looked_at(
    tmp_path: Path, sources: list[Path], changed: str
) -> None:
    write(tmp_path / "build" / "template.yaml", 0)
    path = write(tmp_path / changed, 1)
    assert why_not_built(tmp_path / "build", sources) == (
        f"what is built is older than {path.name}: run `make template`"
    )
