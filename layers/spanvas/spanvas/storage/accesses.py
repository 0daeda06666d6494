"""Who read what: written before the answer is given, into a table of its own, and never changed (ADR 36)."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from spanvas.model.access import Access
from spanvas.model.errors import StoreUnavailableError, UnreadableItem
from spanvas.model.units import DAY_SECONDS, NANO
from spanvas.storage import items
from spanvas.storage.aws import translate_errors
from spanvas.storage.decoding import Report, attempted
from spanvas.storage.item_reading import access_of, unexpired
from spanvas.storage.pages import Page
from spanvas.storage.tombstones import SOURCE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

QUERIED: Final = 200
"""Items that one request to the table returns at most."""
MOST_LOOKED_AT: Final = 1_000
"""Accesses that are looked at for one page, where only those of one span are asked for."""
MOST_FORMER: Final = 20
"""Former ids of an execution whose accesses are listed with its own."""


class AccessItems:
    """Writes and lists the accesses of executions. Raises StoreUnavailableError.

    `audit_table` takes new ones. Those that older versions have written stand in `table`, beside the execution, until
    they expire.
    """

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        audit_table: str,
        retention_days: int,
        clock: Callable[[], int],
        report: Report,
    ) -> None:
        self._report = report
        self._dynamodb = dynamodb
        self._table = table
        self._given_audit_table = audit_table
        self._retention_seconds = retention_days * DAY_SECONDS
        self._clock = clock

    @property
    def _audit_table(self) -> str:
        if not self._given_audit_table:
            raise StoreUnavailableError("no table for accesses: SPANVAS_AUDIT_TABLE is not set")
        return self._given_audit_table

    def record(self, access: Access) -> None:
        """Stores an access beside all that are there: no item is written over. It expires after the retention."""
        expires_at = self._clock() // NANO + self._retention_seconds
        # What is there already is this very item: a request that was sent twice.
        with (
            translate_errors("recording an access"),
            suppress(self._dynamodb.exceptions.ConditionalCheckFailedException),
        ):
            self._dynamodb.put_item(
                TableName=self._audit_table,
                Item=access_item(access, expires_at),
                ConditionExpression="attribute_not_exists(pk)",
            )

    def page(
        self, tenant: str, execution_id: str, limit: int, after: str | None, span_id: str | None
    ) -> Page[Access]:
        """Returns one page of accesses, the newest first; with `span_id`, of those of this span.

        A position is the place (`access_position`) of the last access that was looked at for the page before.
        """
        ids = (execution_id, *self._former_ids(tenant, execution_id))
        found = [self._stored(self._audit_table, tenant, one, after) for one in ids]
        found.append(self._stored(self._table, tenant, execution_id, after))
        newest_first = heapq.merge(*found, key=position_of_access, reverse=True)
        return page_of_accesses(newest_first, limit, self._clock(), self._report, span_id)

    def _stored(
        self, table: str, tenant: str, execution_id: str, after: str | None
    ) -> Iterator[Mapping[str, Any]]:
        """Yields the accesses of an execution that are in a table, the newest first, from a position on."""
        request: dict[str, Any] = {
            "TableName": table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :upper",
            "ExpressionAttributeValues": {
                ":pk": items.s(items.partition(tenant, execution_id)),
                ":first": items.s(items.ACCESS),
                ":upper": items.s(items.ACCESS + (after or "~")),
            },
            "ScanIndexForward": False,
            "Limit": QUERIED,
        }
        while True:
            with translate_errors("listing accesses"):
                answer = self._dynamodb.query(**request)
            for item in answer["Items"]:
                if position_of_access(item) != after:
                    yield item
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _former_ids(self, tenant: str, execution_id: str) -> list[str]:
        """Returns the ids under which parts of the execution were known before they were joined to it."""
        with translate_errors("listing accesses"):
            answer = self._dynamodb.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :source)",
                ExpressionAttributeValues={
                    ":pk": items.s(items.partition(tenant, execution_id)),
                    ":source": items.s(SOURCE),
                },
                Limit=MOST_FORMER,
            )
        return [item["sk"]["S"].removeprefix(SOURCE) for item in answer["Items"]]


def page_of_accesses(
    found: Iterable[Mapping[str, Any]],
    limit: int,
    now_unix_nano: int,
    report: Report,
    span_id: str | None = None,
) -> Page[Access]:
    """Returns a page of the first `limit` accesses that are not expired, of items that come the newest first.

    Of an access that was counted several times the last count is shown. One that cannot be decoded counts for the page.
    """
    entries: list[tuple[str, Access | UnreadableItem]] = []
    next_position, last, looked_at = None, "", 0
    for item in found:
        position = position_of_access(item)
        if position == last:
            continue
        if looked_at == MOST_LOOKED_AT:
            next_position = last
            break
        last, looked_at = position, looked_at + 1
        access = attempted(unexpired, item, now_unix_nano, access_of)
        if access is None or (
            span_id and isinstance(access, Access) and not access.is_of_span(span_id)
        ):
            continue
        entries.append((position, access))
        if len(entries) > limit:
            next_position = entries[limit - 1][0]
            break
    return Page.of([access for _, access in entries[:limit]], next_position, report)


def access_position(access: Access) -> str:
    """Returns where an access stands among those of its execution: a text that sorts by time."""
    return f"{access.time_unix_nano:020d}#{access.access_id}"


def position_of_access(item: Mapping[str, Any]) -> str:
    """Returns the position of the access of an item. All counts of one access have the same."""
    return "#".join(item["sk"]["S"].split("#", 3)[1:3])


def access_item(access: Access, expires_at: int) -> items.Item:
    """Returns the item of an access, one for each count of it. `expires_at` is in unix seconds."""
    sort = f"{items.ACCESS}{access_position(access)}#{access.count:010d}"
    item = {
        **items.key(access.tenant, access.execution_id, sort),
        "access_id": items.s(access.access_id),
        items.TIME_UNIX_NANO: items.n(access.time_unix_nano),
        "principal": items.s(access.principal),
        "action": items.s(access.action),
        "target": items.s(access.target),
        "outcome": items.s(access.outcome),
        "request_id": items.s(access.request_id),
        "count": items.n(access.count),
        items.TTL_ATTRIBUTE: items.n(expires_at),
    }
    if access.principal_name:
        item["principal_name"] = items.s(access.principal_name)
    if access.span_id:
        item["span_id"] = items.s(access.span_id)
    if access.last_time_unix_nano:
        item[items.LAST_TIME_UNIX_NANO] = items.n(access.last_time_unix_nano)
    return item
