"""Spans as the ingest brings them to a store, of executions that nobody registers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spanvas.model.span import Span
from spanvas.storage import items
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import SpanBatch, TraceStore
from spanvas_api.received.updates import Group, update_of
from tests.support.builders import T0, make_span

TRACE = "0af7651916cd43dd8448eb211c80319c"
OTHER_TRACE = "11111111111111112222222222222222"


def send(
    store: TraceStore,
    *spans: Span,
    wanted: str = "",
    tenant: str = "acme",
    is_explicit: bool = False,
    now: int = T0,
) -> str:
    """As the ingest does it, for spans of one trace: `is_explicit` where each has `wanted` as its execution id. Where
    they are kept."""
    binding = store.bind_trace(tenant, spans[0].trace_id, [wanted] if wanted else [])
    is_apart = is_explicit and wanted in binding.apart
    execution_id = wanted if is_apart else binding.execution_id
    return receive(store, execution_id, spans, tenant, binding.is_new, now)


def receive(
    store: TraceStore,
    execution_id: str,
    spans: Sequence[Span],
    tenant: str = "acme",
    is_new: bool = False,
    now: int = T0,
) -> str:
    update = update_of(Group(execution_id, spans=list(spans)), tenant, "collector", now, 900)
    return store.receive(SpanBatch(tenant, execution_id, spans), update, is_new=is_new)


def root(label: str = "root", **overrides: Any) -> Span:
    return make_span(label, **{"kind": "agent", **overrides})


def names(store: TraceStore, execution_id: str, tenant: str = "acme") -> list[str]:
    trace = store.read_trace(tenant, execution_id)
    assert trace is not None
    return sorted(row.name for row in trace.rows)


def listed(store: TraceStore, workflow_id: str) -> list[str]:
    page = store.list_executions("acme", workflow_id=workflow_id)
    return [execution.execution_id for execution in page.items]


def point(store: DynamoTraceStore, execution_id: str, target: str) -> None:
    """As an execution that has moved."""
    moved = {items.MOVED_TO: items.s(target), items.MOVED: items.n(1)}
    item = {**items.key("acme", execution_id), **moved, "revision": items.n(1)}
    store._executions._dynamodb.put_item(TableName=store._executions._table, Item=item)
