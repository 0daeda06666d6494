"""Which executions have spans of a trace: the index by trace, and what the trace's own id leads to.

An execution that somebody registered is in the index under the trace that it was registered with. What came over OTLP
is found by the trace's id, which is an execution's id or leads to one (`storage.binding`). Nothing is scanned: one
Query and one read an execution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from spanvas.model.errors import UnreadableItem
from spanvas.model.execution import Execution
from spanvas.storage import items
from spanvas.storage.aws import translate_errors
from spanvas.storage.decoding import Report, attempted

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE: Final = 5
"""Index entries of one Query: nearly all traces are one execution."""
MOST_LOOKED_AT: Final = 60
"""Ids of one trace that are followed; many of them may lead to one execution."""


def execution_ids_of(
    dynamodb: DynamoDBClient, table: str, tenant: str, trace_id: str
) -> Iterator[str]:
    """Yields the ids that the index has under a trace. It may lag behind the items. Raises StoreUnavailableError."""
    index, partition_name, _ = items.BY_TRACE
    request: dict[str, Any] = {
        "TableName": table,
        "IndexName": index,
        "KeyConditionExpression": f"{partition_name} = :trace",
        "ExpressionAttributeValues": {":trace": items.s(items.trace_key(tenant, trace_id))},
        "Limit": PAGE,
    }
    while True:
        with translate_errors("looking for the execution of a trace"):
            answer = dynamodb.query(**request)
        for entry in answer["Items"]:
            owner, execution_id = items.owner_of(entry["pk"]["S"])
            # What another tenant's function has put into this index is not this tenant's.
            if owner == tenant:
                yield execution_id
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def executions_of(
    trace_id: str,
    execution_ids: Iterable[str],
    read: Callable[[str], Execution | None],
    report: Report,
    limit: int,
) -> list[Execution]:
    """Returns at most `limit` executions that have spans of a trace, the earliest first, each once.

    `execution_ids`: what the index has under the trace. `read` returns the execution that an id leads to. One that
    cannot be decoded is reported and left out.
    """
    found: dict[str, Execution] = {}
    ids = dict.fromkeys(chain((trace_id,), islice(execution_ids, MOST_LOOKED_AT)))
    for execution_id in ids:
        execution = attempted(read, execution_id)
        if isinstance(execution, UnreadableItem):
            report(execution)
        elif execution is not None:
            found[execution.execution_id] = execution
        if len(found) == limit:
            break
    return sorted(found.values(), key=lambda one: (one.started_at_unix_nano, one.execution_id))
