"""The built layers at /opt under a real awslambdaric, with the wrapper: what is recorded, and what never changes."""

from __future__ import annotations

import shutil
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from local.lambdas.sandbox import Sandbox
from spanvas.model.execution import LOST, Execution
from spanvas.model.row import Row
from spanvas.model.span import Span
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas_api.handlers.sweep import Sweep
from tests.runtime.layer_sandbox import LayeredFunctions, answer, invoke
from tests.support.stored_spans import stored_span

pytestmark = pytest.mark.runtime

TENANT = "acme"


def execution_of(functions: LayeredFunctions, execution_id: str) -> Execution:
    execution = functions.engines.store.read_execution(TENANT, execution_id)
    assert execution is not None
    return execution


def rows_of(functions: LayeredFunctions, execution_id: str) -> dict[str, Row]:
    trace = functions.engines.store.read_trace(TENANT, execution_id)
    assert trace is not None
    return {row.name: row for row in trace.rows}


def span_of(functions: LayeredFunctions, execution_id: str, name: str) -> Span:
    row = rows_of(functions, execution_id)[name]
    span = stored_span(functions.engines.store, TENANT, execution_id, row.span_id)
    assert span is not None
    return span


@pytest.fixture
def sandboxes(functions: LayeredFunctions) -> Any:
    """Starts sandboxes that do not outlive the test."""
    started: list[Sandbox] = []

    def start(handler: str = "layered.handler", **options: Any) -> Sandbox:
        started.append(functions.start(handler, **options))
        return started[-1]

    yield start
    for sandbox in started:
        sandbox.kill()


def test_an_execution_is_whole_when_its_function_has_answered(
    functions: LayeredFunctions, sandboxes: Any
) -> None:
    found = answer(
        sandboxes(), {"execution_id": "whole", "nodes": ["plan", "draft"], "do": "artifact"}
    )
    place = "/opt" if functions.is_mounted else str(functions.opt)
    assert found["spanvas"] == f"{place}/python/spanvas/__init__.py"
    execution = execution_of(functions, "whole")
    assert (execution.status, execution.counters.spans) == ("succeeded", 5)
    assert execution.exporter_health == {"store": "ok"}
    rows = rows_of(functions, "whole")
    assert [row.kind for row in rows.values()].count("node") == 3
    invocation = span_of(functions, "whole", "layered")
    assert invocation.attributes["faas.coldstart"] is True
    assert span_of(functions, "whole", "plan").attributes["spanvas.output"] == '{"by": "plan"}'
    (artifact,) = functions.engines.store.list_artifacts(TENANT, "whole").items
    assert (artifact.name, artifact.node_id, artifact.bytes) == ("notes.txt", "last", 5)


def test_a_warm_function_has_one_execution_an_invocation(
    functions: LayeredFunctions, sandboxes: Any
) -> None:
    sandbox = sandboxes()
    for number in range(3):
        answer(sandbox, {"execution_id": f"warm-{number}"})
    for number in range(3):
        assert execution_of(functions, f"warm-{number}").counters.spans == 3
        cold = span_of(functions, f"warm-{number}", "layered").attributes["faas.coldstart"]
        assert cold is (number == 0)


def test_an_exception_is_the_functions_own_and_the_cause_of_the_execution(
    functions: LayeredFunctions, sandboxes: Any
) -> None:
    outcome = invoke(sandboxes(), {"execution_id": "raised", "do": "raise"})
    assert b'"errorType": "ValueError"' in outcome.payload
    assert b'"errorMessage": "as asked"' in outcome.payload
    execution = execution_of(functions, "raised")
    assert execution.status == "failed"
    assert execution.cause is not None
    assert (execution.cause.node_id, execution.cause.message) == ("last", "as asked")


@pytest.mark.parametrize("how", ["sleep", "spin"])
def test_a_timeout_leaves_what_was_open_as_truncated_and_the_execution_as_lost(
    functions: LayeredFunctions, sandboxes: Any, how: str
) -> None:
    execution_id = f"timeout-{how}"
    event = {"execution_id": execution_id, "nodes": ["plan"], "do": how, "seconds": 60}
    outcome = invoke(sandboxes(timeout_seconds=8), event)
    assert b"Task timed out after 8.00 seconds" in outcome.payload
    execution = execution_of(functions, execution_id)
    assert execution.status == LOST
    assert execution.cause is not None
    assert (execution.cause.error_type, execution.cause.node_id) == ("Timeout", "last")
    assert execution.cause.message == "the function's time ran out in node last"
    for name in ("The last one", "layered"):
        span = span_of(functions, execution_id, name)
        assert (span.status, span.attributes["spanvas.truncated"]) == ("error", "deadline")
        assert span.attributes["error.type"] == "Timeout"
        assert span.status_message == "the function's time ran out in node last"
        assert span.end_time_unix_nano is not None
    assert span_of(functions, execution_id, "plan").status == "ok"


