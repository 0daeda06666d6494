from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.memory import MemoryTraceStore
from spanvas.storage.port import TraceStore
from tests.aws_from_template import create_resources


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[TraceStore]:
    """Each test runs twice: over the fake, and over the real store on the template's own table."""
    if request.param == "memory":
        yield MemoryTraceStore()
        return
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        table, bucket = create_resources(boto3.client("dynamodb"), boto3.client("s3"))
        yield DynamoTraceStore(table, bucket)
