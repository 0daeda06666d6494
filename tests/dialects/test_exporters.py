"""OpenTelemetry's own exporters over real HTTP: what they send is taken, and what is refused comes again."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution_update import ExecutionUpdate
from spanvas.storage.port import SpanBatch
from tests.dialects.live import NODE, PRODUCERS, PYTHON
from tests.dialects.sending import read
from tests.support.api_fakes import AuditedStore
from tests.support.http_endpoint import Endpoint, serving

SEND = Path(__file__).parent / "exporters" / "send.mjs"
EXPORTERS = {
    "python, protobuf": (str(PYTHON), str(PRODUCERS / "exporter.py")),
    "javascript, json": (*NODE, str(SEND), "http"),
    "javascript, protobuf": (*NODE, str(SEND), "proto"),
}
Serve = Callable[..., AbstractContextManager[Endpoint]]


class FailingStore(AuditedStore):
    """Does not answer the first few times that spans come."""

    failures = 0

    def receive(self, batch: SpanBatch, update: ExecutionUpdate, *, is_new: bool) -> str:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailableError("the store failed writing spans: ThrottlingException", 1)
        return super().receive(batch, update, is_new=is_new)


@pytest.fixture
def store() -> FailingStore:
    return FailingStore()


@pytest.fixture
def serve(store: FailingStore, tmp_path: Path) -> Serve:
    return partial(serving, store, tmp_path / "gateway.log")


def send(endpoint: Endpoint, exporter: str, **variables: str) -> str:
    """Run the exporter's program with the variables that docs/how-to/send-otlp.md names. Its trace id."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    kept.pop("PYTHONPATH", None)
    done = subprocess.run(
        EXPORTERS[exporter],
        env={
            **kept,
            "NO_PROXY": "127.0.0.1",
            "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint.url,
            "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{endpoint.token('demo-ingest')}",
            **variables,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1]


def sent(endpoint: Endpoint) -> list[int]:
    return [status for method, _, status in endpoint.answers if method == "POST"]


def check_trace(endpoint: Endpoint, trace_id: str) -> None:
    """Both roots name the execution, so the span of the other trace is in it, too."""
    path = f"/v1/executions/trip-{trace_id}"
    trace = read(endpoint, f"{path}/trace")
    rows = {row["name"]: row for row in trace["rows"]}
    assert [(row["name"], row["depth"]) for row in trace["rows"]] == [
        ("plan trip", 0),
        ("call", 1),
        ("afterwards", 0),
    ]
    assert trace["execution"]["counters"]["spans"] == 3
    root = read(endpoint, f"{path}/spans/{rows['plan trip']['span_id']}")
    attributes = root["attributes"]
    assert attributes.pop("whole") in (2**53 + 1, 2**53 - 1)
    assert attributes == {
        "text": "Zürich 🚂",
        "long": "x" * 3000,
        "real": 1.5,
        "yes": True,
        "texts": ["a", "b"],
        "numbers": [1, 2],
        "spanvas.execution.id": f"trip-{trace_id}",
    }
    assert root["resource"]["service.name"] == "trips"
    assert root["scope"] == {"name": "trips.planner", "version": "1.2.3"}
    assert root["otel_kind"] == "server"
    call = read(endpoint, f"{path}/spans/{rows['call']['span_id']}")
    assert (call["status"], call["status_message"]) == ("error", "no seats")
    assert [(event["name"], event["attributes"]) for event in call["events"]] == [
        ("waited", {"ms": 12})
    ]
    assert call["links"] == [
        {
            "trace_id": trace_id,
            "span_id": rows["plan trip"]["span_id"],
            "attributes": {"why": "retry"},
        }
    ]


@pytest.mark.parametrize("compression", ["none", "gzip"])
@pytest.mark.parametrize("exporter", EXPORTERS)
def test_what_an_exporter_sends_is_there(serve: Serve, exporter: str, compression: str) -> None:
    with serve() as endpoint:
        trace_id = send(endpoint, exporter, OTEL_EXPORTER_OTLP_COMPRESSION=compression)

        assert sent(endpoint) == [200, 200]
        check_trace(endpoint, trace_id)


@pytest.mark.parametrize("exporter", EXPORTERS)
def test_what_meets_a_store_that_is_down_comes_again(
    serve: Serve, store: FailingStore, exporter: str
) -> None:
    store.failures = 2
    with serve() as endpoint:
        trace_id = send(endpoint, exporter)

        assert sent(endpoint) == [503, 503, 200, 200]
        check_trace(endpoint, trace_id)


@pytest.mark.parametrize("exporter", EXPORTERS)
def test_what_is_too_much_comes_again_when_it_is_told_to(serve: Serve, exporter: str) -> None:
    """The first request leaves the bucket in debt for two seconds; the second waits for as long as it was told."""
    with serve(ingest_bytes_per_second=2_500, ingest_burst_bytes=1) as endpoint:
        trace_id = send(endpoint, exporter)

        statuses = sent(endpoint)
        assert statuses[0] == statuses[-1] == 200
        assert set(statuses[1:-1]) == {429}
        assert len(statuses) <= 4
        check_trace(endpoint, trace_id)


def test_an_exporter_without_a_token_is_refused_and_does_not_come_again(serve: Serve) -> None:
    with serve() as endpoint:
        send(endpoint, "python, protobuf", OTEL_EXPORTER_OTLP_HEADERS="")

        assert sent(endpoint) == [401, 401]
