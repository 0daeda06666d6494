"""The capacity units that DynamoDB would report: moto says 1 for every write, however large.

Source: DynamoDB developer guide, "Capacity unit consumption for write operations", "DynamoDB item sizes and formats"
and "Managing throughput capacity for global secondary indexes". Asked for with `ReturnConsumedCapacity`, as on AWS;
requests that do not ask are passed on untouched.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.http_message import Handler, Request, Response

WRITE_UNIT_BYTES = 1_024
READ_UNIT_BYTES = 4_096
CONTAINER_BYTES = 3
WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem"})
READS = frozenset({"GetItem", "Query"})

Item = Mapping[str, Any]  # DynamoDB's JSON: {"name": {"S": "value"}}


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index. `projected` is None where it holds every attribute."""

    name: str
    key_names: tuple[str, ...]
    projected: frozenset[str] | None

    def entry(self, item: Item | None) -> Item | None:
        """What the index holds of an item: nothing where one of its keys is missing."""
        if item is None or not all(name in item for name in self.key_names):
            return None
        if self.projected is None:
            return item
        return {name: value for name, value in item.items() if name in self.projected}


@dataclass(frozen=True, slots=True)
class Schema:
    key_names: tuple[str, ...]
    indexes: tuple[Index, ...]


class Table:
    """What the meter asks of the engine behind it; tests bring their own."""

    def __init__(
        self,
        schema: Callable[[str], Schema],
        find: Callable[[str, Item], Item | None],
    ) -> None:
        self.schema = schema
        self.find = find


class CapacityMeter:
    """Puts the right `ConsumedCapacity` into answers that carry one."""

    def __init__(self, engine: Handler, table: Table) -> None:
        self._engine = engine
        self._table = table

    def handle(self, request: Request) -> Response:
        operation = request.headers.get("x-amz-target").rpartition(".")[2]
        if b'"ReturnConsumedCapacity"' not in request.body or operation not in WRITES | READS:
            return self._engine(request)
        call = json.loads(request.body)
        if operation in READS:
            response = self._engine(request)
            return with_capacity(response, lambda answer: self._read(call, answer))
        schema = self._table.schema(call["TableName"])
        item_or_key = call.get("Item") or call["Key"]
        key = {name: item_or_key[name] for name in schema.key_names}
        before = self._table.find(call["TableName"], key)
        response = self._engine(request)
        after = self._table.find(call["TableName"], key)
        return with_capacity(response, lambda _: write_capacity(call, schema, before, after))

    def _read(self, call: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
        items = answer["Items"] if "Items" in answer else [answer.get("Item") or {}]
        total = sum(item_bytes(item) for item in items)
        units = max(1, math.ceil(total / READ_UNIT_BYTES))
        return {
            "TableName": call["TableName"],
            "CapacityUnits": units if call.get("ConsistentRead") else units / 2,
        }


def with_capacity(
    response: Response, measure: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> Response:
    """The checksum header goes: it was of another body."""
    if response.status != 200:
        return response
    answer = json.loads(response.body)
    body = json.dumps({**answer, "ConsumedCapacity": measure(answer)}).encode()
    headers = [field for field in response.headers if field[0].lower() != "x-amz-crc32"]
    return Response(200, body, headers)


def write_capacity(
    call: Mapping[str, Any], schema: Schema, before: Item | None, after: Item | None
) -> dict[str, Any]:
    largest = max(item_bytes(before or {}), item_bytes(after or {}))
    table_units = write_units(largest)
    indexes = {index.name: index_units(index, before, after) for index in schema.indexes}
    capacity: dict[str, Any] = {
        "TableName": call["TableName"],
        "CapacityUnits": float(table_units + sum(indexes.values())),
    }
    if call["ReturnConsumedCapacity"] == "INDEXES":
        capacity["Table"] = {"CapacityUnits": float(table_units)}
        capacity["GlobalSecondaryIndexes"] = {
            name: {"CapacityUnits": float(units)} for name, units in indexes.items() if units
        }
    return capacity


def index_units(index: Index, before: Item | None, after: Item | None) -> int:
    """Writes of one index: a new or a removed entry is one, a changed one too, a moved one is two."""
    old, new = index.entry(before), index.entry(after)
    if old == new:
        return 0
    if old is None or new is None:
        return write_units(item_bytes(old or new or {}))
    is_moved = any(old[name] != new[name] for name in index.key_names)
    if is_moved:
        return write_units(item_bytes(old)) + write_units(item_bytes(new))
    return write_units(max(item_bytes(old), item_bytes(new)))


def write_units(size: int) -> int:
    return max(1, math.ceil(size / WRITE_UNIT_BYTES))


def item_bytes(item: Item) -> int:
    return sum(len(name.encode()) + value_bytes(value) for name, value in item.items())


def value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return number_bytes(content)
    if kind == "B":
        return len(base64.b64decode(content)) if isinstance(content, str) else len(content)
    if kind in ("BOOL", "NULL"):
        return 1
    if kind in ("SS", "NS", "BS"):
        return sum(value_bytes({kind[0]: element}) for element in content)
    if kind == "L":
        return CONTAINER_BYTES + sum(1 + value_bytes(element) for element in content)
    return CONTAINER_BYTES + sum(
        1 + len(name.encode()) + value_bytes(element) for name, element in content.items()
    )


def number_bytes(text: str) -> int:
    """One byte for two significant digits, and one; another one for a sign."""
    digits = text.lstrip("-").replace(".", "").strip("0")
    return math.ceil(len(digits) / 2) + 1 + text.startswith("-")


def moto_table(account_id: str, region: str) -> Table:
    """Reads schema and items from moto's own memory."""
    from moto.dynamodb.models import dynamodb_backends

    backend = dynamodb_backends[account_id][region]

    def schema(name: str) -> Schema:
        table = backend.get_table(name)
        keys = tuple(part["AttributeName"] for part in table.schema)
        return Schema(keys, tuple(read_index(index, keys) for index in table.global_indexes))

    def find(name: str, key: Item) -> Item | None:
        item = backend.get_item(name, dict(key))
        attributes: Item | None = item.to_json()["Attributes"] if item else None
        return attributes

    return Table(schema, find)


def read_index(index: Any, table_keys: Sequence[str]) -> Index:
    keys = tuple(part["AttributeName"] for part in index.schema)
    projection = index.projection or {}
    if projection.get("ProjectionType") == "ALL":
        return Index(index.name, keys, None)
    others = projection.get("NonKeyAttributes", [])
    return Index(index.name, keys, frozenset([*keys, *table_keys, *others]))
