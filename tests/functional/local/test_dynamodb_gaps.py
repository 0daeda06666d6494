"""What dynalite lacks, and what `bridges.js` and `operations.js` beside it make of it.

Each gap is looked for in dynalite alone, too: a test that fails there says that a bridge is needed no more.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from local.engines.dynalite import DYNAMODB, FOLDER, WITH_NODE
from local.processes import answers, free_port
from tests.support.engines import client_of, needs_engines

pytestmark = needs_engines
TABLE = "things"
KEY = {"pk": {"S": "a"}}
TTL = {"AttributeName": "expires_at", "Enabled": True}
EXPIRE = """
const { installBridges } = require(process.argv[1] + "/bridges.js");
const { deleteExpired } = require(process.argv[1] + "/operations.js");
const opened = installBridges();
require(process.argv[1] + "/node_modules/dynalite")({ path: process.argv[2] });
deleteExpired(opened.store, 1_000_000_000_000).then(() => process.exit(0));
"""
"""Does once what the engine does every hour, at a time of 2001."""


@contextmanager
def running(folder: Path, *options: str) -> Iterator[tuple[Any, subprocess.Popen[bytes]]]:
    """A client of the engine with one table of one item, and the engine's process."""
    port = free_port()
    folder.mkdir(exist_ok=True)
    with subprocess.Popen([*DYNAMODB.command(port, folder), *options]) as process:
        try:
            while not answers(port, "/"):
                assert process.poll() is None
                time.sleep(0.02)
            dynamodb = client_of(
                "dynamodb", f"http://127.0.0.1:{port}", Config(retries={"total_max_attempts": 1})
            )
            yield dynamodb, process
        finally:
            process.kill()


def make_table(dynamodb: Any) -> None:
    dynamodb.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "color", "AttributeType": "S"},
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[index("by_color", "color")],
    )
    dynamodb.get_waiter("table_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1})
    dynamodb.put_item(TableName=TABLE, Item={**KEY, "color": {"S": "red"}, "size": {"N": "1"}})


def index(name: str, key: str) -> dict[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }


@pytest.fixture(scope="module")
def bridged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with running(tmp_path_factory.mktemp("bridged")) as (dynamodb, _):
        yield dynamodb


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with running(tmp_path_factory.mktemp("bare"), "--bare") as (dynamodb, _):
        yield dynamodb


@pytest.fixture(autouse=True)
def tables(request: pytest.FixtureRequest) -> Iterator[None]:
    names = {"bridged", "bare"} & set(request.fixturenames)
    clients = [request.getfixturevalue(name) for name in sorted(names)]
    for client in clients:
        make_table(client)
    yield
    for client in clients:
        client.delete_table(TableName=TABLE)
        client.get_waiter("table_not_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1})


def failed_condition(dynamodb: Any) -> Any:
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException) as caught:
        dynamodb.put_item(
            TableName=TABLE,
            Item=KEY,
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    return caught.value.response.get("Item")


def test_a_failed_condition_answers_the_item_as_it_was(bridged: Any, bare: Any) -> None:
    assert failed_condition(bridged) == {**KEY, "color": {"S": "red"}, "size": {"N": "1"}}
    assert failed_condition(bare) is None


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


def test_the_time_to_live_of_a_table_is_kept(bridged: Any, bare: Any) -> None:
    bridged.update_time_to_live(TableName=TABLE, TimeToLiveSpecification=TTL)
    described = bridged.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]
    assert described == {"AttributeName": "expires_at", "TimeToLiveStatus": "ENABLED"}
    code = code_of(lambda: bare.update_time_to_live(TableName=TABLE, TimeToLiveSpecification=TTL))
    assert code == "UnknownOperationException"


def test_items_past_their_time_to_live_are_deleted(tmp_path: Path) -> None:
    times = {"past": "999999999", "now": "1000000000", "text": None, "never": None}
    with running(tmp_path / "data") as (dynamodb, _):
        make_table(dynamodb)
        dynamodb.update_time_to_live(TableName=TABLE, TimeToLiveSpecification=TTL)
        for key, seconds in times.items():
            expires = {"expires_at": {"N": seconds}} if seconds else {}
            dynamodb.put_item(
                TableName=TABLE, Item={"pk": {"S": key}, "color": {"S": "red"}, **expires}
            )
        text = {"expires_at": {"S": "1"}, "pk": {"S": "text"}}
        dynamodb.put_item(TableName=TABLE, Item=text)
    command = [str(WITH_NODE), "node", "-e", EXPIRE, str(FOLDER), str(tmp_path / "data")]
    subprocess.run(command, check=True, timeout=60)
    with running(tmp_path / "data") as (dynamodb, _):
        assert keys_of(dynamodb) == ["a", "never", "now", "text"]
        indexed = dynamodb.scan(TableName=TABLE, IndexName="by_color")["Items"]
        assert sorted(item["pk"]["S"] for item in indexed) == ["a", "never", "now"]


def add_index(dynamodb: Any) -> None:
    dynamodb.update_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": "size", "AttributeType": "N"}],
        GlobalSecondaryIndexUpdates=[{"Create": index("by_size", "size")}],
    )


