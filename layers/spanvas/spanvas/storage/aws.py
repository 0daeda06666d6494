"""Clients of DynamoDB and S3, and their failures as ours.

In a Lambda function they speak HTTP themselves (`direct`), everywhere else they are botocore's; either way with the
same operations, errors and retries.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from spanvas.model.errors import StoreUnavailableError
from spanvas.settings import aws_variables
from spanvas.storage.direct.failures import CallError, is_passing
from spanvas.storage.direct.place import place_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

CONNECT_SECONDS: Final = 1
READ_SECONDS: Final = 5
ATTEMPTS: Final = 3


def dynamodb_client() -> DynamoDBClient:
    """Makes a client of DynamoDB: our own in a Lambda function, else boto3's."""
    place = place_of(aws_variables())
    if place is None:
        return _client("dynamodb")  # type: ignore[no-any-return]
    from spanvas.storage.direct.dynamodb import DirectDynamoDB

    return DirectDynamoDB(place)  # type: ignore[return-value]


def s3_client() -> S3Client:
    """Makes a client of S3. Always with signature version 4: without it boto3 presigns with version 2 in us-east-1."""
    place = place_of(aws_variables())
    if place is None:
        return _s3_of_botocore()
    from spanvas.storage.direct.s3 import DirectS3

    return DirectS3(place, _s3_of_botocore)  # type: ignore[return-value]


def _s3_of_botocore() -> S3Client:
    return _client("s3", signature_version="s3v4")  # type: ignore[no-any-return]


class ClientOfProcess:
    """A client of boto3, and another one in a forked child: it shares no connection, and no lock that is held by a
    thread which is not there."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._process = os.getpid()
        self._made = make()

    def __getattr__(self, name: str) -> Any:
        if self._process != os.getpid():
            self._process, self._made = os.getpid(), self._make()
        return getattr(self._made, name)


def _client(service: str, **options: str) -> Any:
    return ClientOfProcess(lambda: _make_client(service, **options))


def _make_client(service: str, **options: str) -> Any:
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        **options,  # type: ignore[arg-type]
    )
    return boto3.client(service, config=config)  # type: ignore[call-overload]


@contextmanager
def translate_errors(doing: str) -> Iterator[None]:
    """Turns what the clients raise into StoreUnavailableError; `doing` completes "the store failed ...".

    Lets ConditionalCheckFailedException through: a failed condition is an answer, not a failure.
    """
    try:
        yield
    except CallError as error:
        raise _unavailable(doing, error.code, error.is_answer) from error
    except Exception as error:
        exceptions = sys.modules.get("botocore.exceptions")
        if exceptions is None:
            raise
        if isinstance(error, exceptions.BotoCoreError):
            raise _unavailable(doing, type(error).__name__, False) from error
        if not isinstance(error, exceptions.ClientError):
            raise
        code = error.response.get("Error", {}).get("Code", "")
        if code == "ConditionalCheckFailedException":
            raise
        raise _unavailable(doing, code, True) from error


def _unavailable(doing: str, code: str, is_answer: bool) -> StoreUnavailableError:
    """`is_answer`: true for a service's error response, false for a transport error."""
    is_for_long = is_answer and not is_passing(code)
    seconds = 5 if is_for_long else 2
    return StoreUnavailableError(f"the store failed {doing}: {code}", seconds, code)