def test_a_killed_function_leaves_its_last_node_and_is_swept_as_lost(
    functions: LayeredFunctions, sandboxes: Any
) -> None:
    event = {"execution_id": "killed", "nodes": ["plan"], "do": "kill"}
    outcome = invoke(sandboxes(timeout_seconds=60), event)
    assert b"signal: 9" in outcome.payload
    assert span_of(functions, "killed", "plan").status == "ok"
    assert rows_of(functions, "killed")["The last one"].end_time_unix_nano is None
    later = time.time_ns() + 60 * 1_000_000_000
    engines = functions.engines
    store = DynamoTraceStore(
        engines.table, engines.bucket, dynamodb=engines.dynamodb, s3=engines.s3, clock=lambda: later
    )
    seen = store.read_execution(TENANT, "killed")
    assert seen is not None
    assert seen.status == LOST
    sweep = Sweep(store, lambda: True)
    sweep.run()
    assert sweep.closed.total() >= 1
    execution = execution_of(functions, "killed")
    assert execution.status == LOST
    assert execution.cause is not None
    assert (execution.cause.error_type, execution.cause.node_id) == ("Killed", "last")


def test_a_dead_collector_changes_nothing_but_the_health_of_the_execution(
    functions: LayeredFunctions, sandboxes: Any
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sandbox = sandboxes(SPANVAS_OTLP_ENDPOINT=f"http://127.0.0.1:{port}")
    for number in range(4):
        found = answer(sandbox, {"execution_id": f"dead-{number}", "text": str(number)})
        assert found["text"] == str(number)
    execution = execution_of(functions, "dead-3")
    assert (execution.status, execution.counters.spans) == ("succeeded", 3)
    assert execution.exporter_health["store"] == "ok"
    assert execution.exporter_health["otlp"] in {"failing", "open"}


def test_a_store_that_is_not_there_changes_no_result(
    functions: LayeredFunctions, sandboxes: Any
) -> None:
    sandbox = sandboxes(SPANVAS_TABLE="no-such-table", SPANVAS_STORE_BUDGET_MS="500")
    for number in range(6):
        assert answer(sandbox, {"text": str(number)})["text"] == str(number)


@pytest.mark.parametrize("off", [{"SPANVAS_ENABLED": "false"}, {"SPANVAS_ENABLED": ""}])
def test_off_is_off(functions: LayeredFunctions, sandboxes: Any, off: dict[str, str]) -> None:
    found = answer(sandboxes(**off), {"execution_id": "off"})
    assert found["opentelemetry"] == []
    assert found["handler"] == "layered.handler"
    assert functions.engines.store.read_execution(TENANT, "off") is None


def test_a_handler_that_knows_nothing_of_the_door_is_traced_as_it_is(
    functions: LayeredFunctions, sandboxes: Any
) -> None:
    event = {"execution_id": "as-it-is", "n": 1}
    assert answer(sandboxes("layered.plain"), event)["event"] == event
    assert execution_of(functions, "as-it-is").counters.spans == 2


def broken(opt: Path, folder: Path, file: str, text: str) -> Path:
    """A copy of the layers with one file of the test's."""
    copy = folder / "broken-opt"
    shutil.copytree(opt, copy)
    target = copy / "python" / file
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, encoding="utf-8")
    for compiled in target.parent.glob(f"__pycache__/{target.stem}.*"):
        compiled.unlink()
    return copy


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("opentelemetry/trace/__init__.py", "raise ImportError('of another version')"),
        ("spanvas/tracing/engine.py", "raise RuntimeError('of ours')"),
        ("spanvas/tracing/invocation.py", "def ("),
        ("spanvas/settings.py", "import no_such_module"),
    ],
)
def test_a_layer_that_cannot_be_imported_leaves_the_original_handler(
    functions: LayeredFunctions, sandboxes: Any, tmp_path: Path, file: str, text: str
) -> None:
    opt = broken(functions.opt, tmp_path, file, text)
    sandbox = sandboxes(opt=opt)
    for _ in range(2):
        assert answer(sandbox, {"execution_id": "broken", "text": "same"})["text"] == "same"
    log = functions.log.read_text(encoding="utf-8")
    assert log.count("tracing is off") == 1
    assert functions.engines.store.read_execution(TENANT, "broken") is None


def test_a_setting_that_cannot_be_read_leaves_the_original_handler(
    functions: LayeredFunctions, sandboxes: Any
) -> None:
    sandbox = sandboxes(SPANVAS_RETENTION_DAYS="soon")
    assert answer(sandbox, {"text": "same"})["text"] == "same"
    assert functions.log.read_text(encoding="utf-8").count("tracing is off") == 1
