"""What is written to logs, and what happens where nothing can be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from local import logs
from local.logs import append_line
from local.processes import open_log


@pytest.fixture(autouse=True)
def nothing_said_yet() -> None:
    logs._tell.cache_clear()


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """A file on a disk that has no room left."""
    path = tmp_path / "full.log"
    path.symlink_to("/dev/full")
    return path


def test_lines_are_added_in_their_order(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    assert append_line(log, "one\n")
    assert append_line(log, "two\n")
    assert log.read_text(encoding="utf-8") == "one\ntwo\n"


def test_what_does_not_fit_on_the_disk_is_dropped_and_said_once(
    full: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert not append_line(full, "one\n")
    assert not append_line(full, "two\n")
    assert [record.getMessage() for record in caplog.records] == [
        "Logs cannot be written (No space left on device); the stack runs on without them. "
        "Free some disk space."
    ]


def test_a_folder_that_is_gone_is_no_error(tmp_path: Path) -> None:
    assert not append_line(tmp_path / "gone" / "a.log", "one\n")


def test_a_program_s_output_goes_nowhere_where_its_log_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with open_log(tmp_path / "file" / "a.log") as output:
        assert output.name == "/dev/null"
    with open_log(tmp_path / "made" / "a.log") as output:
        assert output.name == str(tmp_path / "made" / "a.log")
