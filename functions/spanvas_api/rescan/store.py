"""What the re-scan reads and replaces: items one by one, and objects version by version."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any, Final, Protocol, cast

from spanvas.storage import items
from spanvas.storage.aws import translate_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

Owner = tuple[str, str]
"""Tenant and execution id."""
Item = Mapping[str, Any]
POSITION: Final = "RESCAN"
"""Partition of the items that say how far a re-scan has come."""
EXECUTION: Final = re.compile(r"T#[^#]*#E#[^#]+")
"""A partition key of an execution."""
PAGE: Final = 500
KEPT_SECONDS: Final = 90 * 86_400


class RescanStore(Protocol):
    """Every method may raise StoreUnavailableError, and may be called again then."""

    def pages(self, start: Any) -> Iterator[tuple[Sequence[Owner], Any]]:
        """Yields all executions in an order that stays, and with each page where the next one begins; None at the end.

        `start` is what was yielded with an earlier page; None for the first one. One may come twice in a row.
        """

    def items_between(self, owner: Owner, first: str, last: str) -> Iterator[Item]:
        """Yields an execution's items by sort key, from `first` up to `last`."""

    def replace(self, item: Item, attributes: Item) -> bool:
        """Changes attributes of an item that has not changed since it was read. Returns False where it has."""

    def read_object(self, key: str, version: str) -> IO[bytes]:
        """Returns an object's bytes. Raises StoreUnavailableError, with a code where it is not there."""

    def replace_object(self, key: str, body: IO[bytes], media_type: str) -> str:
        """Stores another version of an object, and returns the version's id."""

    def versions(self, key: str) -> list[str]:
        """Returns the ids of all versions and delete markers of an object, the newest first."""

    def delete_versions(self, key: str, versions: Sequence[str]) -> None:
        """Deletes versions of an object for good."""

    def position(self, name: str) -> str:
        """Returns what was kept under a name; "" where nothing is."""

    def keep_position(self, name: str, text: str) -> None:
        """Keeps a text under a name, for 90 days."""


class AwsRescanStore:
    """As `RescanStore`, on the table and the bucket. `seconds` gives the time in unix seconds."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        s3: S3Client,
        bucket: str,
        seconds: Callable[[], float],
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._s3 = s3
        self._bucket = bucket
        self._seconds = seconds

    def pages(self, start: Any) -> Iterator[tuple[Sequence[Owner], Any]]:
        """Yields executions in the order of a Scan, a page at a time."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "ProjectionExpression": "pk",
            "Limit": PAGE,
        }
        while True:
            if start is not None:
                request["ExclusiveStartKey"] = start
            with translate_errors("looking for executions"):
                answer = self._dynamodb.scan(**request)
            found = dict.fromkeys(item["pk"]["S"] for item in answer["Items"])
            start = answer.get("LastEvaluatedKey")
            yield [items.owner_of(pk) for pk in found if EXECUTION.fullmatch(pk)], start
            if start is None:
                return

    def items_between(self, owner: Owner, first: str, last: str) -> Iterator[Item]:
        """Yields whole items."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":pk": items.s(items.partition(*owner)),
                ":first": items.s(first),
                ":last": items.s(last),
            },
            "ConsistentRead": True,
        }
        while True:
            with translate_errors("reading an execution's items"):
                answer = self._dynamodb.query(**request)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def replace(self, item: Item, attributes: Item) -> bool:
        """Writes in one request, on the condition that what is replaced is what was read."""
        sets = ", ".join(f"#{name} = :new_{name}" for name in attributes)
        known = " AND ".join(f"#{name} = :old_{name}" for name in attributes)
        with translate_errors("rewriting an item"):
            try:
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key={"pk": item["pk"], "sk": item["sk"]},
                    UpdateExpression=f"SET {sets}",
                    ConditionExpression=known,
                    ExpressionAttributeNames={f"#{name}": name for name in attributes},
                    ExpressionAttributeValues={
                        **{f":new_{name}": value for name, value in attributes.items()},
                        **{f":old_{name}": item[name] for name in attributes},
                    },
                )
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                return False
        return True

    def read_object(self, key: str, version: str) -> IO[bytes]:
        """Returns the body of GetObject, which is read as it comes."""
        wanted: dict[str, Any] = {"Bucket": self._bucket, "Key": key}
        if version:
            wanted["VersionId"] = version
        with translate_errors("reading an object"):
            body: Any = self._s3.get_object(**wanted)["Body"]
            return cast("IO[bytes]", body)

    def replace_object(self, key: str, body: IO[bytes], media_type: str) -> str:
        """Sends PutObject as the layer does: nothing is ever served in place."""
        with translate_errors("rewriting an object"):
            answer = self._s3.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=body,
                ContentType=media_type,
                ContentDisposition="attachment",
            )
        return answer.get("VersionId", "")

    def versions(self, key: str) -> list[str]:
        """Asks ListObjectVersions; there are never more than a few."""
        with translate_errors("looking for versions of an object"):
            answer = self._s3.list_object_versions(Bucket=self._bucket, Prefix=key)
        found = [
            one
            for one in (*answer.get("Versions", []), *answer.get("DeleteMarkers", []))
            if one["Key"] == key
        ]
        # S3 lists versions of a key from the newest on, and delete markers apart.
        found.sort(key=lambda one: not one["IsLatest"])
        return [one["VersionId"] for one in found]

    def delete_versions(self, key: str, versions: Sequence[str]) -> None:
        """Sends one DeleteObject a version."""
        for version in versions:
            with translate_errors("deleting a version of an object"):
                self._s3.delete_object(Bucket=self._bucket, Key=key, VersionId=version)

    def position(self, name: str) -> str:
        """Reads the item that keeps it."""
        with translate_errors("reading how far the re-scan has come"):
            answer = self._dynamodb.get_item(
                TableName=self._table, Key=_place(name), ConsistentRead=True
            )
        return str(answer.get("Item", {}).get("text", {"S": ""})["S"])

    def keep_position(self, name: str, text: str) -> None:
        """Writes the item that keeps it."""
        expires_at = items.n(int(self._seconds()) + KEPT_SECONDS)
        with translate_errors("noting how far the re-scan has come"):
            self._dynamodb.put_item(
                TableName=self._table,
                Item={**_place(name), "text": items.s(text), items.TTL_ATTRIBUTE: expires_at},
            )


def _place(name: str) -> items.Item:
    return {"pk": items.s(POSITION), "sk": items.s(name)}
