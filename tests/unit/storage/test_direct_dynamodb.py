"""Requests straight to DynamoDB: what goes out, what is tried again, which connections are used."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from spanvas.http.connections import Endpoint, HttpRequest, tls_context
from spanvas.http.failures import CallError
from spanvas.storage.direct.dynamodb import DirectDynamoDB, parsed
from tests.support.scripted_server import OK, failing, serving

THROTTLED = failing(
    400, b'{"__type": "com.amazonaws.dynamodb#ProvisionedThroughputExceededException"}'
)
INVALID = failing(400, b'{"__type": "com.amazon.coral.validate#ValidationException"}')
CONDITION = failing(400, b'{"__type": "x#ConditionalCheckFailedException"}')


def put(client: DirectDynamoDB) -> Any:
    return client.put_item(TableName="t", Item={"pk": {"S": "é"}, "data": {"B": b"\x00\xff"}})


def test_an_item_goes_out_as_dynamodb_wants_it_and_bytes_come_back() -> None:
    answer = b'{"Item": {"data": {"B": "AP8="}, "B": {"S": "name"}}}'
    sent = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(answer), answer)
    with serving(sent, OK) as (server, aws_endpoint):
        client = DirectDynamoDB(aws_endpoint)
        found = client.get_item(TableName="t", Key={"pk": {"S": "a"}})
        assert found == {"Item": {"data": {"B": b"\x00\xff"}, "B": {"S": "name"}}}
        assert put(client) == {}
        client.close()
    assert server.connections == 1
    head, _, body = server.requests[1].partition(b"\r\n\r\n")
    assert head.startswith(b"POST / HTTP/1.1\r\nhost: 127.0.0.1:")
    assert b"x-amz-target: DynamoDB_20120810.PutItem" in head
    assert b"Credential=AKID/" in head
    assert json.loads(body) == {
        "TableName": "t",
        "Item": {"pk": {"S": "é"}, "data": {"B": "AP8="}},
    }


@pytest.mark.parametrize("fast_dumps", [orjson.dumps, None], ids=["orjson", "standard-library"])
def test_a_text_that_is_no_unicode_goes_out_escaped(
    monkeypatch: pytest.MonkeyPatch, fast_dumps: Any
) -> None:
    monkeypatch.setattr("spanvas.storage.direct.dynamodb.fast_dumps", fast_dumps)
    with serving(OK) as (server, aws_endpoint):
        client = DirectDynamoDB(aws_endpoint)
        client.put_item(TableName="t", Item={"pk": {"S": "\ud83d"}, "data": {"B": b"hi"}})
        client.close()
    body = server.requests[0].partition(b"\r\n\r\n")[2]
    assert json.loads(body)["Item"] == {"pk": {"S": "\ud83d"}, "data": {"B": "aGk="}}


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"Item": {"pk": {"S": "p"}, "data": {"B": "aGk="}}}', {"B": b"hi"}),
        (b'{"Item": {"data": { "B" : "aGk=" }}}', {"B": b"hi"}),
        (b'{"Item": {"data": {"S": "{\\"B\\": \\"aGk=\\"}"}}}', {"S": '{"B": "aGk="}'}),
        (
            b'{"Item": {"data": {"L": [{"M": {"a": {"B": "aGk="}}}]}}}',
            {"L": [{"M": {"a": {"B": b"hi"}}}]},
        ),
        (b'{"Item": {"data": {"M": {"B": {"S": "x"}}}}}', {"M": {"B": {"S": "x"}}}),
    ],
)
def test_binary_values_are_bytes_and_texts_stay_texts(body: bytes, value: Any) -> None:
    assert parsed(body)["Item"]["data"] == value


@pytest.mark.parametrize("operation", ["update_item", "batch_get_item", "query"])
def test_other_operations_go_the_same_way(operation: str) -> None:
    with serving(OK) as (server, aws_endpoint):
        client = DirectDynamoDB(aws_endpoint)
        assert getattr(client, operation)(TableName="t") == {}
        client.close()
    target = b"DynamoDB_20120810." + operation.title().replace("_", "").encode()
    assert b"x-amz-target: " + target in server.requests[0]


@pytest.mark.parametrize(
    "first", [THROTTLED, failing(500, b"{}"), failing(503, b""), None], ids=str
)
def test_what_passes_by_itself_is_tried_again(first: bytes | None) -> None:
    with serving(first, OK) as (server, aws_endpoint):
        client = DirectDynamoDB(aws_endpoint)
        assert put(client) == {}
        client.close()
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("script", "code", "is_answer"),
    [
        ([THROTTLED] * 3, "ProvisionedThroughputExceededException", True),
        ([failing(500, b"no json")] * 3, "HTTP 500", True),
        ([None] * 3, "ConnectionResetError", False),
        ([INVALID], "ValidationException", True),
        ([failing(400, b"[]")], "HTTP 400", True),
    ],
)
def test_what_does_not_pass_is_an_error_with_its_code(
    script: list[bytes | None], code: str, is_answer: bool
) -> None:
    with serving(*script) as (server, aws_endpoint):
        client = DirectDynamoDB(aws_endpoint)
        with pytest.raises(CallError) as caught:
            put(client)
        client.close()
    assert (caught.value.code, caught.value.is_answer) == (code, is_answer)
    assert len(server.requests) == len(script)


def test_a_failed_condition_is_the_callers() -> None:
    with serving(CONDITION) as (_, aws_endpoint):
        client = DirectDynamoDB(aws_endpoint)
        with pytest.raises(client.exceptions.ConditionalCheckFailedException):
            put(client)
        client.close()


def test_a_connection_that_the_other_side_has_closed_is_not_used() -> None:
    with serving(OK, OK) as (server, aws_endpoint):
        client = DirectDynamoDB(aws_endpoint)
        put(client)
        server.hang_up()
        time.sleep(0.05)
        put(client)
        client.close()
    assert (server.connections, len(server.requests)) == (2, 2)


def test_a_connection_whose_answer_is_the_last_is_not_kept() -> None:
    last = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"
    with serving(last, OK) as (server, aws_endpoint):
        client = DirectDynamoDB(aws_endpoint)
        put(client)
        put(client)
        client.close()
    assert server.connections == 2


def test_after_a_fork_the_parents_connections_are_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving(OK, OK) as (server, aws_endpoint):
        client = DirectDynamoDB(aws_endpoint)
        put(client)
        child = os.getpid() + 1
        monkeypatch.setattr(os, "getpid", lambda: child)
        put(client)
        client.close()
    assert server.connections == 2


def test_nobody_listening_is_an_error_of_the_connection() -> None:
    with serving() as (_, aws_endpoint):
        pass
    with pytest.raises(CallError) as caught:
        put(DirectDynamoDB(aws_endpoint))
    assert (caught.value.code, caught.value.is_answer) == ("ConnectionRefusedError", False)


def test_a_tls_endpoint_that_speaks_none_is_an_error() -> None:
    with serving(OK) as (server, _):
        endpoint = Endpoint(server.url.replace("http:", "https:"))
        request = HttpRequest("GET", "/", {"host": endpoint.host}, lambda: (b"",), 0)
        with pytest.raises(OSError):
            endpoint.send(lambda: request, 0.5, lambda answer: False)
        assert endpoint._tls is not None


def test_whom_botocore_trusts_is_trusted_or_whom_the_function_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    assert tls_context().cert_store_stats()["x509_ca"] > 50
    (tmp_path / "none.pem").touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    assert tls_context().check_hostname
    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert tls_context().check_hostname
