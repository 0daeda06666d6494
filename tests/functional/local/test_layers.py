"""The folders that stand as /opt: made once for all stacks of a checkout, and kept for those that run."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from local.__main__ import main
from local.lambdas.layers import prepare_opt
from local.resources import Layer
from local.state import folder_of, prepare, remove_state, write_state

TWO_DAYS = 2 * 86_400


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "a path with blanks"
    (root / "layer").mkdir(parents=True)
    (root / "layer" / "code.py").write_text("A = 1\n", encoding="utf-8")
    return root


LAYER = Layer("SpanvasLayer", "layer", "python3.13")


def change(project: Path, text: str) -> None:
    (project / "layer" / "code.py").write_text(text, encoding="utf-8")


def make_old(path: Path) -> None:
    then = time.time() - TWO_DAYS
    os.utime(path, (then, then))


def test_another_source_is_another_folder_and_the_one_before_stays(project: Path) -> None:
    build = project / "build"
    first = prepare_opt([LAYER], project, build)
    assert prepare_opt([LAYER], project, build) == first
    change(project, "A = 22\n")
    second = prepare_opt([LAYER], project, build)
    assert (first / "python" / "code.py").read_text("utf-8") == "A = 1\n"
    assert (second / "python" / "code.py").read_text("utf-8") == "A = 22\n"


def test_old_folders_are_removed_but_not_while_a_stack_runs_that_may_have_them_as_its_opt(
    project: Path,
) -> None:
    build = project / "build"
    first = prepare_opt([LAYER], project, build)
    prepare(folder_of(8400, build))
    write_state(folder_of(8400, build), {})
    make_old(first)
    change(project, "A = 22\n")
    prepare_opt([LAYER], project, build)
    assert first.exists()
    remove_state(folder_of(8400, build))
    change(project, "A = 333\n")
    prepare_opt([LAYER], project, build)
    assert not first.exists()


def test_a_folder_that_is_used_again_is_not_old(project: Path) -> None:
    build = project / "build"
    first = prepare_opt([LAYER], project, build)
    make_old(first)
    assert prepare_opt([LAYER], project, build) == first
    change(project, "A = 22\n")
    prepare_opt([LAYER], project, build)
    assert first.exists()


def test_a_disk_that_cannot_be_written_is_told_without_a_traceback(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "build").mkdir()
    (project / "build" / "opt").touch()

    def up(_options: object) -> int:
        prepare_opt([LAYER], project, project / "build")
        return 0

    monkeypatch.setattr("local.__main__.up", up)
    assert main(["up"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{project / 'build' / 'opt'}/.")
    assert said.endswith(
        " cannot be written: Not a directory. Free some disk space, or make it writable.\n"
    )


def test_layers_are_merged_in_their_order(project: Path) -> None:
    (project / "second").mkdir()
    (project / "second" / "code.py").write_text("A = 2\n", encoding="utf-8")
    (project / "layer" / "other.py").write_text("B = 1\n", encoding="utf-8")
    layers = [LAYER, Layer("Second", "second", "python3.13")]
    opt = prepare_opt(layers, project, project / "build")
    assert (opt / "python" / "code.py").read_text("utf-8") == "A = 2\n"
    assert (opt / "python" / "other.py").read_text("utf-8") == "B = 1\n"
