"""Lists of executions from the indexes: a tenant's and a workflow's.

The indexes hold keys alone, so that counters and status of a running execution are written once, not once an
index; a page reads its items in one batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from spanvas.model.execution import Execution
from spanvas.model.unreadable import UnreadableItem
from spanvas.storage import items
from spanvas.storage.aws import translated
from spanvas.storage.decoding import Report, attempted
from spanvas.storage.executions import ExecutionItems
from spanvas.storage.port import Page

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DAY: Final = 86_400 * 1_000_000_000
MAX_BATCH: Final = 100
"""Items of one BatchGetItem."""
DAYS_AT_A_TIME: Final = 8

Entry = tuple[str, Execution | UnreadableItem]
"""A position, and what stands there."""
Partition = tuple[tuple[str, str, str], str]
"""An index (its name, partition and sort attribute) and the value of its partition."""


class History:
    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        executions: ExecutionItems,
        retention_days: int,
        clock: Callable[[], int],
        report: Report,
    ) -> None:
        self._report = report
        self._dynamodb = dynamodb
        self._table = table
        self._executions = executions
        self._retention_days = retention_days
        self._clock = clock

    def page(
        self,
        tenant: str,
        workflow_id: str | None,
        status: str | None,
        started_from: int | None,
        started_to: int | None,
        limit: int,
        after: str | None,
    ) -> Page[Execution]:
        """Newest first. A position is the sort key of the last execution of the page before."""
        now = self._clock()
        oldest = max(started_from or 0, now - (self._retention_days + 1) * DAY)
        newest = min(started_to or now + DAY, now + DAY)
        upper = min(after or items.started_key(newest), items.started_key(newest))
        found: list[Entry] = []
        next_position: str | None = None
        for position, execution in self._walk(tenant, workflow_id, oldest, upper, limit):
            # One that cannot be decoded may have any status.
            if isinstance(execution, Execution) and status not in (None, execution.status):
                continue
            if len(found) == limit:
                next_position = found[-1][0]
                break
            found.append((position, execution))
        return Page.of([execution for _, execution in found], next_position, self._report)

    def _walk(
        self, tenant: str, workflow_id: str | None, oldest: int, upper: str, limit: int
    ) -> Iterator[Entry]:
        """Every execution of one index partition (a workflow's), or of one a day (a tenant's).

        The newest day is asked alone, since it often fills the page; of the days before it, which are often empty,
        several are asked at a time.
        """
        lower = items.started_key(oldest)
        partitions = _partitions(tenant, workflow_id, oldest, int(upper[:20]))

        def first_entries(partition: Partition) -> list[dict[str, Any]]:
            return self._query(partition, lower, upper, limit)

        for group in (partitions[:1], *batched(partitions[1:], DAYS_AT_A_TIME)):
            for partition, found in zip(group, _each(first_entries, group), strict=True):
                entries = found
                while entries:
                    yield from self._read(entries)
                    before = entries[-1]["started_key"]["S"]
                    entries = self._query(partition, lower, before, limit)

    def _query(
        self, partition: Partition, lower: str, upper: str, limit: int
    ) -> list[dict[str, Any]]:
        """Index entries with `lower` <= sort key < `upper`, newest first; at most one batch of them."""
        (name, partition_name, sort_name), value = partition
        if upper <= lower:
            return []
        with translated("listing executions"):
            answer = self._dynamodb.query(
                TableName=self._table,
                IndexName=name,
                KeyConditionExpression=(
                    f"{partition_name} = :partition AND {sort_name} BETWEEN :lower AND :upper"
                ),
                ExpressionAttributeValues={
                    ":partition": items.s(value),
                    ":lower": items.s(lower),
                    ":upper": items.s(upper),
                },
                ScanIndexForward=False,
                # One more than the page, to know whether it is the last; one for the bound that is left out.
                Limit=min(limit + 2, MAX_BATCH),
            )
        return [entry for entry in answer["Items"] if entry[sort_name]["S"] != upper]

    def _read(self, entries: list[dict[str, Any]]) -> list[Entry]:
        """Positions and executions of index entries, in their order, without what is gone or expired."""
        wanted = [{"pk": entry["pk"], "sk": entry["sk"]} for entry in entries]
        found: dict[str, Mapping[str, Any]] = {}
        pending: Any = {self._table: {"Keys": wanted}} if wanted else {}
        while pending:
            with translated("reading executions"):
                answer = self._dynamodb.batch_get_item(RequestItems=pending)
            for item in answer["Responses"].get(self._table, []):
                found[item["pk"]["S"]] = item
            pending = answer.get("UnprocessedKeys")
        shown = [
            (entry["started_key"]["S"], self._shown(found.get(entry["pk"]["S"]), entry))
            for entry in entries
        ]
        return [(position, execution) for position, execution in shown if execution is not None]

    def _shown(
        self, item: Mapping[str, Any] | None, entry: Mapping[str, Any]
    ) -> Execution | UnreadableItem | None:
        shown = attempted(self._executions.shown, item)
        if isinstance(shown, UnreadableItem):
            return shown._replace(position=entry["started_key"]["S"])
        return shown


def _partitions(tenant: str, workflow_id: str | None, oldest: int, newest: int) -> list[Partition]:
    if workflow_id is not None:
        return [(items.BY_WORKFLOW, items.workflow_key(tenant, workflow_id))]
    days = range(newest // DAY, oldest // DAY - 1, -1)
    return [(items.BY_TENANT, items.tenant_day_key(tenant, day * DAY)) for day in days]


def _each(
    ask: Callable[[Partition], list[dict[str, Any]]], partitions: Sequence[Partition]
) -> list[list[dict[str, Any]]]:
    """Answers for all partitions, in their order."""
    if len(partitions) < 2:
        return [ask(partition) for partition in partitions]
    with ThreadPoolExecutor(len(partitions), "spanvas-history") as pool:
        return list(pool.map(ask, partitions))


def batched(partitions: Sequence[Partition], size: int) -> Iterator[Sequence[Partition]]:
    return (partitions[i : i + size] for i in range(0, len(partitions), size))
