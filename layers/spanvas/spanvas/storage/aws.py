"""Clients of DynamoDB and S3, calls of them at the same time, and their failures as errors of the store.

In a Lambda function the clients speak HTTP themselves (`direct`), everywhere else they are botocore's. Both have the
same operations, errors and retries.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Final

from spanvas.environment import aws_variables
from spanvas.http.credentials import AwsEndpoint, aws_endpoint_of
from spanvas.http.failures import CallError, is_passing
from spanvas.model.errors import StoreUnavailableError
from spanvas.settings import wants_boto3

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

CONNECT_SECONDS: Final = 1
READ_SECONDS: Final = 5
ATTEMPTS: Final = 3
THREADS: Final = 4


def dynamodb_client() -> DynamoDBClient:
    """Returns our own client of DynamoDB in Lambda's ordinary case, and boto3's everywhere else."""
    endpoint = _endpoint_of_ours()
    if endpoint is None:
        return _client("dynamodb")  # type: ignore[no-any-return]
    from spanvas.storage.direct.dynamodb import DirectDynamoDB

    return DirectDynamoDB(endpoint)  # type: ignore[return-value]


def s3_client() -> S3Client:
    """Returns our own client of S3 in Lambda's ordinary case, and boto3's everywhere else.

    The signature version is always 4: without it boto3 presigns with version 2 in us-east-1.
    """
    endpoint = _endpoint_of_ours()
    if endpoint is None:
        return _s3_of_botocore()
    from spanvas.storage.direct.s3 import DirectS3

    return DirectS3(endpoint, _s3_of_botocore)  # type: ignore[return-value]


def _endpoint_of_ours() -> AwsEndpoint | None:
    """Returns what our own clients talk to; None where boto3 has to do it: it was asked for, or the case is unusual."""
    environment = aws_variables()
    if wants_boto3(environment):
        return None
    return aws_endpoint_of(environment)


def _s3_of_botocore() -> S3Client:
    return _client("s3", signature_version="s3v4")  # type: ignore[no-any-return]


class ClientOfProcess:
    """A client of boto3 that is made anew in a forked child.

    The child shares no connection with its parent, and no lock that is held by a thread which it does not have.
    """

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
    """Raises StoreUnavailableError for what the clients raise; `doing` completes "the store failed ...".

    A failed condition is an answer, not a failure: it passes unchanged to the caller.
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
    """`is_answer`: True for an error response of AWS, False for a failed connection."""
    is_for_long = is_answer and not is_passing(code)
    seconds = 5 if is_for_long else 2
    return StoreUnavailableError(f"the store failed {doing}: {code}", seconds, code)


def run_concurrently(calls: Sequence[Callable[[], None]]) -> None:
    """Blocks until all calls have finished; raises the first error, in the order of the calls.

    The first call runs in the caller's thread: most often there are two, and a thread costs as much as a call. Each
    runs in a copy of the caller's context, so that a call which instrumentations ignore is ignored here too. A process
    that is ending starts no threads any more (RuntimeError): there the calls run one after the other, and some of them
    may run twice.
    """
    first, *others = calls
    if not others:
        first()
        return
    with ThreadPoolExecutor(min(len(others), THREADS - 1), "spanvas-calls") as pool:
        try:
            submitted = [pool.submit(copy_context().run, call) for call in others]
        except RuntimeError:
            submitted = []
        copy_context().run(first)
    for future in submitted:
        future.result()
    if not submitted:
        for call in others:
            call()
