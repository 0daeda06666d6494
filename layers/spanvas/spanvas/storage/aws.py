"""Clients of DynamoDB and S3, and their failures as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from spanvas.model.errors import StoreUnavailableError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

CONNECT_SECONDS: Final = 1
READ_SECONDS: Final = 5
ATTEMPTS: Final = 3
THROTTLED: Final = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
    }
)


def dynamodb_client() -> DynamoDBClient:
    return _client("dynamodb")  # type: ignore[no-any-return]


def s3_client() -> S3Client:
    """Signature version 4 always: without it boto3 presigns with version 2 in us-east-1."""
    return _client("s3", signature_version="s3v4")  # type: ignore[no-any-return]


def _client(service: str, **options: str) -> Any:
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
def translated(doing: str) -> Iterator[None]:
    """Turn what botocore raises into StoreUnavailableError; `doing` completes "the store failed ...".

    A failed condition is an answer, not a failure: it is let through for the caller.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code == "ConditionalCheckFailedException":
            raise
        retry_after = 2 if code in THROTTLED else 5
        raise StoreUnavailableError(f"the store failed {doing}: {code}", retry_after) from error
    except BotoCoreError as error:
        name = type(error).__name__
        raise StoreUnavailableError(f"the store failed {doing}: {name}", 2) from error
