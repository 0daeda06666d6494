"""Executions that the sweep looks after: those whose deadline has passed, those that cannot be closed, and those that
are to be counted again.

The index of the running ones has a few partitions, in the order of deadlines. What cannot be closed is moved to
partitions of its own, with the time of the next try in the place of its deadline, so that it is in nobody's way and can
still be found. So is what has ended and has to be counted again, with the time at which it was marked
(`storage.totals`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from heapq import merge
from typing import TYPE_CHECKING, Any, Final

from spanvas.model.execution import Execution
from spanvas.model.units import NANO
from spanvas.storage import items
from spanvas.storage.aws import translate_errors
from spanvas.storage.executions import ExecutionItems
from spanvas.storage.pages import Overdue

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE: Final = 100
"""Index entries of one Query."""
FIRST_WAIT_SECONDS: Final = 120
LONGEST_WAIT_SECONDS: Final = 86_400
INDEX, PARTITION, SORT = items.BY_DEADLINE


class OverdueItems:
    """Finds overdue executions and sets those aside that cannot be closed. Raises StoreUnavailableError."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        executions: ExecutionItems,
        clock: Callable[[], int],
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._executions = executions
        self._clock = clock

    def all(self) -> Iterator[Overdue]:
        """Yields as `port.TraceStore.overdue`. What becomes overdue meanwhile is left to the next call."""
        now = self._clock()
        for name in (items.running_partition, items.set_aside_partition):
            partitions = map(name, range(items.RUNNING_SHARDS))
            yield from due_entries(self._dynamodb, self._table, partitions, now)

    def open_beyond(self, deadline_unix_nano: int, part: int) -> Iterator[Overdue]:
        """Yields as `port.TraceStore.open_beyond`: those of one partition of the index."""
        partition = items.running_partition(part % items.RUNNING_SHARDS)
        entries = _shard(self._dynamodb, self._table, partition, deadline_unix_nano, ">")
        for _, partition_key in entries:
            yield Overdue(*items.owner_of(partition_key))

    def to_recount(self) -> Iterator[Overdue]:
        """Yields as `port.TraceStore.to_recount`. What is marked meanwhile is left to the next call."""
        partitions = map(items.recount_partition, range(items.RUNNING_SHARDS))
        yield from due_entries(self._dynamodb, self._table, partitions, self._clock() + 1)

    def note_recounted(self, execution: Execution) -> bool:
        """Takes the mark away as `port.TraceStore.note_recounted`."""
        item = self._executions.change(
            execution,
            {},
            f"#revision = :revision AND begins_with(#{PARTITION}, :recount)",
            {":revision": items.n(execution.revision), ":recount": items.s(items.RECOUNT)},
            remove=[PARTITION, SORT],
        )
        return item is not None

    def set_aside(self, overdue: Overdue) -> bool:
        """Postpones as `port.TraceStore.set_aside`. Readers see no difference."""
        tries = self._move(overdue, FIRST_WAIT_SECONDS, add="ADD closing_tries :one")
        if tries is None:
            return False
        wait = waiting_seconds(tries)
        return wait == FIRST_WAIT_SECONDS or self._move(overdue, wait) is not None

    def count_set_aside(self) -> int:
        """Counts as `port.TraceStore.count_set_aside`; of very many, the first megabyte of each partition."""
        return sum(self._count(shard) for shard in range(items.RUNNING_SHARDS))

    def _move(self, overdue: Overdue, wait_seconds: int, add: str = "") -> int | None:
        """How often it has been set aside by now; None where it has ended or gone on."""
        now = self._clock()
        shard = items.running_shard(overdue.execution_id)
        values: dict[str, Any] = {
            ":aside": items.s(items.set_aside_partition(shard)),
            ":again": items.n(now + wait_seconds * NANO),
            ":running": items.s(items.running_partition(shard)),
            ":now": items.n(now),
        }
        with translate_errors("setting an execution aside"):
            try:
                answer = self._dynamodb.update_item(
                    TableName=self._table,
                    Key=items.key(overdue.tenant, overdue.execution_id),
                    UpdateExpression=f"SET {PARTITION} = :aside, {SORT} = :again {add}",
                    ConditionExpression=(
                        f"{PARTITION} = :aside OR {PARTITION} = :running AND {SORT} < :now"
                    ),
                    ExpressionAttributeValues={**values, **({":one": items.n(1)} if add else {})},
                    ReturnValues="ALL_NEW",
                )
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                return None
        return _tries(answer["Attributes"])

    def _count(self, shard: int) -> int:
        with translate_errors("counting executions that were set aside"):
            answer = self._dynamodb.query(
                TableName=self._table,
                IndexName=INDEX,
                KeyConditionExpression=f"{PARTITION} = :shard",
                ExpressionAttributeValues={":shard": items.s(items.set_aside_partition(shard))},
                Select="COUNT",
            )
        return int(answer["Count"])


def due_entries(
    dynamodb: DynamoDBClient, table: str, partitions: Iterable[str], now_unix_nano: int
) -> Iterator[Overdue]:
    """Yields what stands in partitions of `items.BY_DEADLINE` and is due, the earliest first."""
    shards = [_shard(dynamodb, table, partition, now_unix_nano) for partition in partitions]
    for _, partition_key in merge(*shards):
        yield Overdue(*items.owner_of(partition_key))


def _shard(
    dynamodb: DynamoDBClient, table: str, partition: str, bound: int, sign: str = "<"
) -> Iterator[tuple[int, str]]:
    """Yields deadlines and partition keys of one partition of the index, the earliest first: those before (`<`) or
    after (`>`) a time in Unix nanoseconds."""
    request: dict[str, Any] = {
        "TableName": table,
        "IndexName": INDEX,
        "KeyConditionExpression": f"{PARTITION} = :shard AND {SORT} {sign} :bound",
        "ExpressionAttributeValues": {":shard": items.s(partition), ":bound": items.n(bound)},
        "Limit": PAGE,
    }
    while True:
        with translate_errors("looking for what is due"):
            answer = dynamodb.query(**request)
        for entry in answer["Items"]:
            yield int(entry[SORT]["N"]), entry["pk"]["S"]
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def waiting_seconds(tries: int) -> int:
    """Returns the seconds until the next try after so many: two minutes, four, eight, and so on up to a day."""
    return min(FIRST_WAIT_SECONDS << min(tries - 1, 20), LONGEST_WAIT_SECONDS)


def _tries(item: Mapping[str, Any]) -> int:
    return int(item[items.CLOSING_TRIES]["N"])
