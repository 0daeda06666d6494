"""Since when failed and lost executions have been kept in an index of their own.

A table may hold executions that were written before that index came. The sweep notes when it first runs after that;
what started before is looked for in the whole history. Where nothing is noted, or the table itself is as young as the
index, there is nothing older.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from spanvas.model.units import NANO
from spanvas.storage import items
from spanvas.storage.aws import translate_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY: Final = {"pk": items.s("SPANVAS"), "sk": items.s("BY_STATUS")}
SINCE: Final = "since"
LOOK_AGAIN_AFTER: Final = 60 * NANO
"""Where nothing was noted yet."""
YOUNG: Final = 3_600 * NANO
"""A table that is younger than this when the sweep first runs was made with the index."""


class StatusIndex:
    """Knows since when failed and lost executions have been in `BY_STATUS`. Raises StoreUnavailableError."""

    def __init__(self, dynamodb: DynamoDBClient, table: str, clock: Callable[[], int]) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._clock = clock
        self._since = 0
        self._is_noted = False
        self._looked_at = -LOOK_AGAIN_AFTER

    def since(self) -> int:
        """Unix nanoseconds: executions that started then or later are in the index. It is read once a process."""
        now = self._clock()
        if not self._is_noted and now - self._looked_at >= LOOK_AGAIN_AFTER:
            with translate_errors("reading what is indexed"):
                answer = self._dynamodb.get_item(TableName=self._table, Key=KEY)
            self._is_noted = "Item" in answer
            self._since = int(answer["Item"][SINCE]["N"]) if self._is_noted else 0
            self._looked_at = now
        return self._since

    def note(self) -> None:
        """Note the present, unless that was done before; a process that knows that asks no more."""
        self.since()
        if self._is_noted:
            return
        with translate_errors("noting what is indexed"):
            created = self._dynamodb.describe_table(TableName=self._table)["Table"]
            is_young = self._clock() - nanoseconds(created["CreationDateTime"]) < YOUNG
            try:
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item={**KEY, SINCE: items.n(0 if is_young else self._clock())},
                    ConditionExpression="attribute_not_exists(pk)",
                )
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                return


def nanoseconds(created: datetime | float) -> int:
    """Of a time as botocore gives it, or as it is in an answer: in seconds."""
    seconds = created.timestamp() if isinstance(created, datetime) else created
    return round(seconds * NANO)
