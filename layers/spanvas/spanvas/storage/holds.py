"""Holds: an execution that neither expires nor may be deleted, until it is released.

| step of a hold                                                  | of a release                                      |
|-----------------------------------------------------------------|---------------------------------------------------|
| 1. an item `HOLD` says what is to be done; the sweep finds it   | the item says that it is to be released           |
| 2. META says that it is held, and does not expire               | META is not held, and expires as it would have    |
| 3. objects are copied to where no lifecycle rule looks          | they are copied back, if their time is not over   |
| 4. items do not expire                                          | items expire as they would have                   |
| 5. `HOLD` says when to look again: what comes later is held too | the copies and `HOLD` are deleted                 |

Each step may be done again, so what was cut off goes on when the call is repeated, and with the sweep.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from spanvas.model.errors import ConflictError, StoreUnavailableError
from spanvas.model.execution import Execution
from spanvas.model.units import DAY_SECONDS, NANO
from spanvas.storage import items
from spanvas.storage.aws import translate_errors
from spanvas.storage.executions import ExecutionItems
from spanvas.storage.item_reading import HELD_EXPIRES_AT, HOLD, is_deleted
from spanvas.storage.overdue import due_entries
from spanvas.storage.pages import Overdue
from spanvas.storage.purging import PREFIXES, Partitions, TimeIsUpError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

HOLD_ITEM: Final = "HOLD"
HELD: Final = "held/"
"""What the keys of held objects begin with: no rule of the bucket's lifecycle deletes what is there."""
HOLDING: Final = "holding"
RELEASING: Final = "releasing"
LOOK_AGAIN_SECONDS: Final = DAY_SECONDS // 2
"""Sooner than anything that comes later can expire."""
APART: Final = (items.META, items.CLAIM, HOLD_ITEM)
OURS: Final = tuple(f"{prefix}/" for prefix in PREFIXES)


def hold_partition(shard: int) -> str:
    """Returns the partition of `items.BY_DEADLINE` for held executions of one shard; `deadline_key` is when to look."""
    return f"HELD#{shard}"


