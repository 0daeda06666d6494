"""Requests straight to DynamoDB and S3: where they go, how they are signed, what an answer may look like."""

from __future__ import annotations

import io
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from botocore.exceptions import ClientError, ReadTimeoutError

from spanvas.model.errors import StoreUnavailableError
from spanvas.storage import aws
from spanvas.storage.direct import connections
from spanvas.storage.direct.connections import Endpoint, Request, tls_context
from spanvas.storage.direct.dynamodb import DirectDynamoDB
from spanvas.storage.direct.exchange import Answer, ExchangeError, exchange
from spanvas.storage.direct.failures import CallError, ConditionalCheckFailedException
from spanvas.storage.direct.place import Credentials, Place, place_of
from spanvas.storage.direct.s3 import DirectS3
from spanvas.storage.direct.signature import Signer

LAMBDA = {
    "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "AKID",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
}
KEYS = Credentials("AKID", "secret", "token")
NOW = 1_790_000_000.0
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


def test_lambda_says_region_keys_and_endpoints() -> None:
    assert place_of(LAMBDA) == Place("eu-central-1", "amazonaws.com", KEYS, {})
    place = place_of({**LAMBDA, "AWS_ENDPOINT_URL_S3": "http://s3.local", "AWS_ENDPOINT_URL": ""})
    assert place is not None
    assert place.endpoints == {"s3": "http://s3.local"}
    place = place_of({**LAMBDA, "AWS_ENDPOINT_URL": "http://all.local"})
    assert place is not None
    assert place.endpoints == {"dynamodb": "http://all.local", "s3": "http://all.local"}


@pytest.mark.parametrize(
    ("region", "suffix"),
    [
        ("us-east-1", "amazonaws.com"),
        ("us-gov-west-1", "amazonaws.com"),
        ("cn-north-1", "amazonaws.com.cn"),
    ],
)
def test_partitions_have_their_domains(region: str, suffix: str) -> None:
    place = place_of({**LAMBDA, "AWS_REGION": region})
    assert place is not None
    assert place.suffix == suffix


@pytest.mark.parametrize(
    "change",
    [
        {"AWS_REGION": "us-iso-east-1"},
        {"AWS_REGION": "eusc-de-east-1"},
        {"AWS_REGION": ""},
        {"AWS_ACCESS_KEY_ID": ""},
        {"AWS_SECRET_ACCESS_KEY": ""},
        {"https_proxy": "http://proxy:3128"},
        {"AWS_USE_FIPS_ENDPOINT": "true"},
        {"AWS_CA_BUNDLE": "/etc/ca.pem"},
    ],
)
def test_whatever_is_not_ordinary_is_left_to_botocore(change: dict[str, str]) -> None:
    assert place_of({**LAMBDA, **change}) is None


def test_outside_of_lambda_it_is_botocores() -> None:
    assert place_of({k: v for k, v in LAMBDA.items() if k != "AWS_LAMBDA_RUNTIME_API"}) is None


@pytest.mark.parametrize("token", ["token", ""])
@pytest.mark.parametrize("service", ["dynamodb", "s3"])
def test_a_signature_is_botocores_own(
    monkeypatch: pytest.MonkeyPatch, service: str, token: str
) -> None:
    from datetime import UTC, datetime
    from hashlib import sha256

    moment = datetime.fromtimestamp(NOW, UTC)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: moment)
    body = b'{"TableName": "t"}'
    digest = sha256(body).hexdigest()
    headers = {"host": "h.example.com", "content-type": "text/plain", "x-amz-target": "A.b"}
    if service == "s3":
        headers["x-amz-content-sha256"] = digest
    path = "/bucket/a%20b/~c"
    theirs = AWSRequest("PUT", f"https://h.example.com{path}", headers=headers, data=body)
    auth = S3SigV4Auth if service == "s3" else SigV4Auth
    theirs.context["payload_signing_enabled"] = True
    keys = BotocoreCredentials("AKID", "secret", token or None)
    monkeypatch.setattr(auth, "canonical_request", with_plain_path(auth.canonical_request))
    auth(keys, service, "eu-central-1").add_auth(theirs)
    signer = Signer(Credentials("AKID", "secret", token), "eu-central-1", service)
    for _ in range(2):
        ours = signer.signed("PUT", path, headers, digest, NOW)
        assert ours["authorization"] == theirs.headers["Authorization"]
        assert ours["x-amz-date"] == theirs.headers["X-Amz-Date"]
        assert ours.get("x-amz-security-token") == theirs.headers.get("X-Amz-Security-Token")


def with_plain_path(method: Callable[..., str]) -> Callable[..., str]:
    """botocore encodes the path of other services than S3 once more; only S3 has one here."""

    def canonical(self: Any, request: Any) -> str:
        return method(self, request).replace("%2520", "%20")

    return canonical


