"""Keys of a function that started from a snapshot: fetched by botocore, used by our own client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256

import pytest

from spanvas.http.credentials import Credentials, aws_endpoint_of
from spanvas.http.signature import Signer
from spanvas.model.errors import StoreUnavailableError
from spanvas.storage import aws
from spanvas.storage.direct.dynamodb import DirectDynamoDB
from tests.support.credentials_server import (
    SNAPSHOT,
    CredentialsServer,
    serving_credentials,
    set_snapshot_variables,
)

NOW = 1_790_000_000.0


@pytest.fixture
def handing_out() -> Iterator[CredentialsServer]:
    with serving_credentials() as server:
        yield server


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    set_snapshot_variables(monkeypatch)


def test_requests_are_signed_with_the_present_keys(
    monkeypatch: pytest.MonkeyPatch, handing_out: CredentialsServer
) -> None:
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", handing_out.url)
    aws_endpoint = aws_endpoint_of(
        {**SNAPSHOT, "AWS_CONTAINER_CREDENTIALS_FULL_URI": handing_out.url}
    )
    assert aws_endpoint is not None
    signer = Signer(aws_endpoint.credentials, aws_endpoint.region, "dynamodb")

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
    aws_endpoint = aws_endpoint_of(
        {**SNAPSHOT, "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/keys"}
    )
    assert aws_endpoint is not None

    with (
        closing(DirectDynamoDB(aws_endpoint)) as client,
        pytest.raises(StoreUnavailableError, match="NoCredentials"),
        aws.translate_errors("reading"),
    ):
        client.get_item(TableName="t", Key={})
