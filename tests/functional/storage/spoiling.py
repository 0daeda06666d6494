"""Items as another writer would have left them: newer, broken or half-written."""

from __future__ import annotations

from typing import Any, cast

from spanvas.storage import items
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import TraceStore
from tests.support.aws_from_template import AUDIT_TABLE
from tests.support.memory_store import MemoryTraceStore


def change_item(
    store: TraceStore, sort: str, execution_id: str = "exec_1", **attributes: Any
) -> None:
    """Put these attributes over those of an item that is there; None takes one away."""
    key = items.key("acme", execution_id, sort)
    if isinstance(store, MemoryTraceStore):
        known = store.overlays.setdefault((key["pk"]["S"], key["sk"]["S"]), {})
        known.update(attributes)
        return
    dynamodb, table = _table_of(store)
    if sort.startswith(items.ACCESS):
        table = AUDIT_TABLE
    changed = {**dynamodb.get_item(TableName=table, Key=key)["Item"], **attributes}
    item = {name: value for name, value in changed.items() if value is not None}
    dynamodb.put_item(TableName=table, Item=item)


def read_item(store: TraceStore, sort: str, execution_id: str = "exec_1") -> dict[str, Any]:
    """As it is in the table. For the real store."""
    dynamodb, table = _table_of(store)
    key = items.key("acme", execution_id, sort)
    return cast("dict[str, Any]", dynamodb.get_item(TableName=table, Key=key)["Item"])


def _table_of(store: TraceStore) -> tuple[Any, str]:
    real = cast("DynamoTraceStore", store)
    return real._dynamodb, real._table
