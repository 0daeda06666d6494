"""The module that Lambda calls in place of the handler: it finds the function's own and wraps it."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import spanvas
from spanvas.tracing.bootstrap import TracedHandler
from tests.functional.tracing.fresh_python import path
from tests.support.recording import recording

PROGRAM = """
import json, types
import spanvas_entry
context = types.SimpleNamespace(
    aws_request_id="r1", get_remaining_time_in_millis=lambda: 60000
)
print(json.dumps(spanvas_entry.handler({"n": 20}, context)))
import sys
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules} & {"opentelemetry", "boto3"})))
"""
APP = """
import spanvas

def handler(event, context):
    with spanvas.workflow("brief") as run:
        return [event["n"] + 1, run.execution_id]
"""


@pytest.fixture
def task(tmp_path: Path) -> Path:
    """A function's folder, as /var/task is."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text(APP)
    (tmp_path / "broken.py").write_text("import no_such_package\n")
    return tmp_path


def run_wrapped(task: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    program = f"import sys; sys.path[:0] = {[str(task), *path()]!r}\n{PROGRAM}"
    return subprocess.run(
        [sys.executable, "-S", "-E", "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("name", ["src.app.handler", "src/app.handler"])
def test_the_functions_own_handler_is_found_and_called(task: Path, name: str) -> None:
    ended = run_wrapped(task, SPANVAS_ENABLED="true", SPANVAS_HANDLER=name)
    assert ended.returncode == 0, ended.stderr
    result, loaded = (json.loads(line) for line in ended.stdout.splitlines())
    assert result == [21, "r1"]
    assert loaded == ["opentelemetry"]


def test_off_the_wrapper_is_the_handler_itself(task: Path) -> None:
    ended = run_wrapped(task, SPANVAS_HANDLER="src.app.handler")
    assert ended.returncode == 0, ended.stderr
    result, loaded = (json.loads(line) for line in ended.stdout.splitlines())
    assert result == [21, ""]
    assert loaded == []


def test_settings_that_cannot_be_read_leave_the_handler_as_it_is(task: Path) -> None:
    ended = run_wrapped(
        task,
        SPANVAS_ENABLED="true",
        SPANVAS_HANDLER="src.app.handler",
        SPANVAS_CONTENT="everything",
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout.splitlines()[0]) == [21, ""]
    assert ended.stderr.count("tracing is off") == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("broken.handler", "No module named 'no_such_package'"),
        ("nowhere.handler", "No module named 'nowhere'"),
        ("src.app.missing", "Handler 'missing' missing on module 'src.app'"),
        ("handler", "Bad handler 'handler'"),
        ("", "Bad handler ''"),
    ],
)
def test_a_handler_that_cannot_be_imported_fails_as_it_would_without_the_layer(
    task: Path, name: str, message: str
) -> None:
    ended = run_wrapped(task, SPANVAS_ENABLED="true", SPANVAS_HANDLER=name)
    assert ended.returncode == 1
    assert message in ended.stderr


def test_a_layer_that_cannot_wrap_leaves_the_handler_as_it_is(
    wrapper: ModuleType, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "spanvas.tracing.bootstrap", None)
    with recording():
        assert wrapper.traced(wrapper.handler) is wrapper.handler
    assert "the handler could not be wrapped" in caplog.text


@pytest.fixture
def wrapper(task: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The wrapper's module, imported in this process."""
    monkeypatch.setenv("SPANVAS_HANDLER", "src.app.handler")
    monkeypatch.syspath_prepend(str(task))
    monkeypatch.delitem(sys.modules, "spanvas_entry", raising=False)
    monkeypatch.setattr(spanvas, "_is_asked", True)
    monkeypatch.setattr(spanvas, "_engine", None)
    return importlib.import_module("spanvas_entry")


def test_a_handler_is_wrapped_where_tracing_is_on(wrapper: ModuleType) -> None:
    assert wrapper.handler.__module__ == "src.app"
    with recording():
        assert isinstance(wrapper.traced(wrapper.handler), TracedHandler)


def test_handlers_are_found_as_the_runtime_finds_them(wrapper: ModuleType) -> None:
    assert wrapper.original_handler("src/app.handler") is wrapper.handler
    with pytest.raises(RuntimeError, match="Bad handler 'app'"):
        wrapper.original_handler("app")
    with pytest.raises(RuntimeError, match=r"Handler 'missing' missing on module 'src\.app'"):
        wrapper.original_handler("src.app.missing")
