"""HTTP for nodes, on the urllib3 that boto3 brings along: one pool for the process, no retries of its own.

urllib3 is imported with the first request.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from executor.errors import NodeError
from executor.resources import HttpAnswer

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager

MAX_RESPONSE_BYTES = 6_000_000
MAX_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@cache
def pool() -> PoolManager:
    """Returns the connections of the process."""
    from urllib3 import PoolManager

    return PoolManager(num_pools=8, maxsize=16)


def send(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, timeout_seconds: float
) -> HttpAnswer:
    """One request and its answer. GET follows redirects on the same origin; every other answer is given as it is.

    Raises NodeError: `Timeout` and `ConnectionError` (both retryable), `OffHostRedirect`, `ResponseTooLarge`.
    """
    for _ in range(MAX_REDIRECTS + 1):
        answer = _send_once(method, url, headers, body, timeout_seconds)
        location = answer.headers.get("location")
        if method != "GET" or answer.status not in REDIRECTS or location is None:
            return answer
        target = urljoin(url, location)
        if _origin(target) != _origin(url):
            raise NodeError(
                "OffHostRedirect",
                f"{_origin(url)} redirects to {_origin(target)}; only redirects on the same host are followed",
            )
        url = target
    raise NodeError("TooManyRedirects", f"{_origin(url)} redirects more than {MAX_REDIRECTS} times")


def _send_once(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, timeout_seconds: float
) -> HttpAnswer:
    from urllib3 import Timeout
    from urllib3.exceptions import HTTPError, NewConnectionError, TimeoutError

    origin = _origin(url)
    try:
        response = pool().request(
            method,
            url,
            body=body,
            headers=dict(headers),
            timeout=Timeout(total=timeout_seconds),
            retries=False,
            redirect=False,
            preload_content=False,
        )
        try:
            content = _read(response, origin)
        finally:
            response.release_conn()
    except HTTPError as error:
        # a refused connection is a kind of timeout to urllib3
        if isinstance(error, TimeoutError) and not isinstance(error, NewConnectionError):
            message = f"{origin} did not answer within {timeout_seconds:g} s"
            raise NodeError("Timeout", message, is_retryable=True) from error
        message = f"{origin} cannot be reached: {error}"
        raise NodeError("ConnectionError", message, is_retryable=True) from error
    found = {name.lower(): value for name, value in response.headers.items()}
    return HttpAnswer(response.status, found, content)


def _read(response: BaseHTTPResponse, origin: str) -> bytes:
    content = response.read(MAX_RESPONSE_BYTES + 1, decode_content=True)
    if len(content) > MAX_RESPONSE_BYTES:
        response.close()
        raise NodeError(
            "ResponseTooLarge",
            f"the answer of {origin} is larger than {MAX_RESPONSE_BYTES:,} bytes",
        )
    return content


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
