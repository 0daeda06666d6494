"""Capacity units by DynamoDB's own rules, the figures taken from its developer guide."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.engines.capacity import (
    CapacityMeter,
    Index,
    Schema,
    Table,
    index_units,
    item_bytes,
    number_bytes,
    write_units,
)
from local.http_message import Headers, Request, Response

BY_STATUS = Index("by_status", ("status",), frozenset({"pk", "status"}))
SCHEMA = Schema(("pk",), (BY_STATUS,))


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({"pk": {"S": "é"}}, 4),
        ({"shoe": {"B": "AAECAw=="}}, 8),
        ({"ok": {"BOOL": True}}, 3),
        ({"l": {"L": []}}, 4),
        ({"m": {"M": {"ab": {"S": "cd"}}}}, 9),
        ({"set": {"SS": ["a", "bc"]}}, 6),
    ],
)
def test_an_items_size_counts_names_and_values(item: dict[str, Any], size: int) -> None:
    assert item_bytes(item) == size


@pytest.mark.parametrize(
    ("text", "size"), [("0", 1), ("7", 2), ("1200", 2), ("-12.5", 4), ("123456", 4)]
)
def test_a_number_takes_a_byte_for_two_significant_digits(text: str, size: int) -> None:
    assert number_bytes(text) == size


@pytest.mark.parametrize(("size", "units"), [(0, 1), (1_024, 1), (1_025, 2), (400_000, 391)])
def test_a_write_costs_a_unit_for_each_kilobyte_begun(size: int, units: int) -> None:
    assert write_units(size) == units


OPEN = {"pk": {"S": "1"}, "status": {"S": "open"}, "note": {"S": "x"}}
CLOSED = {**OPEN, "status": {"S": "closed"}}
NOTED = {**OPEN, "note": {"S": "y"}}
PLAIN = {"pk": {"S": "1"}, "note": {"S": "x"}}


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, OPEN, 1),
        (None, PLAIN, 0),
        (PLAIN, OPEN, 1),
        (OPEN, PLAIN, 1),
        (OPEN, CLOSED, 2),
        (OPEN, NOTED, 0),
        (OPEN, OPEN, 0),
    ],
)
def test_an_index_costs_what_changes_in_it(
    before: dict[str, Any] | None, after: dict[str, Any] | None, units: int
) -> None:
    assert index_units(BY_STATUS, before, after) == units


def test_an_answer_reports_table_and_index_units() -> None:
    items: dict[str, Any] = {}

    def engine(request: Request) -> Response:
        item = json.loads(request.body)["Item"]
        items[item["pk"]["S"]] = item
        return Response(
            200, b'{"ConsumedCapacity": {"CapacityUnits": 1.0}}', [("x-amz-crc32", "1")]
        )

    table = Table(lambda _name: SCHEMA, lambda _name, key: items.get(key["pk"]["S"]))
    call = {
        "TableName": "things",
        "Item": {**OPEN, "note": {"S": "x" * 3_000}},
        "ReturnConsumedCapacity": "INDEXES",
    }
    headers = Headers([("X-Amz-Target", "DynamoDB_20120810.PutItem")])
    request = Request("POST", "/", "", headers, json.dumps(call).encode())
    response = CapacityMeter(engine, table).handle(request)
    assert json.loads(response.body)["ConsumedCapacity"] == {
        "TableName": "things",
        "CapacityUnits": 4.0,
        "Table": {"CapacityUnits": 3.0},
        "GlobalSecondaryIndexes": {"by_status": {"CapacityUnits": 1.0}},
    }
    assert response.headers == []
