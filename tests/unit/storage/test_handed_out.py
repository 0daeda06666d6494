"""Keys of a function that started from a snapshot: fetched by botocore, used by our own client."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from spanvas.model.errors import StoreUnavailableError
from spanvas.storage import aws
from spanvas.storage.direct.dynamodb import DirectDynamoDB
from spanvas.storage.direct.place import Credentials, place_of
from spanvas.storage.direct.signature import Signer

SNAPSHOT = {
    "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
    "AWS_REGION": "eu-central-1",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "let me have them",
}
NOW = 1_790_000_000.0


class HandingOut(HTTPServer):
    """Lambda's endpoint for credentials. The first keys expire at once, those after them in hours."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Keys)
        self.authorizations: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/keys"


class Keys(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, HandingOut)
        self.server.authorizations.append(self.headers["authorization"])
        number = len(self.server.authorizations)
        expires = datetime.now(UTC) + timedelta(minutes=1 if number == 1 else 600)
        body = json.dumps(
            {
                "AccessKeyId": f"KEY{number}",
                "SecretAccessKey": f"secret {number}",
                "Token": f"token {number}",
                "Expiration": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        ).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def handing_out() -> Iterator[HandingOut]:
    with HandingOut() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a function alone, without any keys."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {**SNAPSHOT, "AWS_EC2_METADATA_DISABLED": "true"}.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, os.devnull)


def test_requests_are_signed_with_the_present_keys(
    monkeypatch: pytest.MonkeyPatch, handing_out: HandingOut
) -> None:
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", handing_out.url)
    place = place_of({**SNAPSHOT, "AWS_CONTAINER_CREDENTIALS_FULL_URI": handing_out.url})
    assert place is not None
    signer = Signer(place.credentials, place.region, "dynamodb")

    signed = [
        signer.signed("POST", "/", {"host": "h"}, sha256(b"").hexdigest(), NOW) for _ in range(3)
    ]

    assert [headers["x-amz-security-token"] for headers in signed] == ["token 2"] * 3
    assert all("Credential=KEY2/" in headers["authorization"] for headers in signed)
    assert handing_out.authorizations == ["let me have them"] * 2


def test_a_key_that_is_renewed_signs_differently() -> None:
    keys = iter([("A", "one", ""), ("A", "two", ""), ("A", "two", "")])
    signer = Signer(lambda: Credentials(*next(keys)), "eu-central-1", "dynamodb")

    first, second, third = (
        signer.signed("POST", "/", {"host": "h"}, sha256(b"").hexdigest(), NOW)["authorization"]
        for _ in range(3)
    )

    assert first != second
    assert second == third


def test_where_nobody_hands_out_keys_the_store_is_unavailable() -> None:
    place = place_of({**SNAPSHOT, "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/keys"})
    assert place is not None

    with (
        closing(DirectDynamoDB(place)) as client,
        pytest.raises(StoreUnavailableError, match="NoCredentials"),
        aws.translate_errors("reading"),
    ):
        client.get_item(TableName="t", Key={})