def answers(*sent: bytes) -> Answer:
    """What is made of these bytes, coming one after the other."""
    ours, theirs = socket.socketpair()

    def send() -> None:
        for part in sent:
            time.sleep(0.005)
            theirs.sendall(part)
        theirs.shutdown(socket.SHUT_WR)

    thread = threading.Thread(target=send)
    with ours, theirs:
        thread.start()
        try:
            return exchange(ours, b"", (b"GET / HTTP/1.1\r\n\r\n",), time.monotonic() + 60)
        finally:
            thread.join()


@pytest.mark.parametrize(
    ("sent", "body", "is_last"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", b"abc", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: Close\r\n\r\n", b"", True),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", b"a", True),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", b"until the end", True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b"", False),
        (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
            b"a",
            False,
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"3;x=y\r\nabc\r\n2\r\nde\r\n0\r\ntrailer: t\r\n\r\n",
            b"abcde",
            False,
        ),
    ],
)
def test_answers_are_read_whatever_their_form(sent: bytes, body: bytes, is_last: bool) -> None:
    for cut in (len(sent), 1, len(sent) // 2, len(sent) - 1):
        answer = answers(sent[:cut], sent[cut:])
        assert (answer.body, answer.is_last) == (body, is_last)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\r\n\r\n",
        b"HTTP/1.1 2xx\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * 140_000,
    ],
)
def test_what_is_no_answer_is_an_error(sent: bytes) -> None:
    with pytest.raises(ExchangeError):
        answers(sent)


def test_answers_that_are_too_large_are_not_read_to_their_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("spanvas.storage.direct.exchange.MAX_BODY", 4)
    with pytest.raises(ExchangeError, match="too large"):
        answers(b"HTTP/1.1 200 OK\r\n\r\nabcdef")
    with pytest.raises(ExchangeError, match="too large"):
        answers(b"HTTP/1.1 200 OK\r\n\r\nab", b"cdef")
    with pytest.raises(ExchangeError, match="too large"):
        answers(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\nabc\r\n0\r\n\r\n"
        )


@pytest.mark.parametrize("operation", ["update_item", "batch_get_item", "query"])
def test_other_operations_go_the_same_way(operation: str) -> None:
    with serving(OK) as (server, place):
        client = DirectDynamoDB(place)
        assert getattr(client, operation)(TableName="t") == {}
        client.close()
    target = b"DynamoDB_20120810." + operation.title().replace("_", "").encode()
    assert b"x-amz-target: " + target in server.requests[0]


def test_an_answer_that_breaks_off_is_an_error() -> None:
    with pytest.raises(ConnectionResetError):
        answers(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na")


def test_nothing_is_sent_past_the_deadline() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(TimeoutError):
        exchange(ours, b"", (b"x",), time.monotonic() - 1)


def test_a_server_that_drips_does_not_move_the_deadline() -> None:
    ours, theirs = socket.socketpair()
    stopped = threading.Event()

    def drip() -> None:
        with theirs:
            while not stopped.wait(0.02):
                theirs.sendall(b"H")

    thread = threading.Thread(target=drip)
    thread.start()
    began = time.monotonic()
    with ours, pytest.raises(TimeoutError):
        try:
            exchange(ours, b"", (b"x",), began + 0.2)
        finally:
            stopped.set()
            thread.join()


class Server:
    """Answers each request with the next of `script` (bytes, or None to hang up); counts connections."""

    def __init__(self, *script: bytes | None) -> None:
        self.script = list(script)
        self.requests: list[bytes] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def hang_up(self) -> None:
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._open.clear()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        self.hang_up()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        """One connection after the other: what the client keeps is used until it lets go."""
        connection.settimeout(0.3)
        try:
            while data := connection.recv(1 << 20):
                head, _, body = data.partition(b"\r\n\r\n")
                size = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                while len(body) < size:
                    body += connection.recv(1 << 20)
                self.requests.append(head + b"\r\n\r\n" + body)
                answer = self.script.pop(0)
                if answer is None:
                    connection.close()
                    return
                connection.sendall(answer)
        except (OSError, ValueError, IndexError):
            return  # the client hangs up, or speaks something else


@contextmanager
def serving(*script: bytes | None) -> Iterator[tuple[Server, Place]]:
    server = Server(*script)
    try:
        url = server.url
        yield server, Place("eu-central-1", "amazonaws.com", KEYS, {"dynamodb": url, "s3": url})
    finally:
        server.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "BACKOFF_SECONDS", 0.0)


