"""Who read which content: written before it is shown, never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from spanvas.model.access import Access
from spanvas.model.units import DAY_SECONDS, NANO
from spanvas.storage import items
from spanvas.storage.aws import translate_errors
from spanvas.storage.decoding import Report, attempted
from spanvas.storage.item_reading import access_of, unexpired
from spanvas.storage.port import Page

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class AccessItems:
    """Writes and lists the accesses of an execution's content. Raises StoreUnavailableError."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        retention_days: int,
        clock: Callable[[], int],
        report: Report,
    ) -> None:
        self._report = report
        self._dynamodb = dynamodb
        self._table = table
        self._retention_seconds = retention_days * DAY_SECONDS
        self._clock = clock

    def record(self, access: Access) -> None:
        """Stores an access; it expires after the retention period."""
        expires_at = self._clock() // NANO + self._retention_seconds
        with translate_errors("recording an access"):
            self._dynamodb.put_item(
                TableName=self._table, Item=items.access_item(access, expires_at)
            )

    def page(self, tenant: str, execution_id: str, limit: int, after: str | None) -> Page[Access]:
        """Returns one page of accesses, the newest first.

        A position is the sort key of the last access of the page before.
        """
        upper = items.ACCESS + (after or "~")
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :upper",
            "ExpressionAttributeValues": {
                ":pk": items.s(items.partition(tenant, execution_id)),
                ":first": items.s(items.ACCESS),
                ":upper": items.s(upper),
            },
            "ScanIndexForward": False,
            "Limit": limit + 2,
        }
        with translate_errors("listing accesses"):
            answer = self._dynamodb.query(**request)
        found = [item for item in answer["Items"] if item["sk"]["S"] != upper]
        return page_of_accesses(found, limit, self._clock(), self._report)


def page_of_accesses(
    found: Iterable[Mapping[str, Any]], limit: int, now_unix_nano: int, report: Report
) -> Page[Access]:
    """Returns a page of the first `limit` items that are not expired; one that cannot be decoded counts, too."""
    entries = [
        (item["sk"]["S"].removeprefix(items.ACCESS), access)
        for item in found
        if (access := attempted(unexpired, item, now_unix_nano, access_of))
    ]
    shown = entries[:limit]
    position = shown[-1][0] if len(entries) > limit else None
    return Page.of([access for _, access in shown], position, report)
