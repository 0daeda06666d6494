"""The OpenTelemetry Collector between programs and the endpoint, configured as docs/how-to/send-otlp.md has it.

Where there is no collector, its request as it was recorded is sent instead; `python -m tests.dialects.test_collector`
records it anew.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest

from local.http_message import Request, Response
from local.http_server import HttpServer
from tests.dialects.live import PRODUCERS, PYTHON
from tests.dialects.sending import COLLECTOR, credentials, post, read
from tests.support.api_fakes import AuditedStore
from tests.support.captured import FOLDER
from tests.support.http_endpoint import Endpoint, serving

OTELCOL = os.environ.get("OTELCOL") or shutil.which("otelcol-contrib")
RECORDED = FOLDER / "collector-request.json"
needs_collector = pytest.mark.skipif(
    not OTELCOL, reason="no otelcol-contrib on the PATH, none named in OTELCOL"
)


@contextmanager
def collecting(variables: Mapping[str, str], folder: Path) -> Iterator[str]:
    """A collector's URL. At the end of the context it has sent all that it was sent."""
    server = HttpServer(name="free port")
    address = f"127.0.0.1:{server.port}"
    server.stop()
    configuration, log = folder / "collector.yaml", folder / "collector.log"
    configuration.write_text(COLLECTOR.replace("127.0.0.1:4318", address), "utf-8")
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [str(OTELCOL), "--config", str(configuration)],
            env={**os.environ, **variables},
            stdout=errors,
            stderr=errors,
        ) as collector,
    ):
        try:
            wait_until_it_listens(f"http://{address}")
            yield f"http://{address}"
        finally:
            collector.terminate()
            assert collector.wait(30) == 0, log.read_text("utf-8")


def wait_until_it_listens(url: str) -> None:
    for _ in range(200):
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the collector does not listen")


def send(url: str) -> str:
    done = subprocess.run(
        [str(PYTHON), str(PRODUCERS / "exporter.py")],
        env={"PATH": os.defpath, "OTEL_EXPORTER_OTLP_ENDPOINT": url, "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Failed to export" not in done.stderr, done.stderr
    return done.stdout.split()[-1]


@needs_collector
def test_a_collector_sends_what_it_is_sent(tmp_path: Path) -> None:
    with serving(AuditedStore(), tmp_path / "gateway.log") as endpoint:
        with collecting(credentials(endpoint), tmp_path) as url:
            trace_id = send(url)

        assert {answer for answer in endpoint.answers if answer[0] == "POST"} == {
            ("POST", "/v1/traces", 200)
        }
        rows = read(endpoint, f"/v1/executions/trip-{trace_id}/trace")["rows"]
        assert [row["name"] for row in rows] == ["plan trip", "call", "afterwards"]


@needs_collector
@pytest.mark.parametrize("name", ["langgraph-openinference", "langgraph-traceloop"])
def test_an_export_through_a_collector_yields_the_same_tree_elsewhere(
    name: str, tmp_path: Path
) -> None:
    """Exported as OTLP, taken and sent on by the collector, whose reader and writer are others', taken again."""
    with (
        serving(AuditedStore(), tmp_path / "one.log") as one,
        serving(AuditedStore(), tmp_path / "other.log") as other,
    ):
        post(one, (FOLDER / f"{name}.pb").read_bytes())
        (execution,) = read(one, "/v1/executions")["items"]
        path = f"/v1/executions/{execution['execution_id']}"
        exported = read(one, f"{path}/export?format=otlp")
        with collecting(credentials(other), tmp_path) as url:
            taken = httpx.post(f"{url}/v1/traces", json=exported, timeout=30)
            assert taken.status_code == 200, taken.text

        assert tree(other, path) == tree(one, path)


def tree(endpoint: Endpoint, path: str) -> Any:
    """All of the trace's answer but its times of writing."""
    answer = read(endpoint, f"{path}/trace")
    del answer["execution"]["expires_at"], answer["version"]
    return answer


def test_a_collector_s_request_as_it_was_recorded_is_taken(tmp_path: Path) -> None:
    recorded = json.loads(RECORDED.read_text("utf-8"))
    assert recorded["headers"]["content-encoding"] == "gzip"
    with serving(AuditedStore(), tmp_path / "gateway.log") as endpoint:
        headers = {
            **recorded["headers"],
            "authorization": f"Bearer {endpoint.token('demo-ingest')}",
        }
        answer = httpx.post(
            endpoint.url + recorded["path"],
            content=base64.b64decode(recorded["body"]),
            headers=headers,
        )
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-type"] == "application/x-protobuf"
        executions = read(endpoint, "/v1/executions")["items"]
        assert [execution["counters"]["spans"] for execution in executions] == [1, 2]


def record() -> None:
    """The first request that a collector sends, without its token."""
    recorded: list[dict[str, Any]] = []

    def handle(request: Request) -> Response:
        if request.path == "/token":
            token = {"access_token": "t", "token_type": "Bearer", "expires_in": 3600}
            return Response(200, json.dumps(token).encode(), [("content-type", "application/json")])
        kept = ("accept-encoding", "content-encoding", "content-type", "user-agent")
        fields = {name.lower(): value for name, value in request.headers.fields}
        body = base64.b64encode(request.body).decode()
        headers = {name: fields[name] for name in kept if name in fields}
        recorded.append({"path": request.path, "headers": headers, "body": body})
        return Response(200, b"", [("content-type", "application/x-protobuf")])

    server = HttpServer(name="recorder").start(handle)
    variables = {
        "SPANVAS_ENDPOINT": server.url,
        "SPANVAS_CLIENT_ID": "recorder",
        "SPANVAS_CLIENT_SECRET": "recorder",
        "SPANVAS_TOKEN_URL": f"{server.url}/token",
    }
    with TemporaryDirectory() as folder, collecting(variables, Path(folder)) as url:
        send(url)
    server.stop()
    RECORDED.write_text(json.dumps(recorded[0], indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    record()
