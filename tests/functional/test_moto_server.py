"""moto made quick answers what moto answers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler, DynamoResult

from tests.support.moto_server.quick import make_moto_quick

KEY = "pk = :p"
QUERIES: list[dict[str, Any]] = [
    {"KeyConditionExpression": KEY},
    {"KeyConditionExpression": KEY, "ScanIndexForward": False, "Limit": 3},
    {"KeyConditionExpression": f"{KEY} AND sk BETWEEN :a AND :b"},
    {"KeyConditionExpression": f"{KEY} AND begins_with(sk, :a)"},
    {"KeyConditionExpression": f"{KEY} AND sk > :a", "Limit": 2},
    {"KeyConditionExpression": f"{KEY} AND sk = :a"},
    {"KeyConditionExpression": f"{KEY} AND sk = :b", "ConsistentRead": True},
    {"KeyConditionExpression": KEY, "ProjectionExpression": "sk, flag"},
    {"IndexName": "by_day", "KeyConditionExpression": "#d = :p"},
    {"IndexName": "by_day", "KeyConditionExpression": "#d = :p AND started < :n"},
    {"IndexName": "by_day", "KeyConditionExpression": "#d = :p", "ScanIndexForward": False},
]
VALUES = {":p": {"S": "p1"}, ":a": {"S": "ROWS#1"}, ":b": {"S": "ROWS#3"}, ":n": {"N": "12"}}


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for owner, name in (
        (Table, "query"),
        (Table, "all_items"),
        (DynamoResult, "execute_result"),
        (DynamoHandler, "call_action"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))  # put back after the test
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        create_table(client)
        yield client


def create_table(client: Any) -> None:
    names = {"pk": "S", "sk": "S", "day": "S", "started": "N"}
    client.create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": kind} for name, kind in names.items()
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_day",
                "KeySchema": [
                    {"AttributeName": "day", "KeyType": "HASH"},
                    {"AttributeName": "started", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    for partition in ("p0", "p1", "p2"):
        for index in range(5):
            item: dict[str, Any] = {
                "pk": {"S": partition},
                "sk": {"S": f"ROWS#{index}"},
                "data": {"B": bytes([index, 255, 0])},
                "flag": {"BOOL": index % 2 == 0},
                "nested": {"M": {"list": {"L": [{"N": "1.5"}, {"NULL": True}]}}},
                "set": {"SS": ["a", "b"]},
            }
            if index > 1:
                item |= {"day": {"S": "p1"}, "started": {"N": str(10 + index)}}
            client.put_item(TableName="t", Item=item)


def answers(client: Any) -> list[Any]:
    found = [query(client, arguments) for arguments in QUERIES]
    for sort in ("ROWS#1", "absent"):
        key = {"pk": {"S": "p1"}, "sk": {"S": sort}}
        found.append(client.get_item(TableName="t", Key=key).get("Item"))
    return found


def query(client: Any, arguments: dict[str, Any]) -> list[dict[str, Any]]:
    """All pages: items, counts and positions."""
    condition = arguments["KeyConditionExpression"]
    request = {
        "TableName": "t",
        **arguments,
        "ExpressionAttributeValues": {n: v for n, v in VALUES.items() if n in condition},
    }
    if "#d" in condition:
        request["ExpressionAttributeNames"] = {"#d": "day"}
    pages = []
    while True:
        answer = client.query(**request)
        pages.append({name: value for name, value in answer.items() if name != "ResponseMetadata"})
        if "LastEvaluatedKey" not in answer:
            return pages
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def test_the_quick_answers_are_motos_own(dynamodb: Any) -> None:
    own = answers(dynamodb)
    make_moto_quick()
    assert answers(dynamodb) == own
    assert [page["Count"] for page in own[2]] == [3]
    assert own[-2]["data"] == {"B": b"\x01\xff\x00"}


def test_of_writes_that_exclude_each_other_one_succeeds(dynamodb: Any) -> None:
    make_moto_quick()
    taken = (
        dynamodb.exceptions.ConditionalCheckFailedException
    )  # made once: threads may each make one

    def is_first(number: int) -> bool:
        try:
            dynamodb.update_item(
                TableName="t",
                Key={"pk": {"S": f"new-{number // 8}"}, "sk": {"S": "META"}},
                UpdateExpression="SET flag = :n",
                ConditionExpression="attribute_not_exists(pk)",
                ExpressionAttributeValues={":n": {"N": str(number)}},
            )
        except taken:
            return False
        return True

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(is_first, range(80)))
    finally:
        sys.setswitchinterval(interval)
    assert [sum(won[first : first + 8]) for first in range(0, 80, 8)] == [1] * 10


def test_an_unknown_partition_is_empty(dynamodb: Any) -> None:
    make_moto_quick()
    values = {":p": {"S": "absent"}}
    answer = dynamodb.query(
        TableName="t", KeyConditionExpression=KEY, ExpressionAttributeValues=values
    )
    assert answer["Items"] == []
