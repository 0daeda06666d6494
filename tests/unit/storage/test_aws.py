"""Clients of boto3, where a function does not speak HTTP itself."""

from __future__ import annotations

import os

import pytest

from spanvas.storage import aws


def test_a_forked_child_has_a_client_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    class Client:
        def __init__(self) -> None:
            made.append(self)
            self.number = len(made)

    client = aws.ClientOfProcess(Client)
    assert (client.number, client.number) == (1, 1)
    child = os.getpid() + 1
    monkeypatch.setattr(os, "getpid", lambda: child)
    assert (client.number, client.number) == (2, 2)


def test_the_client_is_boto3s(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_LAMBDA_RUNTIME_API", raising=False)
    client = aws.dynamodb_client()
    assert client.meta.region_name == "eu-central-1"
    assert client.exceptions.ConditionalCheckFailedException.__name__ == (
        "ConditionalCheckFailedException"
    )
    client.close()
