"""What a DynamoDB client consumes and how often an S3 client puts, seen from the clients' own events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_s3 import S3Client

from tests.support import units

WRITES = ("PutItem", "UpdateItem", "DeleteItem")
NOT_COUNTED = ("BatchWriteItem", "TransactWriteItems", "ExecuteStatement")

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Write:
    """One call: `reported` by the engine for the item itself (None for a refused condition), the rest by rule."""

    operation: str
    sort: str
    reported: float | None
    by_rule: int
    indexes: int


@dataclass(slots=True)
class Meter:
    """Counts from `clear` on. `reader` is a client of the same engine whose own calls are not counted."""

    reader: DynamoDBClient
    writes: list[Write] = field(default_factory=list)
    query_pages: int = 0
    s3_puts: int = 0

    @property
    def units(self) -> float:
        """The engine's for items, the rule's for what engines on one machine do not report."""
        return sum(
            (write.by_rule if write.reported is None else write.reported) + write.indexes
            for write in self.writes
        )

    @property
    def units_by_rule(self) -> int:
        return sum(write.by_rule + write.indexes for write in self.writes)

    @property
    def units_of_indexes(self) -> int:
        return sum(write.indexes for write in self.writes)

    def clear(self) -> None:
        self.writes.clear()
        self.query_pages = self.s3_puts = 0

    def attach(self, dynamodb: DynamoDBClient, s3: S3Client) -> None:
        events = dynamodb.meta.events
        for name in WRITES:
            events.register(f"provide-client-params.dynamodb.{name}", self._before_write)
            events.register(f"after-call.dynamodb.{name}", self._after_write)
        for name in NOT_COUNTED:
            events.register(f"provide-client-params.dynamodb.{name}", refuse)
        events.register("after-call.dynamodb.Query", self._after_query)
        s3.meta.events.register("after-call.s3.PutObject", self._after_put)

    def _before_write(self, params: Fields, context: Fields, **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "INDEXES"
        key = params.get("Key") or {name: params["Item"][name] for name in ("pk", "sk")}
        table = params["TableName"]
        context["bench"] = (table, key, self._read(table, key))

    def _after_write(self, parsed: Fields, model: Any, context: Fields, **_: Any) -> None:
        table, key, before = context["bench"]
        after = self._read(table, key)
        consumed = parsed.get("ConsumedCapacity")
        self.writes.append(
            Write(
                operation=model.name,
                sort=key["sk"]["S"],
                reported=consumed.get("Table", consumed)["CapacityUnits"] if consumed else None,
                by_rule=units.table_units(before, after),
                indexes=sum(
                    units.index_units(before, after, keys, projected)
                    for keys, projected in self._indexes(table)
                ),
            )
        )

    def _after_query(self, **_: Any) -> None:
        self.query_pages += 1

    def _after_put(self, **_: Any) -> None:
        self.s3_puts += 1

    def _read(self, table: str, key: Fields) -> Fields | None:
        return self.reader.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")

    def _indexes(self, table: str) -> list[tuple[list[str], list[str]]]:
        """Of each index its keys, and what it holds beside them."""
        indexes = self.reader.describe_table(TableName=table)["Table"]["GlobalSecondaryIndexes"]
        return [
            (
                [part["AttributeName"] for part in index["KeySchema"]],
                list(index["Projection"].get("NonKeyAttributes", [])),
            )
            for index in indexes
        ]


def refuse(model: Any, **_: Any) -> None:
    raise NotImplementedError(f"the meter does not count {model.name}")
