"""How the running stack is found by those who want a token or its variables."""

from __future__ import annotations

import json
import stat
import subprocess
from pathlib import Path

import pytest

from local.state import (
    StackError,
    folder_of,
    prepare,
    read_state,
    remove_state,
    write_state,
)


def start(build: Path, port: int) -> None:
    folder = folder_of(port, build)
    prepare(folder)
    write_state(folder, {"url": f"http://127.0.0.1:{port}"})


def ended_process() -> int:
    with subprocess.Popen(["/bin/true"]) as process:
        process.wait()
    return process.pid


def test_no_stack_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="No stack is running: start one with `make run`"):
        read_state(build=tmp_path)


def test_two_stacks_keep_their_own_state(tmp_path: Path) -> None:
    start(tmp_path, 8400)
    (tmp_path / "8400" / "logs" / "a.log").touch()
    start(tmp_path, 8401)
    assert read_state(8400, tmp_path)["url"] == "http://127.0.0.1:8400"
    assert read_state(8401, tmp_path)["url"] == "http://127.0.0.1:8401"
    assert (tmp_path / "8400" / "logs" / "a.log").exists()
    with pytest.raises(StackError, match=r"choose one with --port \(8400, 8401\)"):
        read_state(build=tmp_path)
    remove_state(folder_of(8400, tmp_path))
    assert read_state(build=tmp_path)["url"] == "http://127.0.0.1:8401"


def test_the_one_on_the_default_port_is_meant_where_nothing_is_said(tmp_path: Path) -> None:
    start(tmp_path, 8400)
    start(tmp_path, 8321)
    assert read_state(build=tmp_path)["url"] == "http://127.0.0.1:8321"
    with pytest.raises(StackError, match=r"port 9: start one with `make run PORT=9`.*8321, 8400"):
        read_state(9, tmp_path)


def test_a_stack_that_was_killed_is_not_running(tmp_path: Path) -> None:
    start(tmp_path, 8400)
    path = tmp_path / "8400" / "stack.json"
    path.write_text(json.dumps({"pid": ended_process(), "url": ""}), encoding="utf-8")
    with pytest.raises(StackError, match="No stack is running"):
        read_state(build=tmp_path)
    for text in ("", "{half", "null", "[]", "{}", '{"pid": "many"}'):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(StackError, match="No stack is running"):
            read_state(build=tmp_path)


def test_secrets_are_for_the_owner_alone(tmp_path: Path) -> None:
    folder = folder_of(8400, tmp_path)
    prepare(folder)
    (folder / "stack.json").touch(mode=0o644)
    write_state(folder, {})
    assert stat.S_IMODE((folder / "stack.json").stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "8400").touch()
    with pytest.raises(StackError, match=r"8400 cannot be written: .*Free some disk space"):
        prepare(folder_of(8400, tmp_path))
    assert list(tmp_path.iterdir()) == [tmp_path / "8400"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
def test_a_full_disk_is_told_at_the_start(tmp_path: Path) -> None:
    folder = folder_of(8400, tmp_path)
    folder.mkdir()
    (folder / "probe").symlink_to("/dev/full")
    with pytest.raises(StackError, match=r"8400 cannot be written: No space left on device\. Free"):
        prepare(folder)


def test_a_state_that_cannot_be_written_is_told_and_leaves_no_half(tmp_path: Path) -> None:
    folder = folder_of(8400, tmp_path)
    prepare(folder)
    (folder / ".stack.json").mkdir()
    with pytest.raises(StackError, match=r"stack\.json cannot be written"):
        write_state(folder, {})
    assert not (folder / "stack.json").exists()
