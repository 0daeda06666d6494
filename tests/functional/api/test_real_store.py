"""The same calls on the real store, on the table and the bucket that the template makes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from executor.document import read_document
from spanvas.model.artifact import Artifact
from spanvas.settings import Settings
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import SpanBatch
from spanvas_api.handlers.http_api import make_handler
from spanvas_api.services import Services
from tests.support.api_client import Client
from tests.support.api_fakes import TRIAGE, RecordingExecutor
from tests.support.aws_in_process import mocked_store
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span, span_id


@pytest.fixture
def real(clock: Clock) -> Iterator[DynamoTraceStore]:
    with mocked_store(clock) as made:
        yield made


@pytest.fixture
def api(real: DynamoTraceStore, clock: Clock) -> Client:
    services = Services(
        Settings(enabled=True, table="traces"),
        make_store=lambda: real,
        make_executor=RecordingExecutor,
        load_catalogue=lambda: {"support-triage": read_document(TRIAGE)},
        clock=clock,
    )
    return Client(make_handler(lambda: services))


def test_an_execution_from_its_start_to_its_artifact(api: Client, real: DynamoTraceStore) -> None:
    execution_id = api.post("/v1/workflows/support-triage/executions").json["execution_id"]
    path = f"/v1/executions/{execution_id}"
    assert api.get(f"{path}/trace").json["status"] == "EMPTY"

    real.start_execution(make_execution(execution_id, start=1))
    span = make_span("classify", attributes={"spanvas.node.id": "classify", "spanvas.input": "Hi"})
    real.write(SpanBatch("acme", execution_id, [span]))
    running = api.get(f"{path}/trace")
    assert (running.json["status"], len(running.json["rows"])) == ("RUNNING", 1)

    real.put_artifact(
        Artifact("acme", execution_id, "art_1", span_id("reply"), "r.csv", "text/csv", 0, "", T0),
        b"a,b\n",
    )
    real.write(SpanBatch("acme", execution_id, [make_span("reply", "classify", 2)]))
    real.end_execution("acme", execution_id, "succeeded", T0 + 3 * SECOND)

    ended = api.get(f"{path}/trace", headers={"if-none-match": running.headers["ETag"]})
    assert ended.json["status"] == "PARTIAL"
    assert [row["depth"] for row in ended.json["rows"]] == [0, 1]
    assert api.get(f"{path}/trace", headers={"if-none-match": ended.headers["ETag"]}).status == 304
    assert api.get(f"{path}/spans/{span_id('classify')}").json["content"] == {"input": "Hi"}
    assert api.get(path).json["started_by"] == "ada"

    link = api.post(f"{path}/artifacts/art_1/link", {"disposition": "inline"}).json
    signed = parse_qs(urlsplit(link["url"]).query)
    assert signed["X-Amz-Expires"] == ["120"]
    assert signed["response-content-type"] == ["text/csv"]
    assert signed["response-content-disposition"] == ["inline; filename*=UTF-8''r.csv"]

    accesses = api.get(f"{path}/accesses").json["items"]
    assert sorted((item["action"], item["outcome"], item["count"]) for item in accesses) == [
        ("artifact", "allowed", 1),
        ("span", "allowed", 1),
        ("trace", "allowed", 2),
        ("trace", "structure", 1),
    ]


def test_pages_of_history_and_accesses_follow_each_other(
    api: Client, real: DynamoTraceStore, clock: Clock
) -> None:
    for number in range(5):
        real.start_execution(make_execution(f"exec_{number}", start=number))
    real.write(SpanBatch("acme", "exec_0", [make_span("a", attributes={"spanvas.input": "Hello"})]))
    for _ in range(3):
        clock.advance(60)
        api.get("/v1/executions/exec_0/trace")

    assert _all(api, "/v1/executions", "execution_id") == [f"exec_{n}" for n in (4, 3, 2, 1, 0)]
    assert _all(api, "/v1/executions/exec_0/accesses", "action") == ["trace"] * 3


def _all(api: Client, path: str, name: str) -> list[str]:
    found: list[str] = []
    query: dict[str, Any] = {"limit": "2"}
    while True:
        page = api.get(path, **query).json
        found += [item[name] for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]
