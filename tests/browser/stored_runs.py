"""Executions that are written into the running stack's own table, for tests of its real history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from spanvas.model.execution import Cause, Execution
from spanvas.model.ids import trace_id_for
from spanvas.model.span import Span
from spanvas.storage import items
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import SpanBatch
from tests.support.builders import make_span
from tests.support.local_stack import TENANT

SECOND = 1_000_000_000
MAX_WRITES = 25
"""Of one BatchWriteItem."""
BROKEN = Cause("ThrottlingException", "Too many requests")


def make_run(workflow_id: str, name: str, started: int, **overrides: Any) -> Execution:
    execution_id = f"{workflow_id}-{name}"
    return Execution(
        **{
            "tenant": TENANT,
            "execution_id": execution_id,
            "trace_id": trace_id_for(TENANT, execution_id),
            "workflow_id": workflow_id,
            "workflow_name": workflow_id,
            "workflow_version": "1",
            "started_at_unix_nano": started,
            "deadline_unix_nano": started + 3_600 * SECOND,
            "started_by": "test",
            **overrides,
        }
    )


def write_queued_run(
    store: DynamoTraceStore, execution: Execution, begun: int, status: str
) -> None:
    """As the API, an executor and its layer do it: queued, begun later, ended two seconds after that."""
    store.start_execution(replace(execution, status="queued"))
    store.start_execution(replace(execution, status="running", started_at_unix_nano=begun))
    store.write(SpanBatch(TENANT, execution.execution_id, [workflow_span(execution, begun)]))
    cause = BROKEN if status == "failed" else None
    store.end_execution(TENANT, execution.execution_id, status, begun + 2 * SECOND, cause)


def workflow_span(execution: Execution, begun: int) -> Span:
    return make_span(
        "root",
        trace_id=execution.trace_id,
        name=execution.workflow_id,
        kind="workflow",
        start_time_unix_nano=begun,
        end_time_unix_nano=begun + 2 * SECOND,
    )


def put_many(store: DynamoTraceStore, executions: Iterable[Execution]) -> None:
    """Ended ones, many at a time."""
    waiting = [
        {
            **items.key(TENANT, execution.execution_id),
            **items.execution_attributes(execution),
            **items.index_keys(execution),
            "revision": items.n(1),
        }
        for execution in executions
    ]
    for start in range(0, len(waiting), MAX_WRITES):
        _put(store, waiting[start : start + MAX_WRITES])


def _put(store: DynamoTraceStore, some: Sequence[items.Item]) -> None:
    requests: list[Any] = [{"PutRequest": {"Item": item}} for item in some]
    store._dynamodb.batch_write_item(RequestItems={store._table: requests})
