"""Pages of the history whose executions take more than one request, and batches that DynamoDB answers in part."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.model.errors import StoreUnavailableError
from spanvas.storage import items
from spanvas.storage.executions import ExecutionItems
from spanvas.storage.history import History
from spanvas.storage.listing import HistoryQuery
from spanvas.storage.pages import Listing
from tests.support.builders import T0, make_execution

TENANT = "acme"
PARTITION = items.tenant_day_key(TENANT, T0)


class Table:
    """`count` executions of one day. Of each key that is asked for, `left` tells how often it is left unread."""

    def __init__(self, count: int, left: dict[str, int] | None = None) -> None:
        made = [make_execution(f"e{number:03}", number, tenant=TENANT) for number in range(count)]
        self.metas = {
            items.partition(TENANT, one.execution_id): {
                **items.key(TENANT, one.execution_id),
                **items.execution_attributes(one),
                **items.index_keys(one),
            }
            for one in made
        }
        self.left = left or {}
        self.asked: list[int] = []

    def query(self, **request: Any) -> Any:
        partition = request["ExpressionAttributeValues"][":partition"]["S"]
        found = list(self.metas.values())[::-1] if partition == PARTITION else []
        found = found[: request["Limit"]]
        return {"Items": found, "Count": len(found), "ScannedCount": len(found)}

    def batch_get_item(self, RequestItems: Any) -> Any:
        keys = RequestItems["t"]["Keys"]
        self.asked.append(len(keys))
        unread = [key for key in keys if self.is_left(key["pk"]["S"])]
        read = [self.metas[key["pk"]["S"]] for key in keys if key not in unread]
        # DynamoDB answers in any order.
        return {
            "Responses": {"t": read[::-1]},
            "UnprocessedKeys": {"t": {"Keys": unread}} if unread else {},
        }

    def is_left(self, name: str) -> bool:
        count = self.left.get(name, 0)
        self.left[name] = count - 1
        return count > 0


def page(table: Table, limit: int) -> Listing:
    def now() -> int:
        return T0

    client: Any = table  # of DynamoDB's client it has what a page asks for, and no more
    executions = ExecutionItems(client, "t", now)
    history = History(client, "t", executions, 30, now, lambda item: None)
    return history.page(HistoryQuery(TENANT, limit=limit))


def ids(listing: Listing) -> list[str]:
    return [one.execution_id for one in listing.items]


def test_what_one_batch_cannot_hold_is_asked_for_in_equal_parts_and_stays_in_order() -> None:
    table = Table(120)

    found = page(table, 100)

    assert ids(found) == [f"e{number:03}" for number in range(119, 19, -1)]
    assert sorted(table.asked) == [50, 51]


def test_what_one_batch_can_hold_is_asked_for_at_once() -> None:
    table = Table(120)

    assert ids(page(table, 99)) == [f"e{number:03}" for number in range(119, 20, -1)]
    assert table.asked == [100]


def test_what_a_batch_leaves_out_is_asked_for_again() -> None:
    names = [items.partition(TENANT, name) for name in ("e001", "e003")]
    table = Table(5, dict(zip(names, (1, 2), strict=True)))

    assert ids(page(table, 10)) == ["e004", "e003", "e002", "e001", "e000"]
    assert table.asked == [5, 2, 1]


def test_what_stays_unread_in_one_part_of_a_page_is_a_failure_of_the_store() -> None:
    table = Table(120, {items.partition(TENANT, "e030"): 3})

    with pytest.raises(StoreUnavailableError, match="too much at once"):
        page(table, 100)
