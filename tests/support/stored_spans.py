"""Reads one span back from a store."""

from __future__ import annotations

from spanvas.model.span import Span
from spanvas.storage.port import TraceStore


def stored_span(store: TraceStore, tenant: str, execution_id: str, span_id: str) -> Span | None:
    """Returns the span as it is shown, the first of its versions; None where it is not stored."""
    return next(iter(store.read_versions(tenant, execution_id, span_id)), None)
