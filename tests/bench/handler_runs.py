"""Runs of the trace API's handler in processes of their own, with the engines in others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.figures import BenchError
from tests.support.aws_from_template import ROOT
from tests.support.engines import Engines
from tests.support.workload import Workload

SCRIPT = Path(__file__).with_name("handler_process.py")
EVENT = ROOT / "events" / "read-trace.json"
TEMPO_EVENT = ROOT / "events" / "tempo-trace.json"
BROWSER_ENCODINGS = "gzip, deflate, br, zstd"
"""What browsers of today send over http."""


@dataclass(frozen=True, slots=True)
class HandlerRun:
    """CPU milliseconds. `first_ms` is from the first import to the first answer; `call_ms` are the calls, the first
    one too. The parts are known of split runs only."""

    first_ms: float
    call_ms: list[float]
    body_characters: int
    powertools_ms: float = 0
    client_ms: float = 0


def run_handler(
    engines: Engines,
    workload: Workload,
    *,
    calls: int = 1,
    accept_encoding: str = BROWSER_ENCODINGS,
    is_split: bool = False,
    is_boto3: bool = False,
    is_tempo: bool = False,
) -> HandlerRun:
    """Read a trace `calls` times in one fresh process, as in Lambda or as elsewhere, on boto3, as the page asks for it
    or as Grafana. Raises BenchError when it is not answered by 200."""
    variables = engines.environment("TraceApiFunction")
    if is_boto3:
        del variables["AWS_LAMBDA_RUNTIME_API"]
    with tempfile.TemporaryDirectory() as folder:
        event, result = Path(folder, "event.json"), Path(folder, "result.json")
        asked = tempo_event(workload) if is_tempo else trace_event(workload, accept_encoding)
        event.write_text(json.dumps(asked), "utf-8")
        script = [sys.executable, "-P", str(SCRIPT), str(event), str(result)]
        done = subprocess.run(
            [*script, str(calls), "1" if is_split else "0"],
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                **variables,
            },
            cwd=ROOT / "functions",
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BenchError(f"the handler's process failed:\n{done.stderr[-2000:]}")
        measured = json.loads(result.read_text("utf-8"))
    if measured["status"] != 200:
        raise BenchError(f"the handler answered {measured['status']}:\n{done.stdout[-2000:]}")
    marks = measured["marks"]
    return HandlerRun(
        first_ms=measured["first"],
        call_ms=measured["calls"],
        body_characters=measured["body_characters"],
        powertools_ms=marks["powertools"] - marks["start"] if is_split else 0,
        client_ms=measured["client"] or 0,
    )


def trace_event(workload: Workload, accept_encoding: str) -> dict[str, Any]:
    """The event that the gateway makes of a browser's request for the trace."""
    event: dict[str, Any] = json.loads(EVENT.read_text("utf-8"))
    execution = workload.execution
    path = f"/v1/executions/{execution.execution_id}/trace"
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    event["pathParameters"] = {"execution_id": execution.execution_id}
    event["headers"]["accept-encoding"] = accept_encoding
    event["headers"].pop("if-none-match", None)
    event["requestContext"]["authorizer"]["jwt"]["claims"]["tenant"] = execution.tenant
    return event


def tempo_event(workload: Workload) -> dict[str, Any]:
    """The event that the gateway makes of a request of Grafana's Tempo data source for the trace."""
    event: dict[str, Any] = json.loads(TEMPO_EVENT.read_text("utf-8"))
    execution = workload.execution
    path = f"/api/v2/traces/{execution.trace_id}"
    event["rawPath"] = event["requestContext"]["http"]["path"] = path
    event["pathParameters"] = {"trace_id": execution.trace_id}
    event["headers"] |= {"accept": "application/protobuf", "accept-encoding": "gzip"}
    event["requestContext"]["authorizer"]["jwt"]["claims"]["tenant"] = execution.tenant
    return event


def run_client(order: dict[str, Any]) -> dict[str, Any]:
    """What `client_process` answers to an order, in a process of its own. Raises BenchError where it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.client_process"],
        input=json.dumps(order),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchError(f"the client failed: {done.stderr[-2000:]}")
    asked: dict[str, Any] = json.loads(done.stdout)
    return asked
