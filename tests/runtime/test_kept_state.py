"""A stack that is ended in any way is continued by the next start, and listens on loopback alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.client import ApiClient, client_token
from local.processes import free_port
from local.project import PROJECT
from local.seed import start_workflow, wait_for_end
from local.stack import Stack
from tests.support.listening import Address, listeners

PROGRAM = """
import json, signal, sys
from pathlib import Path
from local.__main__ import interrupt_on_signals, Interrupted
from local.stack import Options, Stack
from local.state import StackError
port, folder, fresh = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "fresh"
interrupt_on_signals()
options = Options(port=port, state=folder / "state", kept=folder / "kept", fresh=fresh, latency=0.0)
try:
    with Stack(options, say=lambda line: print(line, flush=True)) as stack:
        clients = {name: client.secret for name, client in stack.issuer.clients.items()}
        print("READY=" + json.dumps([stack.issuer.url, clients, stack.endpoints]), flush=True)
        signal.pause()
except Interrupted:
    pass
except StackError as error:
    print(error, flush=True)
"""
WORKFLOW = "support-triage"


@dataclass
class Running:
    process: subprocess.Popen[str]
    url: str
    issuer: str
    secret: str
    endpoints: dict[str, str]
    said: list[str]

    def token(self) -> str:
        return client_token(self.issuer, "demo-operator", self.secret)

    def api(self, token: str | None = None) -> ApiClient:
        return ApiClient(self.url, token or self.token())

    def end(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.wait(60)


@contextmanager
def started(folder: Path, port: int, *, fresh: bool = False) -> Iterator[Running]:
    command = [sys.executable, "-c", PROGRAM, str(port), str(folder), "fresh" if fresh else ""]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, cwd=PROJECT
    ) as process:
        said = []
        try:
            assert process.stdout is not None
            for line in process.stdout:
                said.append(line.rstrip())
                if line.startswith("READY="):
                    break
            assert said[-1].startswith("READY="), said
            issuer, clients, endpoints = json.loads(said.pop().removeprefix("READY="))
            url = f"http://127.0.0.1:{port}"
            yield Running(process, url, issuer, clients["demo-operator"], endpoints, said)
        finally:
            process.terminate()


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
    with started(tmp_path, port) as first, first.api() as api:
        token = first.token()
        execution_id = run_workflow(api)
        trace = trace_of(api, execution_id)
        first.end(number)
    with started(tmp_path, port) as second:
        assert (second.issuer, second.secret) == (first.issuer, first.secret)
        assert second.endpoints == first.endpoints | {
            name: url for name, url in second.endpoints.items() if "BEDROCK" in name
        }
        assert second.said[0].startswith("Going on with ")
        with second.api(token) as api:
            assert trace_of(api, execution_id) == trace
            run_workflow(api)
            assert len(api.get("/v1/executions")["items"]) == 2
        second.end(signal.SIGTERM)


def test_a_fresh_start_has_no_executions(tmp_path: Path) -> None:
    port = free_port()
    with started(tmp_path, port) as first, first.api() as api:
        run_workflow(api)
        first.end(signal.SIGINT)
    with started(tmp_path, port, fresh=True) as second, second.api() as api:
        assert api.get("/v1/executions")["items"] == []
        assert second.secret != first.secret


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