class HoldItems:
    """As `deletion_port.Deletions`, on the table and the bucket. Raises StoreUnavailableError."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        s3: Callable[[], S3Client],
        bucket: str,
        executions: ExecutionItems,
        clock: Callable[[], int],
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._s3 = s3
        self._bucket = bucket
        self._executions = executions
        self._clock = clock
        self._partitions = Partitions(dynamodb, table, s3, bucket)

    def hold(self, tenant: str, execution_id: str, by: str) -> None:
        """Keeps an execution from expiring. Raises ConflictError where it is deleted or has moved."""
        now = self._clock()
        self._note(tenant, execution_id, HOLDING, by)
        if not self._mark(tenant, execution_id, now, by):
            raise ConflictError("It cannot be held: it is deleted, or part of another execution.")

    def release(self, tenant: str, execution_id: str) -> None:
        """Lets an execution expire again, and be deleted. Of one that is not held nothing changes."""
        item = self._executions.item(tenant, execution_id)
        if item is None or HOLD not in item:
            return
        self._note(tenant, execution_id, RELEASING)
        self._unmark(tenant, execution_id, item)

    def apply(self, tenant: str, execution_id: str, is_time_left: Callable[[], bool]) -> bool:
        """Does what is left of a hold or a release. Returns whether that is complete."""
        order = self._order(tenant, execution_id)
        if order is None:
            return True
        item = self._executions.item(tenant, execution_id)
        if item is None or is_deleted(item):
            self._forget(tenant, execution_id)
            return True
        is_release = order.get("order") == items.s(RELEASING)
        try:
            if is_release:
                self._unmark(tenant, execution_id, item)
                self._for_each(tenant, execution_id, self._release_item, is_time_left)
                for prefix in (prefix for prefix in PREFIXES if prefix.startswith(HELD)):
                    place = f"{prefix}/{tenant}/{execution_id}/"
                    self._partitions.delete_objects(place, is_time_left)
                self._forget(tenant, execution_id)
                return True
            at, by = int(order["held_at"]["N"]), order["held_by"]["S"]
            self._mark(tenant, execution_id, at, by)
            self._for_each(tenant, execution_id, self._hold_item, is_time_left)
        except TimeIsUpError:
            return False
        return self._look_again(tenant, execution_id)

    def due(self) -> Iterator[Overdue]:
        """Yields the executions whose hold or release is to be gone on with, or looked at again."""
        partitions = map(hold_partition, range(items.RUNNING_SHARDS))
        yield from due_entries(self._dynamodb, self._table, partitions, self._clock())

    def _mark(self, tenant: str, execution_id: str, at: int, by: str) -> bool:
        """META is held and does not expire. Returns False where it may not be held."""
        bare = Execution(tenant, execution_id, "", "", 0)
        item = self._executions.item(tenant, execution_id)
        if item is None or is_deleted(item) or items.MOVED_TO in item:
            return False
        attributes = {HOLD: items.s(json.dumps({"at_unix_nano": at, "by": by}))}
        if items.TTL_ATTRIBUTE in item:
            attributes[HELD_EXPIRES_AT] = item[items.TTL_ATTRIBUTE]
        elif HOLD in item:
            return True
        changed = self._executions.change(
            bare,
            attributes,
            "#revision = :known",
            {":known": item["revision"]},
            keep=frozenset({HOLD}),
            remove=[items.TTL_ATTRIBUTE],
        )
        if changed is None:
            raise StoreUnavailableError("the execution is changed by too many at once", 1)
        return True

    def _unmark(self, tenant: str, execution_id: str, item: Mapping[str, Any]) -> None:
        if HOLD not in item:
            return
        attributes = {}
        if HELD_EXPIRES_AT in item:
            attributes[items.TTL_ATTRIBUTE] = item[HELD_EXPIRES_AT]
        self._executions.change(
            Execution(tenant, execution_id, "", "", 0),
            attributes,
            f"attribute_exists(#{HOLD})",
            remove=[HOLD, HELD_EXPIRES_AT],
        )

    def _note(self, tenant: str, execution_id: str, order: str, by: str = "") -> None:
        """Writes what is to be done, and lets it be done at once. The first hold is the one that is remembered."""
        shard = items.running_shard(execution_id)
        values = {
            ":shard": items.s(hold_partition(shard)),
            ":now": items.n(self._clock()),
            ":order": items.s(order),
        }
        expression = "SET running_key = :shard, deadline_key = :now, #order = :order"
        if by:
            values[":by"] = items.s(by)
            expression += (
                ", held_at = if_not_exists(held_at, :now), held_by = if_not_exists(held_by, :by)"
            )
        with translate_errors("noting a hold"):
            self._dynamodb.update_item(
                TableName=self._table,
                Key=items.key(tenant, execution_id, HOLD_ITEM),
                UpdateExpression=expression,
                ExpressionAttributeNames={"#order": "order"},
                ExpressionAttributeValues=values,
            )

    def _forget(self, tenant: str, execution_id: str) -> None:
        key = items.key(tenant, execution_id, HOLD_ITEM)
        self._partitions.delete_items([key], lambda: True)

    def _order(self, tenant: str, execution_id: str) -> Mapping[str, Any] | None:
        with translate_errors("reading a hold"):
            answer = self._dynamodb.get_item(
                TableName=self._table,
                Key=items.key(tenant, execution_id, HOLD_ITEM),
                ConsistentRead=True,
            )
        return answer.get("Item")

    def _look_again(self, tenant: str, execution_id: str) -> bool:
        """Postpones the next look, unless it is to be released meanwhile."""
        with translate_errors("noting a hold"):
            try:
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=items.key(tenant, execution_id, HOLD_ITEM),
                    UpdateExpression="SET deadline_key = :again",
                    ConditionExpression="#order = :hold",
                    ExpressionAttributeNames={"#order": "order"},
                    ExpressionAttributeValues={
                        ":again": items.n(self._clock() + LOOK_AGAIN_SECONDS * NANO),
                        ":hold": items.s(HOLDING),
                    },
                )
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                return False
        return True

    def _for_each(
        self,
        tenant: str,
        execution_id: str,
        change: Callable[[Mapping[str, Any]], None],
        is_time_left: Callable[[], bool],
    ) -> None:
        """Changes every item of an execution but META and what only says how it is worked on."""
        for page in self._partitions.pages_of(tenant, execution_id, is_time_left):
            for item in page:
                if not item["sk"]["S"].startswith(APART):
                    if not is_time_left():
                        raise TimeIsUpError
                    change(item)

    def _hold_item(self, item: Mapping[str, Any]) -> None:
        if items.TTL_ATTRIBUTE not in item:
            return
        values = {":expires": item[items.TTL_ATTRIBUTE]}
        expression = f"SET {HELD_EXPIRES_AT} = :expires"
        key = item.get("s3_key", {}).get("S", "")
        if key.startswith(OURS) and not key.startswith(HELD) and "s3_bucket" not in item:
            version = self._copied(key, HELD + key)
            if version is None:  # it has expired before
                return
            values |= {":key": items.s(HELD + key), ":version": items.s(version)}
            expression += ", s3_key = :key, s3_version = :version"
        self._change(
            item, f"{expression} REMOVE {items.TTL_ATTRIBUTE}", items.TTL_ATTRIBUTE, values
        )

    def _release_item(self, item: Mapping[str, Any]) -> None:
        if HELD_EXPIRES_AT not in item:
            return
        expires_at = item[HELD_EXPIRES_AT]
        values = {":expires": expires_at}
        expression = f"SET {items.TTL_ATTRIBUTE} = :expires"
        key = item.get("s3_key", {}).get("S", "")
        if key.startswith(HELD) and int(expires_at["N"]) > self._clock() // NANO:
            version = self._copied(key, key.removeprefix(HELD))
            if version is not None:
                values |= {":key": items.s(key.removeprefix(HELD)), ":version": items.s(version)}
                expression += ", s3_key = :key, s3_version = :version"
        self._change(item, f"{expression} REMOVE {HELD_EXPIRES_AT}", HELD_EXPIRES_AT, values)
        if key.startswith(HELD):
            self._partitions.delete_objects(key, lambda: True)

    def _change(
        self, item: Mapping[str, Any], expression: str, while_there: str, values: dict[str, Any]
    ) -> None:
        with translate_errors("holding an item"):
            try:
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key={"pk": item["pk"], "sk": item["sk"]},
                    UpdateExpression=expression,
                    ConditionExpression=f"attribute_exists({while_there})",
                    ExpressionAttributeValues=values,
                )
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                return

    def _copied(self, key: str, to: str) -> str | None:
        """Copies the latest version of an object. Returns the version of the copy; None where there is no object."""
        if not self._partitions.has_object(key):
            return None
        with translate_errors("copying an object"):
            answer = self._s3().copy_object(
                Bucket=self._bucket, Key=to, CopySource={"Bucket": self._bucket, "Key": key}
            )
        return answer.get("VersionId", "")
