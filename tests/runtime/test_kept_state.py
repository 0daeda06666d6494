"""A stack that is ended in any way is continued by the next start, and listens on loopback alone."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from local.client import ApiClient
from local.processes import free_port
from local.seed import start_workflow, wait_for_end
from local.stack import Stack
from tests.support.listening import Address, listeners
from tests.support.stack_process import stack_process

WORKFLOW = "support-triage"


def run_workflow(api: ApiClient) -> str:
    workflows = {item["workflow_id"]: item for item in api.get("/v1/workflows")["items"]}
    execution_id = start_workflow(api, WORKFLOW, workflows[WORKFLOW]["sample_input"])
    assert wait_for_end(api, execution_id)["status"] == "succeeded"
    return execution_id


def trace_of(api: ApiClient, execution_id: str) -> Any:
    trace = api.get(f"/v1/executions/{execution_id}/trace")
    return [(row["span_id"], row["name"], row["status"]) for row in trace["rows"]]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_what_ran_is_there_after_the_next_start(tmp_path: Path, number: signal.Signals) -> None:
    port = free_port()
    with stack_process(tmp_path, port) as first, first.api() as api:
        token = first.token()
        execution_id = run_workflow(api)
        trace = trace_of(api, execution_id)
        first.end(number)
    with stack_process(tmp_path, port) as second:
        assert {**second.document, "pid": None} == {**first.document, "pid": None}
        assert second.said[0].startswith("Going on with ")
        with second.api(token) as api:
            assert trace_of(api, execution_id) == trace
            run_workflow(api)
            assert len(api.get("/v1/executions")["items"]) == 2
        second.end(signal.SIGTERM)


def test_a_fresh_start_has_no_executions(tmp_path: Path) -> None:
    port = free_port()
    with stack_process(tmp_path, port) as first, first.api() as api:
        run_workflow(api)
        first.end(signal.SIGINT)
    with stack_process(tmp_path, port, fresh=True) as second, second.api() as api:
        assert api.get("/v1/executions")["items"] == []
        assert second.document["clients"] != first.document["clients"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
def test_nothing_of_the_stack_listens_elsewhere_than_on_loopback(stack: Stack) -> None:
    with stack.api() as api:
        run_workflow(api)
    found = listeners(os.getpid())
    ports = {port for _, port in found}
    known = {int(url.rpartition(":")[2].rstrip("/")) for url in stack.endpoints.values()}
    assert known <= ports
    elsewhere = {place: command for place, command in found.items() if not is_loopback(place[0])}
    assert elsewhere == {}


def is_loopback(address: Address) -> bool:
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