def put_large(dynamodb: Any) -> None:
    dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": "large"}, "text": {"S": "ж" * 300_000}})


def test_an_item_is_as_large_as_its_bytes(bridged: Any, bare: Any) -> None:
    assert code_of(lambda: put_large(bridged)) == "ValidationException"
    put_large(bare)


def found_by_size(dynamodb: Any) -> list[Any]:
    items: list[Any] = dynamodb.query(
        TableName=TABLE,
        IndexName="by_size",
        KeyConditionExpression="#size = :one",
        ExpressionAttributeNames={"#size": "size"},
        ExpressionAttributeValues={":one": {"N": "1"}},
    )["Items"]
    return items


def test_an_index_that_is_added_holds_the_items_that_are_there(bridged: Any, bare: Any) -> None:
    add_index(bridged)
    assert found_by_size(bridged) == [{**KEY, "size": {"N": "1"}}]
    assert code_of(lambda: add_index(bare)) == "ValidationException"


def test_an_index_that_is_taken_away_is_gone(bridged: Any) -> None:
    add_index(bridged)
    bridged.update_table(
        TableName=TABLE, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by_size"}}]
    )
    assert code_of(lambda: found_by_size(bridged)) == "ValidationException"
    indexes = bridged.describe_table(TableName=TABLE)["Table"]["GlobalSecondaryIndexes"]
    assert [each["IndexName"] for each in indexes] == ["by_color"]


def keys_of(dynamodb: Any) -> list[str]:
    return sorted(item["pk"]["S"] for item in dynamodb.scan(TableName=TABLE)["Items"])


def test_what_was_answered_is_there_after_kill(tmp_path: Path) -> None:
    with running(tmp_path / "data") as (dynamodb, process):
        make_table(dynamodb)
        for number in range(50):
            dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": f"{number:02}"}})
        process.kill()
        process.wait()
    with running(tmp_path / "data") as (dynamodb, _):
        assert len(keys_of(dynamodb)) == 51


def test_a_kill_amid_writes_loses_nothing_that_was_answered_and_no_index_entry(
    tmp_path: Path,
) -> None:
    answered: list[str] = []

    def write(dynamodb: Any, writer: int) -> None:
        with suppress(EndpointConnectionError, ConnectionClosedError, ReadTimeoutError):
            for number in range(10_000):
                key = f"{writer}-{number:05}"
                item = {"pk": {"S": key}, "color": {"S": f"color-{number % 3}"}}
                dynamodb.put_item(TableName=TABLE, Item=item)
                answered.append(key)

    with running(tmp_path / "data") as (dynamodb, process):
        make_table(dynamodb)
        with ThreadPoolExecutor(4) as writers:
            for writer in range(4):
                writers.submit(write, dynamodb, writer)
            while len(answered) < 100:
                time.sleep(0.01)
            process.kill()
    with running(tmp_path / "data") as (dynamodb, _):
        kept = keys_of(dynamodb)
        assert set(answered) <= set(kept)
        indexed = dynamodb.scan(TableName=TABLE, IndexName="by_color")["Items"]
        assert sorted(item["pk"]["S"] for item in indexed) == kept
