"""The handler of the sweep, run over a store."""

from __future__ import annotations

import json

from spanvas.settings import Settings
from spanvas_api.handlers import sweep
from spanvas_api.services import Services
from tests.support.api_client import EVENTS, LambdaContext
from tests.support.api_fakes import AuditedStore

EVENT = json.loads((EVENTS / "sweep.json").read_text("utf-8"))


def run_sweep(
    store: AuditedStore, remaining_ms: int = 20_000, otlp_endpoint: str = ""
) -> dict[str, int]:
    settings = Settings(table="traces", otlp_endpoint=otlp_endpoint)
    services = Services(settings, make_store=lambda: store)
    return sweep.make_handler(lambda: services)(EVENT, LambdaContext(remaining_ms=remaining_ms))  # type: ignore[arg-type]
