"""Canaries in every place of a request: what is stored, and what each caller is answered, byte by byte."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from spanvas.settings import Settings
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas_api.handlers import http_api, otlp_ingest
from spanvas_api.ingest.ingest import Ingest
from spanvas_api.services import Services
from tests.functional.otlp.client import OtlpClient
from tests.support.api_client import Client
from tests.support.api_fakes import RecordingExecutor
from tests.support.aws_in_process import mocked_store
from tests.support.builders import Clock
from tests.support.canary_callers import (
    CANARIES,
    MODES,
    REQUEST,
    ROLES,
    WITH_CONTENT,
    answers_to,
    found_in,
)
from tests.support.stored_bytes import stored_bytes


@pytest.fixture(scope="module", params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    mode: str = request.param
    return mode


@pytest.fixture(scope="module")
def store(mode: str) -> Iterator[DynamoTraceStore]:
    with mocked_store(Clock()) as made:
        send(made, mode)
        yield made


def send(store: DynamoTraceStore, mode: str) -> None:
    """Sends the request with all canaries to an OTLP endpoint of a content mode."""
    settings = Settings.from_env({"SPANVAS_CONTENT": mode})
    ingest = Ingest(Services(settings, make_store=lambda: store, clock=Clock()))
    otlp = OtlpClient(otlp_ingest.make_handler(lambda: ingest))
    assert otlp.send_json(REQUEST).status == 200


@pytest.fixture(scope="module")
def call(store: DynamoTraceStore) -> Callable[..., Client]:
    services = Services(
        Settings(enabled=True, table="traces"),
        make_store=lambda: store,
        make_executor=RecordingExecutor,
        load_catalogue=dict,
        clock=Clock(),
    )
    api = Client(http_api.make_handler(lambda: services))

    def acting_as(role: str) -> Client:
        return api.acting_as(scope=ROLES[role])

    return acting_as


def test_at_least_sixty_places_that_are_no_names_of_content() -> None:
    assert len([place for place in CANARIES if not place.startswith("attribute ")]) >= 60


def test_what_is_stored_holds_every_canary_or_with_none_not_one(
    mode: str, store: DynamoTraceStore
) -> None:
    found = found_in(stored_bytes(store))

    if mode in ("none", "structure+metrics"):
        assert found == []
    else:
        # what rules of redaction know by its name (cookies) is replaced
        assert len(found) >= len(CANARIES) * 0.9


@pytest.mark.parametrize("role", ROLES)
def test_callers_without_the_scope_are_answered_not_one_and_those_with_it_all(
    mode: str, store: DynamoTraceStore, call: Callable[..., Client], role: str
) -> None:
    found = found_in(answers_to(call(role)))

    if role in WITH_CONTENT and mode in ("redacted", "full"):
        assert found == found_in(stored_bytes(store))
    else:
        assert found == []


@pytest.mark.parametrize("role", ROLES)
def test_a_search_finds_for_a_caller_what_he_may_read(
    mode: str, call: Callable[..., Client], role: str
) -> None:
    api = call(role)
    [execution] = api.get("/v1/executions").json["items"]
    path = f"/v1/executions/{execution['execution_id']}/search"

    reply = api.get(path, q="canary0")
    assert reply.status == 200, reply.text
    hits = reply.json["hits"]

    sees = role in WITH_CONTENT and mode in ("redacted", "full")
    assert bool(hits) is sees


@pytest.mark.parametrize("role", ROLES)
def test_an_export_without_content_holds_not_one_for_anybody(
    call: Callable[..., Client], role: str
) -> None:
    api = call(role)
    [execution] = api.get("/v1/executions").json["items"]
    link = f"/v1/executions/{execution['execution_id']}/export"
    answer = api.get(link, {"accept-encoding": "identity"}, content="none")
    assert answer.status == 200
    assert found_in(answer.text) == []


def test_logs_hold_not_one(
    mode: str,
    store: DynamoTraceStore,
    call: Callable[..., Client],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with caplog.at_level(logging.DEBUG, "spanvas"):
        send(store, mode)
        answers_to(call("viewer"))
        answers_to(call("operator"))

    out: Any = capfd.readouterr()
    assert found_in(caplog.text + out.out + out.err) == []
