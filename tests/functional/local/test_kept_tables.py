"""A table that an older version of the template has made, and its items, under the template of today."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from local.engines.dynalite import DYNAMODB
from local.provision import change_indexes, provision_tables
from local.translate import TemplateError
from tests.support.aws_from_template import deployed_stack
from tests.support.engines import client_of, needs_engines, started

pytestmark = needs_engines
TABLE = "things"
KEYS = [{"AttributeName": "pk", "KeyType": "HASH"}]
ITEM = {"pk": {"S": "a"}, "color": {"S": "red"}, "size": {"N": "1"}, "name": {"S": "Ada"}}


@pytest.fixture(scope="module")
def engine() -> Iterator[Any]:
    with started(DYNAMODB) as url:
        yield client_of("dynamodb", url)


@pytest.fixture
def dynamodb(engine: Any) -> Iterator[Any]:
    """With the table of the older template, and an item."""
    engine.create_table(
        TableName=TABLE, BillingMode="PAY_PER_REQUEST", **properties(by_color=["color"])
    )
    engine.get_waiter("table_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1})
    engine.put_item(TableName=TABLE, Item=ITEM)
    yield engine
    engine.delete_table(TableName=TABLE)
    engine.get_waiter("table_not_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1})


def properties(**indexes: list[str]) -> dict[str, Any]:
    """What a template says of the table: the name of each index, its key and what else it holds."""
    keys = sorted({key for key, *_ in indexes.values()})
    return {
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": "N" if name == "size" else "S"}
            for name in ["pk", *keys]
        ],
        "KeySchema": KEYS,
        "GlobalSecondaryIndexes": [index(name, *parts) for name, parts in indexes.items()],
    }


def index(name: str, key: str, *more: str) -> dict[str, Any]:
    projection = (
        {"ProjectionType": "INCLUDE", "NonKeyAttributes": [*more]}
        if more
        else {"ProjectionType": "KEYS_ONLY"}
    )
    keys = [{"AttributeName": key, "KeyType": "HASH"}]
    return {"IndexName": name, "KeySchema": keys, "Projection": projection}


def found(dynamodb: Any, name: str, key: str) -> list[Any]:
    items: list[Any] = dynamodb.query(
        TableName=TABLE,
        IndexName=name,
        KeyConditionExpression="#key = :value",
        ExpressionAttributeNames={"#key": key},
        ExpressionAttributeValues={":value": ITEM[key]},
    )["Items"]
    return items


def names(dynamodb: Any) -> list[str]:
    described = dynamodb.describe_table(TableName=TABLE)["Table"]
    return sorted(each["IndexName"] for each in described.get("GlobalSecondaryIndexes", []))


def test_an_index_that_the_template_has_got_since_holds_what_was_stored_before(
    dynamodb: Any,
) -> None:
    change_indexes(dynamodb, TABLE, properties(by_color=["color"], by_size=["size", "name"]))
    assert names(dynamodb) == ["by_color", "by_size"]
    assert found(dynamodb, "by_size", "size") == [
        {name: ITEM[name] for name in ("pk", "size", "name")}
    ]
    assert len(found(dynamodb, "by_color", "color")) == 1


def test_an_index_that_has_changed_is_made_anew_and_one_that_is_gone_is_deleted(
    dynamodb: Any,
) -> None:
    change_indexes(dynamodb, TABLE, properties(by_color=["color", "name"]))
    assert found(dynamodb, "by_color", "color") == [
        {name: ITEM[name] for name in ("pk", "color", "name")}
    ]
    change_indexes(dynamodb, TABLE, properties(by_size=["size"]))
    assert names(dynamodb) == ["by_size"]


def test_a_table_with_another_key_is_told_with_the_way_on(dynamodb: Any) -> None:
    another = [{"AttributeName": "id", "KeyType": "HASH"}]
    with pytest.raises(TemplateError, match=r"things .* has another key: .*make run FRESH=1"):
        change_indexes(dynamodb, TABLE, {**properties(by_color=["color"]), "KeySchema": another})
    assert dynamodb.get_item(TableName=TABLE, Key={"pk": ITEM["pk"]})["Item"] == ITEM


def test_tables_of_today_s_template_are_left_as_they_are(engine: Any) -> None:
    stack = deployed_stack()
    provision_tables(stack, engine)
    changes: list[str] = []
    engine.meta.events.register(
        "before-call.dynamodb.UpdateTable", lambda **_: changes.append("UpdateTable")
    )
    provision_tables(stack, engine)
    assert changes == []
