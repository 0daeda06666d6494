"""An execution whose sender calls it by what is private is stored under a digest, and found by what it is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from spanvas.model.ids import as_execution_id
from spanvas.settings import Settings
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas_api.handlers import http_api, otlp_ingest
from spanvas_api.ingest.ingest import Ingest
from spanvas_api.services import Services
from tests.functional.otlp.client import OtlpClient
from tests.support.api_client import Client
from tests.support.aws_in_process import mocked_store
from tests.support.builders import Clock
from tests.support.otlp_requests import make_proto_span, make_request
from tests.support.stored_bytes import stored_bytes

CALLED = {
    "an address": "ada@example.org",
    "an address in a path": "chat/ada@example.org",
    "a number": "whatsapp:+49 170 1234567",
    "a card": "4111 1111 1111 1111",
    "a key": "session-sk-proj-A1b2C3d4E5A1b2C3d4E5",
}
PRIVATE = ("ada@", "ada-example", "170", "4111", "sk-proj")


@pytest.fixture
def store() -> Iterator[DynamoTraceStore]:
    with mocked_store(Clock()) as made:
        yield made


def services_of(store: DynamoTraceStore, **settings: Any) -> Services:
    chosen = Settings(enabled=True, execution_attributes=("session.id",), **settings)
    return Services(chosen, make_store=lambda: store, clock=Clock())


def send(store: DynamoTraceStore, attributes: dict[str, Any], **settings: Any) -> None:
    ingest = Ingest(services_of(store, **settings))
    reply = OtlpClient(otlp_ingest.make_handler(lambda: ingest)).send(
        make_request(make_proto_span("a", attributes=attributes))
    )
    assert reply.status == 200


@pytest.mark.parametrize("mode", ["none", "redacted"])
@pytest.mark.parametrize("name", ["spanvas.execution.id", "session.id"])
@pytest.mark.parametrize("called", CALLED.values(), ids=CALLED)
def test_nothing_private_is_in_a_key_or_a_list_and_the_caller_finds_it(
    store: DynamoTraceStore, called: str, name: str, mode: str
) -> None:
    send(store, {name: called}, content=mode)
    api = Client(http_api.make_handler(lambda: services_of(store)))

    kept = stored_bytes(store)
    [listed] = api.get("/v1/executions").json["items"]
    found = api.get(f"/v1/executions/{quote(quote(called, safe=''), safe='')}")

    assert [text for text in PRIVATE if text in kept] == []
    assert listed["execution_id"] == as_execution_id(called)
    assert listed["execution_id"].startswith("digest-")
    assert "external_id" not in listed
    assert found.json["execution_id"] == listed["execution_id"]


def test_ids_of_nodes_and_workflows_are_digests_too(store: DynamoTraceStore) -> None:
    private = "mail to ada@example.org"
    send(
        store,
        {
            "spanvas.execution.id": "e1",
            "spanvas.workflow.id": private,
            "spanvas.node.id": private,
            "spanvas.workflow.expected_nodes": [private, "send"],
        },
    )
    api = Client(http_api.make_handler(lambda: services_of(store)))
    trace = api.get("/v1/executions/e1/trace").json

    assert "ada" not in stored_bytes(store)
    assert trace["execution"]["workflow_id"] == "digest-14fc2ce6144942908f078f9b"


def test_the_same_name_in_another_request_is_the_same_execution(store: DynamoTraceStore) -> None:
    send(store, {"session.id": "ada@example.org"})
    send(store, {"spanvas.execution.id": " ada@example.org "})
    api = Client(http_api.make_handler(lambda: services_of(store)))

    [listed] = api.get("/v1/executions").json["items"]
    assert listed["execution_id"] == as_execution_id("ada@example.org")
