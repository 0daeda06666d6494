"""The scheduled run of the function that deletes."""

from __future__ import annotations

from typing import Any

from spanvas.settings import Settings
from spanvas.storage.port import TraceStore
from spanvas_api.handlers.deletion import make_handler
from spanvas_api.services import Services
from tests.support.api_client import LambdaContext


def go_on(store: TraceStore) -> dict[str, Any]:
    """Goes on with what is due. Returns how many were done with."""
    services = Services(Settings(table="traces"), make_store=lambda: store)
    context: Any = LambdaContext()
    return make_handler(lambda: services)({}, context)
