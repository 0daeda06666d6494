"""Bedrock's Converse API through boto3, with attempts left to the executor.

boto3 retries by itself, unseen by the trace; here it does not: `total_max_attempts` is 1. A client costs about 100 ms
of CPU, so it is made with the first call and kept. `AWS_ENDPOINT_URL_BEDROCK_RUNTIME` chooses another endpoint.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from executor.errors import NodeError

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

PROVIDER = "aws.bedrock"
CONNECT_TIMEOUT_SECONDS = 5

# Errors below 500 that pass by themselves (Bedrock API reference, Converse, "Errors").
_PASSING = frozenset({408, 424, 429})

_making_a_client = threading.Lock()


def converse(request: Mapping[str, Any], timeout_seconds: int) -> Mapping[str, Any]:
    """One call of Converse. Raises NodeError under the service's own name of the error (`ThrottlingException`)."""
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ConnectionError,
        HTTPClientError,
        ReadTimeoutError,
    )

    try:
        response = _client(timeout_seconds).converse(**cast("Any", request))
    except ClientError as error:
        found = error.response.get("Error", {})
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        raise NodeError(
            found.get("Code") or f"HTTP {status}",
            f"Bedrock refused the call: {found.get('Message') or 'no message'}",
            is_retryable=status in _PASSING or status >= 500,
        ) from error
    except ReadTimeoutError as error:
        raise NodeError(
            "Timeout", f"Bedrock did not answer within {timeout_seconds} s", is_retryable=True
        ) from error
    except (ConnectionError, HTTPClientError) as error:
        raise NodeError(
            "ConnectionError", f"Bedrock cannot be reached: {error}", is_retryable=True
        ) from error
    except BotoCoreError as error:
        raise NodeError(type(error).__name__, f"the call cannot be made: {error}") from error
    return cast("Mapping[str, Any]", response)


def _client(timeout_seconds: int) -> BedrockRuntimeClient:
    # boto3's default session must not make clients in two threads at once (boto3 guide, "Multithreading")
    with _making_a_client:
        return _make_client(timeout_seconds)


@cache
def _make_client(timeout_seconds: int) -> BedrockRuntimeClient:
    import boto3
    from botocore.config import Config

    config = Config(
        retries={"total_max_attempts": 1, "mode": "standard"},
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=timeout_seconds,
        max_pool_connections=32,
    )
    return boto3.client("bedrock-runtime", config=config)