def failing(status: int, body: bytes) -> bytes:
    return b"HTTP/1.1 %d No\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body)


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
    with serving(sent, OK) as (server, place):
        client = DirectDynamoDB(place)
        found = client.get_item(TableName="t", Key={"pk": {"S": "a"}})
        assert found == {"Item": {"data": {"B": b"\x00\xff"}, "B": {"S": "name"}}}
        assert put(client) == {}
        client.close()
    assert server.connections == 1
    head, _, body = server.requests[1].partition(b"\r\n\r\n")
    assert head.startswith(b"POST / HTTP/1.1\r\nhost: 127.0.0.1:")
    assert b"x-amz-target: DynamoDB_20120810.PutItem" in head
    assert b"Credential=AKID/" in head
    assert body == b'{"TableName": "t", "Item": {"pk": {"S": "\\u00e9"}, "data": {"B": "AP8="}}}'


@pytest.mark.parametrize(
    "first", [THROTTLED, failing(500, b"{}"), failing(503, b""), None], ids=str
)
def test_what_passes_by_itself_is_tried_again(first: bytes | None) -> None:
    with serving(first, OK) as (server, place):
        client = DirectDynamoDB(place)
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
    with serving(*script) as (server, place):
        client = DirectDynamoDB(place)
        with pytest.raises(CallError) as caught:
            put(client)
        client.close()
    assert (caught.value.code, caught.value.is_answer) == (code, is_answer)
    assert len(server.requests) == len(script)


def test_a_failed_condition_is_the_callers() -> None:
    with serving(CONDITION) as (_, place):
        client = DirectDynamoDB(place)
        with pytest.raises(client.exceptions.ConditionalCheckFailedException):
            put(client)
        client.close()


def test_a_connection_that_the_other_side_has_closed_is_not_used() -> None:
    with serving(OK, OK) as (server, place):
        client = DirectDynamoDB(place)
        put(client)
        server.hang_up()
        time.sleep(0.05)
        put(client)
        client.close()
    assert (server.connections, len(server.requests)) == (2, 2)


def test_a_connection_whose_answer_is_the_last_is_not_kept() -> None:
    last = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"
    with serving(last, OK) as (server, place):
        client = DirectDynamoDB(place)
        put(client)
        put(client)
        client.close()
    assert server.connections == 2


def test_after_a_fork_the_parents_connections_are_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving(OK, OK) as (server, place):
        client = DirectDynamoDB(place)
        put(client)
        child = os.getpid() + 1
        monkeypatch.setattr(os, "getpid", lambda: child)
        put(client)
        client.close()
    assert server.connections == 2


def test_nobody_listening_is_an_error_of_the_connection() -> None:
    with serving() as (_, place):
        pass
    with pytest.raises(CallError) as caught:
        put(DirectDynamoDB(place))
    assert (caught.value.code, caught.value.is_answer) == ("ConnectionRefusedError", False)


def test_a_tls_endpoint_that_speaks_none_is_an_error() -> None:
    with serving(OK) as (server, _):
        endpoint = Endpoint(server.url.replace("http:", "https:"))
        request = Request("GET", "/", {"host": endpoint.host}, lambda: (b"",), 0)
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


def test_aws_has_endpoints_of_its_own() -> None:
    place = Place("eu-central-1", "amazonaws.com", KEYS, {})
    assert DirectDynamoDB(place)._endpoint.host == "dynamodb.eu-central-1.amazonaws.com"
    s3 = DirectS3(place, lambda: None)
    hosts = {name: s3._target(name, "k")[0].host for name in ("traces", "my.traces")}
    assert hosts == {
        "traces": "traces.s3.eu-central-1.amazonaws.com",
        "my.traces": "s3.eu-central-1.amazonaws.com",
    }
    assert s3._target("traces", "k")[1] == "/k"
    assert s3._target("my.traces", "k")[1] == "/my.traces/k"
    assert s3._target("traces", "k")[0] is s3._target("traces", "l")[0]


def upload(s3: DirectS3, body: Any, **options: str) -> Any:
    return s3.put_object(Bucket="b", Key="a b/c", Body=body, ContentType="text/plain", **options)


