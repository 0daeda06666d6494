"""moto within this process: AWS for tests that need no server, with keys that are nobody's."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING
from unittest.mock import patch

from moto import mock_aws

from spanvas.storage import aws
from spanvas.storage.dynamo import DynamoTraceStore
from tests.support.aws_from_template import AUDIT_TABLE, STACK, create_resources

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


@contextmanager
def mocked_aws() -> Iterator[None]:
    """Empty at the beginning."""
    environment = {**dict.fromkeys(KEYS, "testing"), "AWS_DEFAULT_REGION": STACK.region}
    # boto3's session remembers the keys that it has seen first.
    with (
        patch.dict(os.environ, environment),
        patch("boto3.DEFAULT_SESSION", None),
        mock_aws(),
    ):
        yield


@contextmanager
def mocked_store(clock: Callable[[], int] = time.time_ns) -> Iterator[DynamoTraceStore]:
    """The real store on the template's own table, through the clients of botocore."""
    with mocked_aws():
        dynamodb, s3 = _clients()
        table, bucket = create_resources(dynamodb, s3)
        yield DynamoTraceStore(
            table, bucket, audit_table=AUDIT_TABLE, clock=clock, dynamodb=dynamodb, s3=s3
        )


@cache
def _clients() -> tuple[DynamoDBClient, S3Client]:
    """Made once: that takes longer than most of the tests that use them. moto empties what is behind them."""
    return aws.dynamodb_client(), aws.s3_client()
