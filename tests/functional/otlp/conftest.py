from __future__ import annotations

from collections.abc import Callable

import pytest

from spanvas.privacy.redact import Redactor
from spanvas.settings import Settings
from spanvas_api.handlers import http_api, otlp_ingest
from spanvas_api.ingest.ingest import Ingest
from spanvas_api.received.cleaning import make_redactor
from spanvas_api.services import Services
from tests.functional.otlp.client import OtlpClient
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore, RecordingExecutor
from tests.support.builders import Clock

MakeOtlp = Callable[..., OtlpClient]


@pytest.fixture(scope="session")
def redactor() -> Redactor:
    """Made once: compiling its rules takes longer than most tests."""
    return make_redactor("redacted")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> AuditedStore:
    return AuditedStore(clock=clock)


@pytest.fixture
def make_otlp(store: AuditedStore, clock: Clock, redactor: Redactor) -> MakeOtlp:
    """The endpoint over the test's store, with these settings."""

    def make(**settings: object) -> OtlpClient:
        services = Services(Settings(**settings), make_store=lambda: store, clock=clock)
        same_mode = settings.get("content", "redacted") == "redacted"
        ingest = Ingest(services, redactor if same_mode else None)
        return OtlpClient(otlp_ingest.make_handler(lambda: ingest))

    return make


@pytest.fixture
def otlp(make_otlp: MakeOtlp) -> OtlpClient:
    return make_otlp()


@pytest.fixture
def api(store: AuditedStore, clock: Clock) -> Client:
    """The trace API over the same store, for an operator with every scope."""
    services = Services(
        Settings(enabled=True, table="traces"),
        make_store=lambda: store,
        make_executor=RecordingExecutor,
        load_catalogue=dict,
        clock=clock,
    )
    return Client(http_api.make_handler(lambda: services))