def test_an_upload_is_a_signed_stream_and_says_its_version() -> None:
    stored = b"HTTP/1.1 200 OK\r\nx-amz-version-id: v7\r\ncontent-length: 0\r\n\r\n"
    stream = io.BytesIO(b"skipped" + b"x" * 600_000)
    stream.seek(7)
    with serving(failing(503, b"<Error><Code>SlowDown</Code></Error>"), stored) as (server, place):
        s3 = DirectS3(place, lambda: None)
        assert upload(s3, stream, ContentDisposition="attachment") == {"VersionId": "v7"}
        s3.close()
    head, _, body = server.requests[1].partition(b"\r\n\r\n")
    assert head.startswith(b"PUT /b/a%20b/c HTTP/1.1\r\n")
    assert b"content-disposition: attachment" in head
    assert body == b"x" * 600_000
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ([failing(403, b"<Error><Code>AccessDenied</Code></Error>")], "AccessDenied"),
        ([failing(404, b"gone")], "HTTP 404"),
        ([None] * 3, "ConnectionResetError"),
    ],
)
def test_an_upload_that_fails_says_why(script: list[bytes | None], code: str) -> None:
    with serving(*script) as (_, place):
        s3 = DirectS3(place, lambda: None)
        with pytest.raises(CallError) as caught:
            upload(s3, b"x")
        s3.close()
    assert caught.value.code == code


def test_a_part_of_an_object_is_read_with_what_the_object_is() -> None:
    part = (
        b'HTTP/1.1 206 Partial Content\r\ncontent-type: text/csv\r\netag: "e"\r\n'
        b"content-range: bytes 0-2/900\r\nx-amz-version-id: v7\r\ncontent-length: 3\r\n\r\na,b"
    )
    with serving(part, OK) as (server, place):
        s3 = DirectS3(place, lambda: None)
        found = s3.get_object(Bucket="b", Key="a b", Range="bytes=0-2", VersionId="v+7")
        assert found.pop("Body").read() == b"a,b"
        assert found == {
            "ContentRange": "bytes 0-2/900",
            "ContentType": "text/csv",
            "ETag": '"e"',
            "VersionId": "v7",
        }
        assert s3.get_object(Bucket="b", Key="k")["Body"].read() == b"{}"
        s3.close()
    assert server.requests[0].startswith(b"GET /b/a%20b?versionId=v%2B7 HTTP/1.1\r\n")
    assert b"SignedHeaders=host;range;x-amz-content-sha256" in server.requests[0]
    assert server.requests[1].startswith(b"GET /b/k HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ([failing(404, b"<Error><Code>NoSuchKey</Code></Error>")], "NoSuchKey"),
        ([None] * 3, "ConnectionResetError"),
    ],
)
def test_an_object_that_cannot_be_read_says_why(script: list[bytes | None], code: str) -> None:
    with serving(*script) as (_, place):
        s3 = DirectS3(place, lambda: None)
        with pytest.raises(CallError) as caught:
            s3.get_object(Bucket="b", Key="k")
        s3.close()
    assert caught.value.code == code


def test_the_rest_of_s3_is_botocores_and_made_once() -> None:
    made: list[str] = []

    def make() -> str:
        made.append("client")
        return "client"

    s3 = DirectS3(Place("eu-central-1", "amazonaws.com", KEYS, {}), make)
    assert s3.upper() == "CLIENT"
    assert s3.title() == "Client"
    assert made == ["client"]


def test_clients_are_chosen_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "aws_variables", lambda: LAMBDA)
    assert isinstance(aws.dynamodb_client(), DirectDynamoDB)
    assert isinstance(aws.s3_client(), DirectS3)
    monkeypatch.setattr(aws, "aws_variables", dict)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert aws.dynamodb_client().meta.service_model.service_name == "dynamodb"
    assert aws.s3_client().meta.config.signature_version == "s3v4"


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "PutItem")


@pytest.mark.parametrize(
    ("error", "code", "seconds"),
    [
        (CallError("ThrottlingException"), "ThrottlingException", 2),
        (CallError("AccessDeniedException"), "AccessDeniedException", 5),
        (CallError("TimeoutError", is_answer=False), "TimeoutError", 2),
        (client_error("Throttling"), "Throttling", 2),
        (client_error("ValidationException"), "ValidationException", 5),
        (ReadTimeoutError(endpoint_url="u"), "ReadTimeoutError", 2),
    ],
)
def test_failures_of_both_kinds_of_clients_become_ours(
    error: Exception, code: str, seconds: int
) -> None:
    with pytest.raises(StoreUnavailableError) as caught, aws.translated("writing"):
        raise error
    assert str(caught.value) == f"the store failed writing: {code}"
    assert caught.value.retry_after_seconds == seconds


@pytest.mark.parametrize(
    "error",
    [
        ConditionalCheckFailedException(),
        client_error("ConditionalCheckFailedException"),
        KeyError("ours"),
    ],
    ids=repr,
)
def test_what_is_no_failure_of_the_store_passes(error: Exception) -> None:
    with pytest.raises(type(error)), aws.translated("writing"):
        raise error


def test_without_botocore_an_error_of_ours_passes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.delitem(sys.modules, "botocore.exceptions")
    with pytest.raises(KeyError), aws.translated("writing"):
        raise KeyError("ours")
