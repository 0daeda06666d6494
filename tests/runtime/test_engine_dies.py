"""A process of the stack is killed while the stack runs."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.client import ApiClient
from local.seed import start_workflow, wait_for_end
from local.stack import Options, Stack

WORKFLOW = "support-triage"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def stack(tmp_path: Path, said: list[str]) -> Iterator[Stack]:
    with Stack(Options(port=0, state=tmp_path, latency=0.0), say=said.append) as running:
        yield running


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def kill(stack: Stack, name: str) -> None:
    process = stack.children.process(name)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def run_workflow(api: ApiClient) -> str:
    workflows = {item["workflow_id"]: item for item in api.get("/v1/workflows")["items"]}
    execution_id = start_workflow(api, WORKFLOW, workflows[WORKFLOW]["sample_input"])
    return str(wait_for_end(api, execution_id)["status"])


def test_an_engine_that_dies_is_started_again_and_calls_meanwhile_are_told_to_wait(
    stack: Stack, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.children.PAUSE_SECONDS", 5.0)
    with stack.api() as api:
        assert run_workflow(api) == "succeeded"
        before = stack.endpoints["AWS_ENDPOINT_URL_DYNAMODB"]
        kill(stack, "dynamodb")
        answer = api.call("GET", "/v1/executions")
        assert (answer.status, answer.headers.get("retry-after")) == (503, "2")
        wait_until(lambda: "dynamodb runs again." in said)
        assert (
            "dynamodb ended by itself (code -9); what it has answered is kept. It is started again."
            in said
        )
        assert stack.endpoints["AWS_ENDPOINT_URL_DYNAMODB"] == before
        assert len(api.get("/v1/executions")["items"]) == 1
        assert run_workflow(api) == "succeeded"
        assert len(api.get("/v1/executions")["items"]) == 2


def test_the_other_engine_is_started_again_too(stack: Stack, said: list[str]) -> None:
    kill(stack, "aws")
    wait_until(lambda: "aws runs again." in said)
    with stack.api() as api:
        assert run_workflow(api) == "succeeded"


def test_engines_that_die_together_are_started_again_together(
    stack: Stack, said: list[str]
) -> None:
    for name in ("dynamodb", "aws"):
        kill(stack, name)
    wait_until(lambda: {"dynamodb runs again.", "aws runs again."} <= set(said))
    assert [line for line in said if "could not be started" in line] == []
    with stack.api() as api:
        assert run_workflow(api) == "succeeded"


def test_a_process_that_is_stopped_with_the_stack_is_not_started_again(
    tmp_path: Path, said: list[str]
) -> None:
    with Stack(Options(port=0, state=tmp_path, latency=0.0), say=said.append) as running:
        process = running.children.process("dynamodb")
    assert process.returncode is not None
    time.sleep(0.2)
    assert [line for line in said if "ended by itself" in line] == []
