"""moto within this process: AWS for tests that need no server, with keys that are nobody's."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends

from spanvas.storage import aws
from spanvas.storage.dynamo import DynamoTraceStore
from tests.support.aws_from_template import AUDIT_TABLE, STACK, create_resources

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

PARTITION = "aws"
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


@contextmanager
def mocked_aws() -> Iterator[None]:
    """Empty at the beginning."""
    environment = {**dict.fromkeys(KEYS, "testing"), "AWS_DEFAULT_REGION": STACK.region}
    # boto3's session remembers the keys that it has seen first.
    with (
        patch.dict(os.environ, environment),
        patch("boto3.DEFAULT_SESSION", None),
        patch.object(BotocoreStubber, "process_request", _one_at_a_time()),
        mock_aws(),
    ):
        yield


def _one_at_a_time() -> Callable[[BotocoreStubber, Any], Any]:
    """Returns moto's way of answering a call, without another call beside it: no lock guards its tables, and a read of
    what is not there adds to the dictionary that a query goes through."""
    lock = threading.RLock()
    process_request = BotocoreStubber.process_request

    def process_alone(stubber: BotocoreStubber, request: Any) -> Any:
        with lock:
            return process_request(stubber, request)

    return process_alone


@contextmanager
def mocked_store(clock: Callable[[], int] = time.time_ns) -> Iterator[DynamoTraceStore]:
    """The real store on the template's own table, through the clients of botocore."""
    with mocked_aws():
        dynamodb, s3 = _clients()
        table, bucket = _RESOURCES.create(dynamodb, s3)
        yield DynamoTraceStore(
            table, bucket, audit_table=AUDIT_TABLE, clock=clock, dynamodb=dynamodb, s3=s3
        )


class _Resources:
    """The template's tables and buckets. AWS is called to create them once; later tests get copies of what moto made
    of those: two dozen calls, and a key for encryption, took longer than most tests."""

    def __init__(self) -> None:
        self._names: tuple[str, str] | None = None
        self._tables: dict[str, Any] = {}
        self._buckets: dict[str, Any] = {}

    def create(self, dynamodb: DynamoDBClient, s3: S3Client) -> tuple[str, str]:
        """Returns the names of the trace table and its bucket."""
        tables, buckets = self._of_moto()
        if self._names is None:
            self._names = create_resources(dynamodb, s3)
            self._tables, self._buckets = deepcopy((dict(tables), dict(buckets)))
        else:
            tables.update(deepcopy(self._tables))
            buckets.update(deepcopy(self._buckets))
            accounts = s3_backends.bucket_accounts
            accounts.update(dict.fromkeys(self._buckets, (PARTITION, STACK.account_id)))
        return self._names

    def _of_moto(self) -> tuple[dict[str, Any], dict[str, Any]]:
        account = STACK.account_id
        return (
            dynamodb_backends[account][STACK.region].tables,
            s3_backends[account][PARTITION].buckets,
        )


_RESOURCES = _Resources()


@cache
def _clients() -> tuple[DynamoDBClient, S3Client]:
    """Made once: that takes longer than most of the tests that use them. moto empties what is behind them."""
    return aws.dynamodb_client(), aws.s3_client()
