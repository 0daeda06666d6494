"""How to trace a function that is a container image: the entry point of the page, with the layer's own wrapper."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.aws_from_template import ROOT

PAGE = ROOT / "docs" / "how-to" / "trace-a-container-image.md"
WRAPPER = ROOT / "layers" / "spanvas" / "otel-instrument"
PYTHON = """#!/bin/sh
printf '%s\\n' "$@" "$_HANDLER" "$SPANVAS_HANDLER"
"""


@pytest.fixture
def runs(tmp_path: Path) -> Callable[..., list[str]]:
    """Starts a command where `python` says what it is given: its arguments, `_HANDLER` and `SPANVAS_HANDLER`."""
    (tmp_path / "bin").mkdir()
    opt = tmp_path / "opt"
    (opt / "python").mkdir(parents=True)
    (opt / "otel-instrument").write_bytes(WRAPPER.read_bytes())
    (opt / "python" / "spanvas_entry.py").touch()
    script = PAGE.read_text("utf-8").partition("```sh\n")[2].partition("```")[0]
    for name, text in {"bin/python": PYTHON, "entry.sh": script}.items():
        (tmp_path / name).write_text(text)
    for name in ("bin/python", "entry.sh", "opt/otel-instrument"):
        (tmp_path / name).chmod(0o755)

    def run(*command: str, **variables: str) -> list[str]:
        environment = {"PATH": f"{tmp_path / 'bin'}{os.pathsep}/usr/bin:/bin", **variables}
        if "AWS_LAMBDA_EXEC_WRAPPER" in variables:
            environment["AWS_LAMBDA_EXEC_WRAPPER"] = str(opt / "otel-instrument")
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.splitlines()

    return run


WRAPPED = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/otel-instrument", "SPANVAS_ENABLED": "true"}


def test_the_page_s_entry_point_starts_the_wrapper_and_takes_the_handler_after_it(
    runs: Callable[..., list[str]],
) -> None:
    assert runs("./entry.sh", "app.handler", **WRAPPED) == [
        "-m", "awslambdaric", "spanvas_entry.handler", "spanvas_entry.handler", "app.handler",
    ]  # fmt: skip


def test_without_the_wrapper_or_with_tracing_off_it_runs_the_handler_itself(
    runs: Callable[..., list[str]],
) -> None:
    plain = ["-m", "awslambdaric", "app.handler", "app.handler", ""]
    assert runs("./entry.sh", "app.handler") == plain
    assert runs("./entry.sh", "app.handler", **{**WRAPPED, "SPANVAS_ENABLED": "false"}) == plain


def test_a_handler_that_is_an_argument_of_the_runtime_is_not_changed_by_the_wrapper(
    runs: Callable[..., list[str]],
) -> None:
    """The trap: nothing fails, and nothing is traced."""
    naive = ("opt/otel-instrument", "python", "-m", "awslambdaric", "app.handler")
    assert runs(*naive, **WRAPPED, _HANDLER="app.handler")[2] == "app.handler"
