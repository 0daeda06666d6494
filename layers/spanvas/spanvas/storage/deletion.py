"""Deletes executions on request: META becomes a tombstone, then everything else of it goes.

| step                                                     | cut off after it                                       |
|----------------------------------------------------------|--------------------------------------------------------|
| 1. META becomes a tombstone, in the index of what to purge | readers see it deleted; the sweep goes on with step 2 |
| 2. objects, all versions and delete markers of them      | the items that name them are still there: done again   |
| 3. items, whatever they are, but those of `tombstones.KEPT` | done again                                          |
| 4. the same under each id that was joined to it          | done again                                             |
| 5. the tombstone says that it is complete                |                                                        |

Writers do not ask whether an execution is deleted before they write. They find out when they add to its totals, and
have it purged again (`tombstones.note_late`). What nobody tells of (a writer that is killed in between, an old layer)
is found when the tombstone is looked at again, at growing distances.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from spanvas.model.errors import ConflictError, StoreUnavailableError
from spanvas.model.execution import Execution, seen_at
from spanvas.model.units import DAY_SECONDS, NANO
from spanvas.storage import items
from spanvas.storage.aws import translate_errors
from spanvas.storage.executions import MAX_MOVES, ExecutionItems
from spanvas.storage.holds import HoldItems
from spanvas.storage.item_reading import (
    HOLD,
    PURGED_AT,
    execution_of,
    is_deleted,
    is_expired,
    moving_to,
)
from spanvas.storage.overdue import due_entries
from spanvas.storage.pages import Overdue
from spanvas.storage.purging import Partitions, TimeIsUpError
from spanvas.storage.tombstones import PURGES, purge_partition, tombstone_item, waiting_seconds

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

ATTEMPTS: Final = 8


class _Found(NamedTuple):
    """The end of an id's moves: its META, None where there is none, and the last META on the way that tells what the
    execution is."""

    execution_id: str
    item: Mapping[str, Any] | None
    told_by: Mapping[str, Any] | None


class DeletionItems:
    """As `port.Deletions`, on the table and the bucket. Raises StoreUnavailableError."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        s3: Callable[[], S3Client],
        bucket: str,
        executions: ExecutionItems,
        retention_days: int,
        clock: Callable[[], int],
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._executions = executions
        self._retention_seconds = retention_days * DAY_SECONDS
        self._clock = clock
        self._partitions = Partitions(dynamodb, table, s3, bucket)
        self.holds = HoldItems(dynamodb, table, s3, bucket, executions, clock)

    def delete(self, tenant: str, execution_id: str, by: str) -> Execution | None:
        """Makes META a tombstone. Returns it; the earlier one where it is deleted already; None where nothing is there.

        Raises ConflictError, and UnreadableItemError where META cannot be decoded.
        """
        for _ in range(ATTEMPTS):
            found = self._find(tenant, execution_id)
            if found.told_by is None or is_expired(found.told_by, self._clock()):
                return None
            if found.item is not None and is_deleted(found.item):
                return execution_of(found.item)
            if found.item is not None and HOLD in found.item:
                raise ConflictError("It is held: release the hold before it is deleted.")
            now = self._clock()
            known = replace(execution_of(found.told_by), execution_id=found.execution_id)
            expires_at = now // NANO + self._retention_seconds
            tombstone = tombstone_item(seen_at(known, now), by, now, expires_at)
            if self._replaced(tombstone, found.item):
                return execution_of(tombstone)
        raise StoreUnavailableError("the execution is changed by too many at once", 1)

    def purge(self, tenant: str, execution_id: str, is_time_left: Callable[[], bool]) -> bool:
        """Deletes everything that a deleted execution holds. Returns whether that is complete."""
        item = self._executions.item(tenant, execution_id)
        if item is None or not is_deleted(item):
            return True
        try:
            self._partitions.purge(tenant, execution_id, is_time_left)
        except TimeIsUpError:
            return False
        return self._completed(tenant, execution_id, item)

    def due(self) -> Iterator[Overdue]:
        """Yields the deleted executions that are to be purged now, or looked at again."""
        partitions = map(purge_partition, range(items.RUNNING_SHARDS))
        yield from due_entries(self._dynamodb, self._table, partitions, self._clock())

    def _find(self, tenant: str, execution_id: str) -> _Found:
        """Follows an id to the end of its moves, whether they are finished or not."""
        told_by = None
        item = self._executions.item(tenant, execution_id)
        for _ in range(MAX_MOVES):
            if item is None:
                break
            told_by = told_by if items.MOVED in item else item
            target = moving_to(item)
            if not target:
                break
            execution_id = target
            item = self._executions.item(tenant, execution_id)
        return _Found(execution_id, item, told_by)

    def _replaced(self, tombstone: items.Item, known: Mapping[str, Any] | None) -> bool:
        """Puts the tombstone in the place of META. Returns False where META has changed meanwhile."""
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if known is not None:
            condition = {
                "ConditionExpression": "revision = :known AND attribute_not_exists(moved_to)",
                "ExpressionAttributeValues": {":known": known["revision"]},
            }
        with translate_errors("deleting an execution"):
            try:
                self._dynamodb.put_item(TableName=self._table, Item=tombstone, **condition)
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                return False
        return True

    def _completed(self, tenant: str, execution_id: str, item: Mapping[str, Any]) -> bool:
        """Notes that nothing is left, and when to look again. Returns False where more has come meanwhile."""
        purges = int(item.get(PURGES, {"N": "0"})["N"]) + 1
        now = self._clock()
        again = now + waiting_seconds(purges) * NANO
        attributes = {PURGES: items.n(purges), PURGED_AT: items.n(now)}
        remove = ["running_key", "deadline_key"]
        if again // NANO < int(item[items.TTL_ATTRIBUTE]["N"]):
            shard = items.running_shard(execution_id)
            attributes["running_key"] = items.s(purge_partition(shard))
            attributes["deadline_key"] = items.n(again)
            remove = []
        changed = self._executions.change(
            Execution(tenant, execution_id, "", "", 0),
            attributes,
            "#revision = :known",
            {":known": item["revision"]},
            keep=frozenset({PURGED_AT}),
            remove=remove,
        )
        return changed is not None
