"""Deletes what an execution holds: items of every kind, and objects with all their versions and delete markers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from spanvas.model.errors import StoreUnavailableError
from spanvas.storage import items
from spanvas.storage.aws import translate_errors
from spanvas.storage.item_reading import HELD_EXPIRES_AT, moving_to
from spanvas.storage.tombstones import KEPT, SOURCE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

ITEMS_AT_ONCE: Final = 25
"""The most that one BatchWriteItem takes."""
OBJECTS_AT_ONCE: Final = 1_000
"""The most that one DeleteObjects takes, and ListObjectVersions answers."""
MAX_REFUSALS: Final = 5
EXPIRIES: Final = f"{items.TTL_ATTRIBUTE}, {HELD_EXPIRES_AT}"
PREFIXES: Final = ("details", "artifacts", "held/details", "held/artifacts")
"""First parts of the keys of objects; tenant and execution follow. What is held lies apart (`holds`)."""


class TimeIsUpError(Exception):
    """The time was over before everything was deleted; what is left is found when it is done again."""


class Partitions:
    """Empties partitions of the table, and what belongs to them in the bucket. Raises StoreUnavailableError."""

    def __init__(
        self, dynamodb: DynamoDBClient, table: str, s3: Callable[[], S3Client], bucket: str
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._s3 = s3
        self._bucket = bucket

    def purge(self, tenant: str, execution_id: str, is_time_left: Callable[[], bool]) -> None:
        """Deletes what is stored under an execution, and under all ids that lead to it.

        Raises TimeIsUpError when `is_time_left` returns False, which is asked between two requests.
        """
        leading = {execution_id}
        waiting = [execution_id]
        while waiting:
            current = waiting.pop()
            sources = self._empty(tenant, current, is_time_left)
            found = [source for source in sources if source not in leading]
            for source in found:
                if self._shorten(tenant, source, leading):
                    leading.add(source)
                    waiting.append(source)

    def _empty(self, tenant: str, execution_id: str, is_time_left: Callable[[], bool]) -> list[str]:
        """Deletes the objects, then the items of one partition. Returns the ids that were joined to it."""
        for prefix in PREFIXES:
            self.delete_objects(f"{prefix}/{tenant}/{execution_id}/", is_time_left)
        sources: list[str] = []
        for page in self.pages_of(tenant, execution_id, is_time_left):
            sorts = [item["sk"]["S"] for item in page]
            sources += [sort.removeprefix(SOURCE) for sort in sorts if sort.startswith(SOURCE)]
            unwanted = [item for item in page if not item["sk"]["S"].startswith(KEPT)]
            self._delete_elsewhere(tenant, execution_id, unwanted, is_time_left)
            self.delete_items(unwanted, is_time_left)
        return sources

    def pages_of(
        self, tenant: str, execution_id: str, is_time_left: Callable[[], bool]
    ) -> Iterator[Sequence[Mapping[str, Any]]]:
        """Yields the items of a partition, a page at a time: their keys, when they expire and where their objects are.

        Raises TimeIsUpError.
        """
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": items.s(items.partition(tenant, execution_id))},
            "ProjectionExpression": f"pk, sk, s3_key, s3_bucket, {EXPIRIES}",
            "ConsistentRead": True,
        }
        while True:
            _check(is_time_left)
            with translate_errors("reading the items of an execution"):
                answer = self._dynamodb.query(**request)
            yield answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _delete_elsewhere(
        self,
        tenant: str,
        execution_id: str,
        found: Iterable[Mapping[str, Any]],
        is_time_left: Callable[[], bool],
    ) -> None:
        """Deletes the objects that items name by a key of another execution, from which they were copied.

        Files in the buckets of others stay: they are not ours.
        """
        own = tuple(f"{prefix}/{tenant}/{execution_id}/" for prefix in PREFIXES)
        ours = tuple(f"{prefix}/{tenant}/" for prefix in PREFIXES)
        for item in found:
            key = item.get("s3_key", {}).get("S", "")
            if key.startswith(ours) and not key.startswith(own) and "s3_bucket" not in item:
                self.delete_objects(key, is_time_left)

    def has_object(self, key: str) -> bool:
        """Returns whether there is any version of an object. It is asked so that nothing is read to know it."""
        with translate_errors("looking for an object"):
            answer = self._s3().list_object_versions(Bucket=self._bucket, Prefix=key, MaxKeys=1)
        return any(one["Key"] == key for one in answer.get("Versions", []))

    def delete_objects(self, prefix: str, is_time_left: Callable[[], bool]) -> None:
        """Deletes all versions and delete markers of the objects whose key begins with `prefix`."""
        while True:
            _check(is_time_left)
            with translate_errors("listing objects to delete"):
                answer = self._s3().list_object_versions(
                    Bucket=self._bucket, Prefix=prefix, MaxKeys=OBJECTS_AT_ONCE
                )
            found = [*answer.get("Versions", []), *answer.get("DeleteMarkers", [])]
            if not found:
                return
            named = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
            with translate_errors("deleting objects"):
                deleted = self._s3().delete_objects(
                    Bucket=self._bucket,
                    Delete={"Objects": named, "Quiet": True},  # type: ignore[typeddict-item]
                )
            if errors := deleted.get("Errors"):
                code = errors[0].get("Code", "")
                raise StoreUnavailableError(f"the store failed deleting objects: {code}", 5, code)

    def delete_items(
        self, found: Iterable[Mapping[str, Any]], is_time_left: Callable[[], bool]
    ) -> None:
        """Deletes items by their keys. Raises TimeIsUpError."""
        keys = iter([{"pk": item["pk"], "sk": item["sk"]} for item in found])
        pending: list[Any] = []
        refusals = 0
        while pending or (batch := list(islice(keys, ITEMS_AT_ONCE))):
            _check(is_time_left)
            asked = pending or [{"DeleteRequest": {"Key": key}} for key in batch]
            with translate_errors("deleting items"):
                answer = self._dynamodb.batch_write_item(RequestItems={self._table: asked})
            pending = answer.get("UnprocessedItems", {}).get(self._table, [])
            refusals = refusals + 1 if len(pending) == len(asked) else 0
            if refusals == MAX_REFUSALS:
                raise StoreUnavailableError("the store failed deleting items: throttled", 5)

    def _shorten(self, tenant: str, source: str, targets: Collection[str]) -> bool:
        """Leaves nothing of an id's META but where it leads. Returns False where it does not lead to `targets`."""
        with translate_errors("reading what was joined"):
            answer = self._dynamodb.get_item(
                TableName=self._table, Key=items.key(tenant, source), ConsistentRead=True
            )
        item = answer.get("Item")
        target = moving_to(item) if item else ""
        if item is None or target not in targets:
            return False
        pointer = {
            **items.key(tenant, source),
            "tenant": items.s(tenant),
            "execution_id": items.s(source),
            "revision": items.n(1),
            items.MOVED_TO: items.s(target),
            items.MOVED: items.n(1),
            **{name: item[name] for name in (items.TTL_ATTRIBUTE,) if name in item},
        }
        with translate_errors("shortening what was joined"):
            try:
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=pointer,
                    ConditionExpression=f"{items.MOVED_TO} = :target",
                    ExpressionAttributeValues={":target": items.s(target)},
                )
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                return False
        return True


def _check(is_time_left: Callable[[], bool]) -> None:
    if not is_time_left():
        raise TimeIsUpError
