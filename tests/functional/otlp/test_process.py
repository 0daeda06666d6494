"""What the function's process makes for itself, from its environment."""

from __future__ import annotations

import pytest

from spanvas.storage.dynamo import DynamoTraceStore
from spanvas_api.handlers import otlp_ingest


def test_it_is_made_once_and_warm_up_makes_its_store(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "SPANVAS_TABLE": "traces",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }.items():
        monkeypatch.setenv(name, value)
    otlp_ingest.process_ingest.cache_clear()
    try:
        ingest = otlp_ingest.process_ingest()
        otlp_ingest.warm_up(ingest)

        assert otlp_ingest.process_ingest() is ingest
        assert isinstance(ingest.services.store, DynamoTraceStore)
        assert ingest.services.settings.table == "traces"
    finally:
        otlp_ingest.process_ingest.cache_clear()
