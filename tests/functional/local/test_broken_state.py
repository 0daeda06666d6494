"""What is kept, when an engine cannot read its part of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.kept import open_kept
from local.options import Options
from local.processes import EndedError
from local.stack import Stack
from local.state import StackError
from tests.support.engines import needs_engines

pytestmark = needs_engines


def test_tables_that_cannot_be_opened_are_said_with_a_way_on(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    open_kept(folder)
    tables = folder / "dynamodb"
    tables.mkdir()
    (tables / "CURRENT").write_text("MANIFEST-000004\n", encoding="utf-8")
    (tables / "MANIFEST-000004").write_text("half", encoding="utf-8")
    options = Options(port=0, state=tmp_path / "state", kept=folder, mount_layers=False)
    with pytest.raises(StackError) as error, Stack(options):
        pass
    said = str(error.value)
    assert said.startswith(
        f"The state in {folder} cannot be continued: dynamodb ended with code 65; "
    )
    assert f"The tables in {tables} cannot be opened: Corruption: " in said
    assert said.endswith("start anew: make run FRESH=1")
    assert (tables / "CURRENT").exists()


def test_tables_that_cannot_be_opened_for_now_are_not_to_be_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    open_kept(folder)
    tables = folder / "dynamodb"
    (tables / "LOCK").mkdir(parents=True)
    options = Options(port=0, state=tmp_path / "state", kept=folder, mount_layers=False)
    with pytest.raises(EndedError) as error, Stack(options):
        pass
    said = str(error.value)
    assert said.startswith("dynamodb ended with code 1; ")
    assert f"The tables in {tables} cannot be opened: IO error: " in said
