"""All items of an execution but META, copied to another execution of the same tenant.

Nothing is deleted: no part of the service may. Items are named by what is in them, so a copy that was cut off is
simply made again; large details stay where they are in the bucket, since items point at them by their whole key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spanvas.model.errors import UnreadableItem
from spanvas.model.execution import Counters, count
from spanvas.storage import items
from spanvas.storage.aws import translate_errors
from spanvas.storage.chunk_items import rows_of
from spanvas.storage.decoding import Report, attempted

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Copier:
    def __init__(self, dynamodb: DynamoDBClient, table: str, report: Report) -> None:
        self._report = report
        self._dynamodb = dynamodb
        self._table = table

    def copy(self, tenant: str, source: str, target: str) -> Counters:
        """Details before the rows that point at them, as the sort keys have it. The totals of the rows that are new."""
        counters = Counters()
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": items.s(items.partition(tenant, source))},
            "ConsistentRead": True,
        }
        while True:
            with translate_errors("reading what is to be moved"):
                answer = self._dynamodb.query(**request)
            for item in answer["Items"]:
                sort = item["sk"]["S"]
                if sort == items.META:
                    continue
                is_new = self._put({**item, **items.key(tenant, target, sort)})
                if is_new and sort.startswith(items.ROWS):
                    counters += self._totals(item)
            if "LastEvaluatedKey" not in answer:
                return counters
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _totals(self, item: dict[str, Any]) -> Counters:
        """Of a chunk that cannot be decoded, nothing: it is moved as it is, and not counted."""
        found = attempted(rows_of, item)
        if isinstance(found, UnreadableItem):
            self._report(found)
            return Counters()
        return count(found[0])

    def _put(self, item: dict[str, Any]) -> bool:
        """Whether it was not there before."""
        with translate_errors("moving an execution"):
            try:
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=item,
                    ConditionExpression="attribute_not_exists(pk)",
                )
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                return False
        return True
