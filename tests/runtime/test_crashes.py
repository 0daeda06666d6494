"""Functions that die at once: their execution is there, and becomes lost with its cause."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.lambdas.sandbox import Sandbox
from spanvas.model.execution import Execution
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas_api.handlers.sweep import Sweep
from tests.runtime.layer_sandbox import LayeredFunctions, invoke

pytestmark = pytest.mark.runtime

MINUTE = 60 * 1_000_000_000
DEADLY = ("exit", "exit with a status", "kill", "segfault", "abort", "terminate")
SILENCE = "Nothing more was heard of its function: it was killed, ran out of memory or crashed."
Die = Callable[..., str]


@pytest.fixture
def die(functions: LayeredFunctions) -> Iterator[Die]:
    """Lets a function die; its execution's id."""
    started: list[Sandbox] = []

    def run(
        by: str,
        after: float,
        *,
        is_warm: bool = False,
        **env: Any,
    ) -> str:
        started.append(functions.start("crashes.handler", timeout_seconds=60, **env))
        sandbox = started[-1]
        execution_id = f"{by}-{after}-{is_warm}-{len(env)}".replace(" ", "-")
        if is_warm:
            invoke(sandbox, {"execution_id": f"before-{execution_id}", "by": "nothing"})
        else:
            assert sandbox.wait_until_ready() is None
        invoke(sandbox, {"execution_id": execution_id, "by": by, "after": after})
        sandbox.kill()
        sandbox.process.wait()
        return execution_id

    yield run
    for sandbox in started:
        sandbox.kill()


def arrived(
    functions: LayeredFunctions, execution_id: str, is_there: Callable[[Execution], bool] = bool
) -> Execution:
    """What was sent by a process that is dead meanwhile may still be on its way through the engine."""
    deadline = time.monotonic() + 60
    while True:
        found = functions.engines.store.read_execution("acme", execution_id)
        if found is not None and is_there(found):
            return found
        assert time.monotonic() < deadline, "it never arrived"
        time.sleep(0.01)


def swept(functions: LayeredFunctions, execution_id: str) -> Execution | None:
    """The execution as it is when its deadline has passed and the sweep has run."""
    engines = functions.engines
    later = time.time_ns() + MINUTE
    store = DynamoTraceStore(
        engines.table, engines.bucket, dynamodb=engines.dynamodb, s3=engines.s3, clock=lambda: later
    )
    Sweep(store, lambda: True).run()
    return engines.store.read_execution("acme", execution_id)


@pytest.mark.parametrize("by", DEADLY)
@pytest.mark.parametrize("after", [0, 0.01, 0.3])
@pytest.mark.parametrize("is_warm", [False, True], ids=["cold", "warm"])
def test_a_function_that_dies_leaves_an_execution_that_is_lost_with_its_cause(
    functions: LayeredFunctions, die: Die, by: str, after: float, is_warm: bool
) -> None:
    execution_id = die(by, after, is_warm=is_warm)
    assert arrived(functions, execution_id).status == "running"
    lost = swept(functions, execution_id)
    assert lost is not None
    assert lost.cause is not None
    assert (lost.status, lost.cause.error_type, lost.cause.message) == ("lost", "Killed", SILENCE)


def test_it_is_in_the_history_and_in_that_of_its_workflow_when_it_has_been_swept(
    functions: LayeredFunctions, die: Die
) -> None:
    execution_id = die("kill", 0)
    arrived(functions, execution_id)
    store = functions.engines.store
    assert execution_id in [
        one.execution_id for one in store.list_executions("acme", limit=500).items
    ]
    swept(functions, execution_id)
    page = store.list_executions("acme", workflow_id="layered", status="lost")
    assert execution_id in [one.execution_id for one in page.items]


def test_one_that_has_named_its_workflow_is_lost_under_that_name(
    functions: LayeredFunctions,
) -> None:
    sandbox = functions.start("crashes.named", timeout_seconds=60)
    event = {"execution_id": "named", "by": "nothing", "after": 120}
    with ThreadPoolExecutor(1) as pool:
        pool.submit(invoke, sandbox, event)
        try:
            arrived(functions, "named", lambda found: found.workflow_id == "named-workflow")
        finally:
            sandbox.kill()
    lost = swept(functions, "named")
    assert lost is not None
    assert (lost.status, lost.workflow_id, lost.workflow_version) == ("lost", "named-workflow", "7")


@pytest.mark.parametrize(
    ("by", "error_type"), [("sys.exit", "SystemExit"), ("MemoryError", "MemoryError")]
)
def test_a_death_that_python_announces_is_a_failure_with_that_cause(
    functions: LayeredFunctions, die: Die, by: str, error_type: str
) -> None:
    execution_id = die(by, 0)
    failed = functions.engines.store.read_execution("acme", execution_id)
    assert failed is not None
    assert failed.cause is not None
    assert (failed.status, failed.cause.error_type) == ("failed", error_type)


def test_an_exception_in_a_thread_of_the_function_ends_nothing(
    functions: LayeredFunctions, die: Die
) -> None:
    found = functions.engines.store.read_execution("acme", die("thread", 0))
    assert found is not None
    assert found.status == "succeeded"


def test_without_the_first_write_nothing_is_left(functions: LayeredFunctions, die: Die) -> None:
    execution_id = die("kill", 0, SPANVAS_START_BUDGET_MS="0")
    assert functions.engines.store.read_execution("acme", execution_id) is None
