"""The DynamoDB operations that the store uses, as boto3's client has them (DynamoDB low-level API, JSON 1.0)."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final

from spanvas.http.connections import Endpoint, HttpRequest
from spanvas.http.credentials import AwsEndpoint
from spanvas.http.exchange import HttpResponse
from spanvas.http.failures import CallError, is_passing
from spanvas.http.signature import Signer

fast_dumps: Callable[..., bytes] | None
loads: Callable[[bytes], Any]
b64decode: Callable[[str], bytes]
try:  # the functions bring orjson and pybase64; in executors the standard library does
    from orjson import dumps as fast_dumps
    from orjson import loads
    from pybase64 import b64decode
except ImportError:  # pragma: no cover - the tests have both
    from base64 import b64decode
    from json import loads

    fast_dumps = None

SECONDS: Final = 3.0
"""For one attempt: an item is at most 400 KB, a page 1 MB."""
TARGET: Final = "DynamoDB_20120810."
BINARY: Final = b'"B"'
"""In every body with a binary value: its type. In a text the quotes would be escaped."""


class ConditionalCheckFailedException(Exception):
    """A condition did not hold: an answer, not a failure. Its name is the service's, as on boto3's clients, and so is
    `response`, whose `Item` is what was there, where that was asked for."""

    def __init__(self, response: Mapping[str, Any] | None = None) -> None:
        super().__init__("a condition did not hold")
        self.response = response or {}


class _Exceptions:
    ConditionalCheckFailedException = ConditionalCheckFailedException


class DirectDynamoDB:
    """A client of DynamoDB. Its operations take and return what those of boto3's client do.

    Raises CallError, or ConditionalCheckFailedException.
    """

    exceptions: Final = _Exceptions

    def __init__(self, aws: AwsEndpoint) -> None:
        url = aws.endpoints.get("dynamodb") or f"https://dynamodb.{aws.region}.{aws.suffix}"
        self._endpoint = Endpoint(url)
        self._signer = Signer(aws.credentials, aws.region, "dynamodb")

    def close(self) -> None:
        """Closes the open connections."""
        self._endpoint.close()

    def connect(self) -> None:
        """Opens a connection for the next request, if none is open. Raises CallError."""
        try:
            self._endpoint.prepare(SECONDS)
        except OSError as error:
            raise CallError(type(error).__name__, is_answer=False) from error

    def put_item(self, **parameters: Any) -> Any:
        """Sends PutItem."""
        return self._call("PutItem", parameters)

    def update_item(self, **parameters: Any) -> Any:
        """Sends UpdateItem."""
        return self._call("UpdateItem", parameters)

    def get_item(self, **parameters: Any) -> Any:
        """Sends GetItem."""
        return self._call("GetItem", parameters)

    def batch_get_item(self, **parameters: Any) -> Any:
        """Sends BatchGetItem; the response may leave keys to be asked for again, as `UnprocessedKeys`."""
        return self._call("BatchGetItem", parameters)

    def batch_write_item(self, **parameters: Any) -> Any:
        """Sends BatchWriteItem; the response may leave requests to be sent again, as `UnprocessedItems`."""
        return self._call("BatchWriteItem", parameters)

    def query(self, **parameters: Any) -> Any:
        """Sends Query for one page."""
        return self._call("Query", parameters)

    def scan(self, **parameters: Any) -> Any:
        """Sends Scan for one page."""
        return self._call("Scan", parameters)

    def describe_table(self, **parameters: Any) -> Any:
        """Sends DescribeTable; `CreationDateTime` is a number of seconds, where boto3 returns a datetime."""
        return self._call("DescribeTable", parameters)

    def _call(self, operation: str, parameters: dict[str, Any]) -> Any:
        body = _body_of(parameters)
        digest = sha256(body).hexdigest()
        headers = {
            "host": self._endpoint.host,
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": TARGET + operation,
        }

        def sign() -> HttpRequest:
            signed = self._signer.signed("POST", "/", headers, digest, time.time())
            return HttpRequest("POST", "/", signed, lambda: (body,), len(body))

        try:
            answer = self._endpoint.send(sign, SECONDS, _is_retried)
        except OSError as error:
            raise CallError(type(error).__name__, is_answer=False) from error
        if answer.status == 200:
            return parsed(answer.body)
        code = code_of(answer)
        if code == "ConditionalCheckFailedException":
            raise ConditionalCheckFailedException(parsed(answer.body))
        raise CallError(code)


def code_of(answer: HttpResponse) -> str:
    """Returns the error code of a response: the end of `__type`, or the status where there is none."""
    try:
        kind = json.loads(answer.body)["__type"]
    except (ValueError, KeyError, TypeError):
        return f"HTTP {answer.status}"
    return str(kind).rpartition("#")[2]


def _is_retried(answer: HttpResponse) -> bool:
    return answer.status >= 500 or (answer.status == 400 and is_passing(code_of(answer)))


def _body_of(parameters: Mapping[str, Any]) -> bytes:
    """Returns the body of a request. Of a batch of fifty keys the standard library takes 60 microseconds, orjson 4."""
    if fast_dumps is not None:
        try:
            return fast_dumps(parameters, default=_base64)
        except TypeError:  # half of a surrogate pair
            pass
    return json.dumps(parameters, default=_base64).encode()


def _base64(value: Any) -> str:
    return b64encode(value).decode()


def parsed(body: bytes) -> Any:
    """Returns a body as boto3 returns it: binary values, which come in base64, are bytes."""
    answer = loads(body)
    # Most answers hold none; to look at every value of a hundred items takes longer than all else that is read of them.
    return _with_bytes(answer) if BINARY in body else answer


def _with_bytes(value: Any) -> Any:
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(value.get("B"), str):
            return {"B": b64decode(value["B"])}
        return {name: _with_bytes(member) for name, member in value.items()}
    return [_with_bytes(member) for member in value] if isinstance(value, list) else value
