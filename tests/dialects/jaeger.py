"""A Jaeger for the tests, which is a collector too, configured as docs/how-to/send-spans-to-your-tools.md has it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from local.http_server import HttpServer
from tests.dialects.live import PRODUCERS
from tests.dialects.sending import variables_of
from tests.support.aws_from_template import ROOT
from tests.support.captured import FOLDER

RECORDED = FOLDER / "jaeger-answer.json"
JAEGER = os.environ.get("JAEGER") or shutil.which("jaeger")
PAGE = (ROOT / "docs" / "how-to" / "send-spans-to-your-tools.md").read_text("utf-8")


def blocks_of(section: str, kind: str) -> list[str]:
    text = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0]
    return re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)


(CONFIGURATION,) = blocks_of("Jaeger", "yaml")
START, SETTINGS, EXPORT = blocks_of("Jaeger", "sh")
(SPAN_METRICS,) = blocks_of("Metrics from spans", "yaml")
(QUERY,) = blocks_of("Metrics from spans", "promql")
FIELDS = ("name", "kind", "parentSpanId", "startTimeUnixNano", "endTimeUnixNano", "status")


class Jaeger(NamedTuple):
    otlp: str
    api: str

    def trace(self, trace_id: str) -> dict[str, Any]:
        """What is there of a trace, in OTLP's JSON encoding."""
        return self._get(f"/api/v3/traces/{trace_id}")["result"]

    def search(self, service: str, **tags: str) -> list[str]:
        """Ids of the traces with a span that has all of these attributes."""
        found = self._get("/api/traces", service=service, tags=json.dumps(tags))
        return [trace["traceID"] for trace in found["data"]]

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        answer = httpx.get(self.api + path, params=query, timeout=60)
        return answer.json() if answer.is_success else {"result": {}, "data": []}


@contextmanager
def running(folder: Path) -> Iterator[Jaeger]:
    with collecting(folder, CONFIGURATION, "4318", "16686", "16685") as (otlp, api, _):
        yield Jaeger(otlp, api)


@contextmanager
def collecting(folder: Path, configuration: str, *ports: str) -> Iterator[list[str]]:
    """URLs of Jaeger's process, configured like this, save for its ports."""
    servers = [HttpServer(name="free port") for _ in ports]
    places = [f"127.0.0.1:{server.port}" for server in servers]
    for port, place, server in zip(ports, places, servers, strict=True):
        server.stop()
        assert f"127.0.0.1:{port}\n" in configuration
        configuration = configuration.replace(f"127.0.0.1:{port}\n", f"{place}\n")
    (folder / "jaeger.yaml").write_text(configuration, "utf-8")
    command = START.split()
    assert command[0] == "jaeger"
    urls = [f"http://{place}" for place in places]
    with (
        (folder / "jaeger.log").open("w") as log,
        subprocess.Popen(
            [str(JAEGER), *command[1:]], cwd=folder, stdout=log, stderr=log
        ) as process,
    ):
        try:
            eventually(lambda: all(map(is_listening, urls[:2])))
            yield urls
        finally:
            process.terminate()
            process.wait(60)


def is_listening(url: str) -> bool:
    try:
        httpx.get(url)
    except httpx.TransportError:
        return False
    return True


def eventually(condition: Callable[[], object]) -> None:
    for _ in range(1_200):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it never happened")


def spans_of(request: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The spans of a request in OTLP's JSON by their ids, with attributes in one order."""
    return {
        span["spanId"]: {
            "resource": attributes(group["resource"]),
            "scope": scope["scope"],
            "attributes": attributes(span),
            "events": sorted(
                (event["timeUnixNano"], event["name"], attributes(event))
                for event in span.get("events", ())
            ),
            "links": [
                (link["traceId"], link["spanId"], attributes(link))
                for link in span.get("links", ())
            ],
            **{name: span.get(name) for name in FIELDS},
        }
        for group in request.get("resourceSpans", ())
        for scope in group["scopeSpans"]
        for span in scope.get("spans", ())
    }


def attributes(holder: Mapping[str, Any]) -> list[str]:
    return sorted(json.dumps(item, sort_keys=True) for item in holder.get("attributes", ()))


def run_executor(otlp: str, execution_id: str) -> str:
    """One execution of the layer with the page's settings; its trace id."""
    settings = variables_of(SETTINGS.replace("http://127.0.0.1:4318", otlp), {})
    done = subprocess.run(
        [sys.executable, str(PRODUCERS / "executor.py"), execution_id],
        env={
            **settings,
            "PYTHONPATH": str(ROOT / "layers" / "spanvas"),
            "SPANVAS_FLUSH_BUDGET_MS": "60000",
            "SPANVAS_REDACTION_BUDGET_MS": "10000",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
