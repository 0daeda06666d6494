"""`make sam-local` and `make sam-invoke` as they are typed: SAM, real containers, every function with every event.

Skipped where no Docker answers, or where it has no image of Lambda's runtime: `.ci/run` sees to both.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from local.client import ApiClient, client_token
from local.kept import KEPT
from local.processes import free_port
from local.seed import wait_for_end
from local.state import BUILD, read_state
from tests.support.aws_from_template import ROOT
from tests.support.lambda_image import image_name
from tools.sam_local.docker import DockerError, docker_of
from tools.sam_local.events import store_of, with_real_artifact

PATIENCE_SECONDS: Final = 480.0
STOP_SECONDS: Final = 180.0
EXECUTION: Final = "exec-20250918-0001"
STORY: Final = (
    ("ExecutorFunction", "execute-workflow", {"status": "succeeded"}),
    ("TraceApiFunction", "list-workflows", 200),
    ("TraceApiFunction", "start-execution", 202),
    ("TraceApiFunction", "list-executions", 200),
    ("TraceApiFunction", "read-execution", 200),
    ("TraceApiFunction", "read-trace", 200),
    ("TraceApiFunction", "read-span", 200),
    ("TraceApiFunction", "search-execution", 200),
    ("TraceApiFunction", "export-execution", 200),
    ("TraceApiFunction", "list-artifacts", 200),
    ("TraceApiFunction", "link-artifact", 200),
    ("OtlpIngestFunction", "ingest-traces", 200),
    ("ReserveFunction", "order-step", {"reserved": ["tea", "teapot"]}),
    ("ChargeFunction", "order-step-charge", {"charged_cents": 4_600}),
    ("ConfirmFunction", "order-step-confirm", {"receipt": "receipt-17.txt"}),
    ("SweepFunction", "state-machine-ended", {"ended": 1}),
    ("SweepFunction", "sweep", {"set_aside": 0}),
    ("TraceApiFunction", "list-accesses", 200),
    ("TraceApiFunction", "tempo-echo", 200),
    ("TraceApiFunction", "tempo-build-info", 200),
    ("TraceApiFunction", "tempo-trace", 200),
    ("TraceApiFunction", "tempo-trace-v1", 200),
    ("TraceApiFunction", "tempo-search", 200),
    ("TraceApiFunction", "tempo-tags", 200),
    ("TraceApiFunction", "tempo-tags-v2", 200),
    ("TraceApiFunction", "tempo-tag-values", 200),
    ("TraceApiFunction", "tempo-tag-values-v2", 200),
    ("DeletionFunction", "hold-execution", 200),
    ("DeletionFunction", "delete-execution", 409),
    ("DeletionFunction", "release-execution", 200),
    ("DeletionFunction", "delete-execution", 200),
    ("DeletionFunction", "delete-executions", 200),
    ("DeletionFunction", "sweep", {"purged": 0}),
)
"""Function, event, and the status or the part of the answer that it has: one story, in its order."""


@dataclass(frozen=True, slots=True)
class Running:
    """`make sam-local`: the ports of the stack, of the API and of Lambda."""

    stack: int
    api: int

    @property
    def state(self) -> dict[str, Any]:
        return read_state(self.stack)

    def token(self, client: str = "demo-operator") -> str:
        return client_token(self.state["issuer"], client, self.state["clients"][client])

    def invoke(self, function: str, event: Path) -> Any:
        url = f"http://127.0.0.1:{self.api + 1}/2015-03-31/functions/{function}/invocations"
        request = urllib.request.Request(url, event.read_bytes(), method="POST")
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)


@pytest.fixture(scope="module")
def sam_local() -> Iterator[Running]:
    try:
        docker = docker_of(os.environ)
        docker.check()
        if not docker.has_image(image_name()):
            pytest.skip(f"Docker has no {image_name()}: run `python -m tests.support.lambda_image`")
    except DockerError as error:
        pytest.skip(str(error))
    running = Running(free_port(0), free_port(0))
    log = ROOT / "build" / "sam-local-test.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("wb") as file:
        process = subprocess.Popen(
            ["make", "sam-local", f"PORT={running.stack}", f"API_PORT={running.api}"],
            cwd=ROOT,
            env={**os.environ, "PYTHONFAULTHANDLER": "1"},
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        wait_until_it_listens(process, running, log)
        yield running
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGABRT)  # says where every thread is, and ends
            process.wait(STOP_SECONDS)
            raise AssertionError(log.read_text("utf-8", "replace")[-20_000:]) from None
        finally:
            for folder in (BUILD, KEPT):
                shutil.rmtree(folder / str(running.stack), ignore_errors=True)


def wait_until_it_listens(process: subprocess.Popen[bytes], running: Running, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    for port in (running.api, running.api + 1):
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
            except urllib.error.HTTPError as error:
                error.close()
                break
            except OSError:
                assert process.poll() is None, log.read_text("utf-8", "replace")[-3_000:]
                assert time.monotonic() < deadline, log.read_text("utf-8", "replace")[-3_000:]
                time.sleep(0.5)


@pytest.mark.runtime
def test_every_function_takes_every_event_of_one_story(sam_local: Running, tmp_path: Path) -> None:
    store = store_of(sam_local.state)
    for function, name, expected in STORY:
        event = with_real_artifact(ROOT / "events" / f"{name}.json", store, tmp_path / "event.json")
        answer = sam_local.invoke(function, event)
        if isinstance(expected, int):
            assert answer.get("statusCode") == expected, (function, name, answer)
        else:
            assert expected.items() <= answer.items(), (function, name, answer)
    functions = {function for function, _, _ in STORY}
    assert functions == set(sam_local.state["functions"])
    assert {name for _, name, _ in STORY} == {path.stem for path in (ROOT / "events").iterdir()}


@pytest.mark.runtime
def test_the_api_verifies_tokens_and_a_run_that_it_starts_is_executed_in_a_container(
    sam_local: Running,
) -> None:
    origin = f"http://127.0.0.1:{sam_local.api}"
    with ApiClient(origin) as nobody:
        assert nobody.call("GET", "/v1/executions").status == 401
    with ApiClient(origin, sam_local.token("demo-viewer")) as viewer:
        refused = viewer.call("POST", "/v1/workflows/research-brief/executions", {})
        assert refused.status == 403
    with ApiClient(origin, sam_local.token()) as api:
        body = {"input": {"question": "Why do lamps burn?"}}
        execution = api.post("/v1/workflows/research-brief/executions", body)["execution_id"]
        ended = wait_for_end(api, execution)
        assert ended["status"] == "succeeded"
        trace = api.get(f"/v1/executions/{execution}/trace")
        assert ended["counters"]["spans"] > 10
        assert trace["execution"]["execution_id"] == execution
    log = (ROOT / "build" / "sam-local" / "start-lambda.log").read_text("utf-8", "replace")
    assert "executor.handler.handler" in log


@pytest.mark.runtime
def test_spans_are_taken_as_json(sam_local: Running) -> None:
    with ApiClient(f"http://127.0.0.1:{sam_local.api}", sam_local.token("demo-ingest")) as api:
        assert api.call("POST", "/v1/traces", {"resourceSpans": []}).status == 200


@pytest.mark.runtime
def test_one_function_is_invoked_by_hand_on_the_same_stack(sam_local: Running) -> None:
    done = subprocess.run(
        [
            "make", "--silent", "sam-invoke", f"PORT={sam_local.stack}", "F=TraceApiFunction",
            "E=events/list-workflows.json",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    assert '"statusCode": 200' in done.stdout
