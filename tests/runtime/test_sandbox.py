"""A function's sandbox behaves as Lambda's: real awslambdaric, our Runtime API, small handlers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.lambdas.invocation import Invocation, InvocationResult, ThrottledError
from local.lambdas.pool import Pool
from local.lambdas.sandbox import CAN_FREEZE, Placement, Sandbox
from local.mounting import can_mount
from local.processes import Spawner
from tests.support.local_function import FUNCTION

pytestmark = pytest.mark.runtime

HANDLERS = Path(__file__).parent
MakePool = Callable[..., Pool]


@pytest.fixture
def make_pool(spawner: Spawner, folder: Path) -> Iterator[MakePool]:
    pools: list[Pool] = []

    def make(is_mounted: bool = False, max_sandboxes: int = 2, **changes: Any) -> Pool:
        function = replace(FUNCTION, **changes)
        placement = Placement(
            HANDLERS, make_opt(folder), is_mounted, folder / "app.log", {"AWS_REGION": "us-east-1"}
        )
        pool = Pool(
            function, lambda: Sandbox(function, placement, spawner), max_sandboxes=max_sandboxes
        )
        pools.append(pool)
        return pool

    yield make
    for pool in pools:
        pool.stop()


def make_opt(folder: Path) -> Path:
    opt = folder / "opt"
    (opt / "python").mkdir(parents=True, exist_ok=True)
    (opt / "python" / "of_the_layer.py").write_text("", encoding="utf-8")
    wrapper = opt / "wrapper"
    wrapper.write_text('#!/bin/sh\nexport WRAPPED=yes\nexec "$@"\n', encoding="utf-8")
    wrapper.chmod(0o755)
    return opt


def invoke(pool: Pool, **event: Any) -> InvocationResult:
    return pool.invoke(Invocation(json.dumps(event).encode()))


def report(pool: Pool, **event: Any) -> dict[str, Any]:
    outcome = invoke(pool, **event)
    assert not outcome.failed, outcome.payload
    answer: dict[str, Any] = json.loads(outcome.payload)
    return answer


def error_type(outcome: InvocationResult) -> str:
    assert outcome.error == "Unhandled"
    return str(json.loads(outcome.payload)["errorType"])


def test_a_warm_sandbox_is_used_again(make_pool: MakePool) -> None:
    pool = make_pool()
    first, second = report(pool), report(pool)
    assert (first["calls"], second["calls"]) == (1, 2)
    assert first["pid"] == second["pid"]
    assert first["request_id"] != second["request_id"]


def test_the_environment_is_the_functions_and_lambdas_and_nothing_else(
    make_pool: MakePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAKED", "from the developer's shell")
    environment = report(make_pool())["environment"]
    assert environment["GREETING"] == "hello"
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "app"
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert environment["_X_AMZN_TRACE_ID"].startswith("Root=1-")
    assert set(environment) == {
        "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_FORMAT", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "GREETING", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
        "LANG", "PATH", "TZ", "_HANDLER", "_X_AMZN_TRACE_ID",
    } | ({"LC_CTYPE"} & set(environment))  # fmt: skip # Python adds it where the locale is not installed


def test_the_deadline_is_the_functions_timeout(make_pool: MakePool) -> None:
    assert 0 < report(make_pool())["remaining_ms"] <= 60_000


def test_an_exception_is_an_unhandled_error_and_the_sandbox_lives(make_pool: MakePool) -> None:
    pool = make_pool()
    pid = report(pool)["pid"]
    assert error_type(invoke(pool, do="raise")) == "ValueError"
    assert report(pool)["pid"] == pid


def test_a_timeout_kills_the_sandbox_and_the_next_one_is_new(make_pool: MakePool) -> None:
    pool = make_pool(timeout_seconds=3)
    pid = report(pool)["pid"]
    outcome = invoke(pool, do="sleep", seconds=30)
    assert error_type(outcome) == "Sandbox.Timedout"
    assert b"Task timed out after 3.00 seconds" in outcome.payload
    after = report(pool)
    assert (after["calls"], after["pid"] != pid) == (1, True)


def test_a_runtime_that_ends_is_told_and_replaced(make_pool: MakePool) -> None:
    pool = make_pool()
    outcome = invoke(pool, do="exit", code=3)
    assert error_type(outcome) == "Runtime.ExitError"
    assert b"exit status 3" in outcome.payload
    assert report(pool)["calls"] == 1


def test_an_import_that_fails_is_told_as_lambda_tells_it(make_pool: MakePool) -> None:
    outcome = invoke(make_pool(handler="broken.handler"))
    assert error_type(outcome) == "RuntimeError"
    assert b"cannot be imported" in outcome.payload


def test_a_response_over_6_mb_is_refused(make_pool: MakePool) -> None:
    pool = make_pool()
    assert error_type(invoke(pool, do="large", bytes=6_291_555)) == "Function.ResponseSizeTooLarge"
    assert not invoke(pool, do="large", bytes=6_291_554).failed


@pytest.mark.skipif(not CAN_FREEZE, reason="only Linux ties a child's life to its parent's")
def test_a_sandbox_does_not_run_between_invocations(make_pool: MakePool) -> None:
    pool = make_pool()
    report(pool, do="tick")
    before = report(pool)["ticks"]
    time.sleep(2)  # two hundred ticks, if it ran; what it does while it reports is far less
    assert report(pool)["ticks"] - before < 100


def test_snap_start_restores_before_the_first_invocation(make_pool: MakePool) -> None:
    environment = report(make_pool(has_snap_start=True))["environment"]
    assert environment["AWS_LAMBDA_INITIALIZATION_TYPE"] == "snap-start"


def test_a_reserved_concurrency_throttles(make_pool: MakePool) -> None:
    with pytest.raises(ThrottledError):
        invoke(make_pool(reserved_concurrency=0))


def test_the_log_has_lambdas_lines(make_pool: MakePool, folder: Path) -> None:
    invoke(make_pool())
    lines = (folder / "app.log").read_text(encoding="utf-8").splitlines()
    kinds = [json.loads(line)["type"] for line in lines if "platform." in line]
    assert kinds == ["platform.start", "platform.report"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
def test_a_full_disk_costs_log_lines_and_no_invocation(make_pool: MakePool, folder: Path) -> None:
    (folder / "app.log").symlink_to("/dev/full")
    pool = make_pool()
    first, second = (
        report(pool, do="print", characters=100_000),
        report(pool, do="print", characters=1),
    )
    assert (first["calls"], second["calls"]) == (1, 2)
    assert first["pid"] == second["pid"]


@pytest.mark.parametrize("is_mounted", [True, False])
def test_a_layer_is_found_and_its_wrapper_runs(
    make_pool: MakePool, spawner: Spawner, folder: Path, is_mounted: bool
) -> None:
    if is_mounted and not can_mount(spawner, folder):
        pytest.skip("this machine does not let /opt be mounted for one process")
    environment = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper"}
    found = report(make_pool(is_mounted, handler="app.from_layer", environment=environment))
    expected = (
        "/opt/python/of_the_layer.py" if is_mounted else str(folder / "opt/python/of_the_layer.py")
    )
    assert found == {"file": expected, "wrapped": "yes"}
