from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from executor.document import read_document
from spanvas.settings import Settings
from spanvas_api.handlers.http_api import make_handler
from spanvas_api.services import Services
from tests.builders import Clock
from tests.functional.api.client import Client
from tests.functional.api.fakes import TRIAGE, AuditedStore, RecordingExecutor

MakeApi = Callable[..., Client]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> AuditedStore:
    return AuditedStore(clock=clock)


@pytest.fixture
def executor() -> RecordingExecutor:
    return RecordingExecutor()


@pytest.fixture
def make_api(store: AuditedStore, executor: RecordingExecutor, clock: Clock) -> MakeApi:
    """The API over the test's store, with these workflows and settings."""

    def make(workflow: dict[str, Any] = TRIAGE, **settings: object) -> Client:
        services = Services(
            Settings(**{"enabled": True, "table": "traces", "bucket": "payloads", **settings}),
            make_store=lambda: store,
            make_executor=lambda: executor,
            load_catalogue=lambda: {workflow["id"]: read_document(workflow)},
            clock=clock,
        )
        return Client(make_handler(lambda: services))

    return make


@pytest.fixture
def api(make_api: MakeApi) -> Client:
    """The API as a signed-in operator with every scope sees it."""
    return make_api(trace_url_template="https://grafana.example/explore?traceid={trace_id}")
