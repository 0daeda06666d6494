"""Two makes in one checkout do not make the same thing at the same time."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.project import PROJECT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "a path with blanks"
    (root / "tools").mkdir(parents=True)
    shutil.copy2(PROJECT / "tools" / "alone.py", root / "tools")
    (root / "source").touch()
    return root


@pytest.fixture(autouse=True)
def heeded_interrupts() -> Iterator[None]:
    """What a shell runs in the background, as these tests may be, ignores interrupts, and so would what they start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def start(project: Path, script: str, *sources: str) -> subprocess.Popen[str]:
    command = [sys.executable, "tools/alone.py", "made", *(sources or ("source",))]
    return subprocess.Popen(
        [*command, "--", "sh", "-ec", script],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(project: Path, script: str, *sources: str) -> tuple[int, str]:
    process = start(project, script, *sources)
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors


SLOWLY = "echo begin >>log; sleep 0.3; echo end >>log"


def test_what_two_want_at_once_is_made_once(project: Path) -> None:
    processes = [start(project, SLOWLY) for _ in range(4)]
    assert [process.wait(60) for process in processes] == [0] * 4
    for process in processes:
        process.communicate()
    assert (project / "log").read_text(encoding="utf-8") == "begin\nend\n"


@pytest.mark.parametrize("names", [["packages/run", "packages/all"], ["page/made", "packages/all"]])
def test_nothing_of_a_folder_is_made_while_another_thing_is_made_of_it_or_with_it(
    project: Path, names: list[str]
) -> None:
    for folder in ("packages", "page"):
        (project / folder).mkdir()
    command = [sys.executable, "tools/alone.py", "source", "--using=packages", "--"]
    processes = [
        subprocess.Popen([*command[:2], name, *command[2:], "sh", "-ec", SLOWLY], cwd=project)
        for name in names
    ]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert (project / "log").read_text(encoding="utf-8") == "begin\nend\n" * 2


def test_it_is_made_again_when_a_source_is_newer(project: Path) -> None:
    assert run(project, SLOWLY)[0] == 0
    assert run(project, SLOWLY)[0] == 0
    assert (project / "log").read_text(encoding="utf-8") == "begin\nend\n"
    later = time.time_ns() + 10**9
    os.utime(project / "source", ns=(later, later))
    assert run(project, SLOWLY)[0] == 0
    assert (project / "log").read_text(encoding="utf-8") == "begin\nend\n" * 2
    assert run(project, SLOWLY, "source", "gone")[0] == 0


def test_a_failure_says_what_to_do_and_is_tried_again(project: Path) -> None:
    code, errors = run(project, "echo no route to host >&2; exit 3")
    assert code == 1
    assert "made could not be made (exit status 3)" in errors
    assert "this needs a network" in errors
    assert not (project / "made").exists()
    assert run(project, "true") == (0, "")
    assert (project / "made").exists()


def test_a_folder_that_cannot_be_written_is_told(project: Path) -> None:
    (project / "build").touch()
    code, errors = run(project, "true")
    assert code == 1
    assert "Free some disk space, or make it writable." in errors
    assert "Traceback" not in errors


def test_one_that_waits_says_so_and_ends_quietly_when_it_is_interrupted(project: Path) -> None:
    until_told = "for n in $(seq 300); do [ -e go ] && break; sleep 0.1; done"
    first = start(project, f"echo >begun; {until_told}")
    while not (project / "begun").exists():
        time.sleep(0.01)
    second = start(project, SLOWLY)
    assert second.stderr is not None
    assert second.stderr.readline() == "Waiting for another make that makes made\n"
    second.send_signal(signal.SIGINT)
    _, errors = second.communicate(timeout=60)
    assert (second.returncode, errors) == (130, "")
    (project / "go").touch()
    _, errors = first.communicate(timeout=60)
    assert (first.returncode, errors) == (0, "")
