"""Several processes on one table."""

from __future__ import annotations

from typing import Any

from spanvas.storage.dynamo import DynamoTraceStore
from tests.support.builders import T0


def process_like(store: DynamoTraceStore) -> DynamoTraceStore:
    """Another process on the same table."""
    clients: dict[str, Any] = {"dynamodb": store._dynamodb, "s3": store._given_s3}
    return DynamoTraceStore(store._table, store._bucket, clock=lambda: T0, **clients)
