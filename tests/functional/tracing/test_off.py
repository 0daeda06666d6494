"""Tracing that is off: nothing is loaded, nothing happens, everything works."""

from __future__ import annotations

import os

import pytest

from tests.functional.tracing.fresh_python import run

PROGRAM = """
import sys
before = set(sys.modules)
import spanvas

@spanvas.workflow("brief", execution_id="e1", input={"a": 1})
def brief():
    with spanvas.node("draft", name="Draft", input=1) as node:
        node.set_input(1); node.set_output(1); node.set_attribute("a", 1)
        node.add_event("e", {}); node.fail("x")
        with spanvas.attempt(1), spanvas.span("s", kind="http") as span:
            assert (span.span_id, span.trace_id) == ("", "")
    spanvas.record_generation(model="m", usage={"input_tokens": 1})
    with spanvas.generation(model="m", input_messages=["x"]) as call:
        call.token(); call.usage({}); call.set_output(1)
        assert call.response(call) is call
    assert spanvas.attach_artifact("a", b"x") is None
    assert spanvas.bind(len) is len
    assert spanvas.inject({"a": 1}) == {"a": 1}
    assert spanvas.message_attributes({"a": 1}) == {"a": 1}
    with spanvas.message({"messageId": "m"}) as part:
        part.set_output(1)
    spanvas.end_execution("x")
    return 42

async def asked():
    async with spanvas.generation(model="m") as call:
        return call.response(7)

try:
    asked().send(None)
except StopIteration as stopped:
    assert stopped.value == 7
assert brief() == 42
with spanvas.workflow("brief", execution_id="e1") as run:
    assert run.execution_id == "e1"
with spanvas.workflow("brief") as run:
    assert run.execution_id == ""
try:
    with spanvas.workflow("brief"):
        raise ValueError("passes")
except ValueError as error:
    assert str(error) == "passes"
assert spanvas.flush() is True
assert spanvas.health() == {}
loaded = set(sys.modules) - before
foreign = {name for name in loaded if name.partition(".")[0] != "spanvas"} - {"os.path"}
print(*sorted(name for name in loaded if name.startswith("spanvas")))
print(*sorted(foreign - set(sys.stdlib_module_names)))
print(*sorted(foreign & {"dataclasses", "typing", "inspect", "asyncio", "logging", "json"}))
"""


@pytest.mark.parametrize("setting", [{}, {"SPANVAS_ENABLED": "false"}, {"SPANVAS_ENABLED": "0"}])
def test_off_loads_nothing_but_the_door_itself(setting: dict[str, str]) -> None:
    ended = run(PROGRAM, **setting)
    assert ended.returncode == 0, ended.stderr
    ours, foreign, costly = ended.stdout.split("\n")[:3]
    assert ours.split() == [
        "spanvas",
        "spanvas.handles",
        "spanvas.setting_values",
        "spanvas.settings",
    ]
    assert foreign == ""
    assert costly == ""


def test_a_setting_that_cannot_be_read_switches_tracing_off_and_says_so_once() -> None:
    ended = run(PROGRAM, SPANVAS_ENABLED="true", SPANVAS_RETENTION_DAYS="soon")
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count("tracing is off: it could not be started") == 1
    assert "SPANVAS_RETENTION_DAYS='soon'" in ended.stderr
    assert "opentelemetry" not in ended.stdout


def test_a_missing_package_switches_tracing_off_and_says_so_once() -> None:
    program = 'sys.modules["opentelemetry"] = None\n' + PROGRAM
    ended = run(program, SPANVAS_ENABLED="true", SPANVAS_TABLE="t")
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count("tracing is off: it could not be started") == 1


def test_a_disabled_sdk_switches_tracing_off() -> None:
    ended = run(PROGRAM, SPANVAS_ENABLED="true", OTEL_SDK_DISABLED="true")
    assert ended.returncode == 0, ended.stderr
    assert "OTEL_SDK_DISABLED is true" in ended.stderr


def test_without_re2_content_is_dropped_and_the_rest_recorded() -> None:
    program = """
sys.modules["re2"] = None
import spanvas
from spanvas.tracing.engine import Engine
from spanvas.settings import load
engine = spanvas.current_engine()
spans = []
engine.processor.add_sink(lambda run, span: spans.append(span))
with spanvas.workflow("brief", input="secret"):
    pass
print(spans[0].attributes["spanvas.input"], spans[0].name)
"""
    ended = run(program, SPANVAS_ENABLED="true")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "[REDACTED:unscanned] brief\n"


def test_what_the_environment_of_this_test_says_does_not_matter() -> None:
    assert "SPANVAS_ENABLED" not in os.environ
