"""The script that Lambda runs before Python: it changes the environment where tracing is on."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WRAPPER = ROOT / "layers/spanvas/otel-instrument"


@pytest.fixture
def opt(tmp_path: Path) -> Path:
    """Where the layer is mounted."""
    folder = tmp_path / "opt"
    (folder / "python").mkdir(parents=True)
    (folder / "python" / "spanvas_entry.py").write_text("")
    shutil.copy(WRAPPER, folder)
    return folder


def wrapped_environment(opt: Path, **environment: str) -> dict[str, str]:
    """What the exec wrapper makes of the environment."""
    ended = subprocess.run(
        [
            str(opt / "otel-instrument"),
            sys.executable,
            "-c",
            "import json, os; print(json.dumps(dict(os.environ)))",
        ],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return dict(json.loads(ended.stdout))


@pytest.mark.parametrize("word", ["true", "TRUE", "1", "on", "Yes"])
def test_the_exec_wrapper_puts_itself_before_the_handler_when_tracing_is_on(
    opt: Path, word: str
) -> None:
    environment = wrapped_environment(opt, SPANVAS_ENABLED=word, _HANDLER="app.handler")
    assert environment["_HANDLER"] == "spanvas_entry.handler"
    assert environment["SPANVAS_HANDLER"] == "app.handler"
    assert environment["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] == "true"
    assert "PYTHONPATH" not in environment


def test_what_the_function_says_of_content_stays(opt: Path) -> None:
    name = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
    environment = wrapped_environment(opt, **{"SPANVAS_ENABLED": "true", name: "span_only"})
    assert environment[name] == "span_only"


@pytest.mark.parametrize("setting", [{}, {"SPANVAS_ENABLED": "false"}, {"SPANVAS_ENABLED": ""}])
def test_the_exec_wrapper_changes_nothing_when_tracing_is_off(
    opt: Path, setting: dict[str, str]
) -> None:
    environment = wrapped_environment(opt, _HANDLER="app.handler", **setting)
    assert environment["_HANDLER"] == "app.handler"
    assert not [name for name in environment if name.startswith(("SPANVAS_HANDLER", "OTEL_"))]


def test_the_exec_wrapper_changes_nothing_where_the_layer_s_code_is_not_there(opt: Path) -> None:
    (opt / "python" / "spanvas_entry.py").unlink()
    environment = wrapped_environment(opt, SPANVAS_ENABLED="true", _HANDLER="app.handler")
    assert environment["_HANDLER"] == "app.handler"


def test_the_exec_wrapper_can_be_executed() -> None:
    assert WRAPPER.stat().st_mode & stat.S_IXOTH
