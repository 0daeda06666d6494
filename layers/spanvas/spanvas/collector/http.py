"""One request to an OTLP/HTTP endpoint: sent within a deadline for all of it, and what its answer means.

Source: OTLP specification, "OTLP/HTTP".
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from spanvas.collector.results import MAX_MESSAGE, ExportOutcome, ExportResult, failure_of
from spanvas.collector.signing import signing_for
from spanvas.http.connections import Endpoint, HttpRequest
from spanvas.http.exchange import HttpResponse
from spanvas.http.proxies import proxy_of

TIMEOUT_SECONDS: Final = 5.0
"""Of one request. Much shorter ones have lost every span behind a slow network, silently."""
RETRYABLE: Final = frozenset({408, 429, 502, 503, 504})
GZIP: Final = 31
"""zlib's number for gzip's format with the largest window."""
LEVEL: Final = 1
MAX_PAUSE_SECONDS: Final = 300.0
PROTOBUF: Final = "application/x-protobuf"


class OtlpHttp:
    """POSTs protobuf in gzip to a base URL, or to one that ends in `/v1/traces`.

    Goes through the proxy that `environment` names for it, and signs with the credentials there for an endpoint of
    CloudWatch. `certificate` is a file with the authorities that are trusted; empty: the usual ones.
    """

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        environment: Mapping[str, str],
        certificate: str = "",
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        parts = urlsplit(traces_url(url))
        self._path = parts.path + (f"?{parts.query}" if parts.query else "")
        self._endpoint = Endpoint(url, proxy_of(url, environment), certificate)
        self._timeout_seconds = timeout_seconds
        self._headers = {
            "host": self._endpoint.host,
            "user-agent": "Spanvas",
            **{name.lower(): one_line(value) for name, value in headers.items()},
            "content-type": PROTOBUF,
            "content-encoding": "gzip",
        }
        self._sign = signing_for(self._endpoint.host, self._path, environment)

    def __call__(self, body: bytes) -> ExportResult:
        """Sends an ExportTraceServiceRequest, compressed with gzip, once; returns what became of it.

        A connection that fails is a result too: nothing is raised.
        """
        compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
        data = compressor.compress(body) + compressor.flush()
        headers = self._sign(self._headers, data, time.time()) if self._sign else self._headers
        request = HttpRequest("POST", self._path, headers, lambda: (data,), len(data))
        try:
            answer = self._endpoint.send(lambda: request, self._timeout_seconds, attempts=1)
        except OSError as error:
            return failure_of(error)
        return result_of(answer, time.time())

    def close(self) -> None:
        """Closes the open connections."""
        self._endpoint.close()


def result_of(answer: HttpResponse, now: float) -> ExportResult:
    """Returns what a response means. `now`: Unix seconds, for a `Retry-After` that is a date."""
    if 200 <= answer.status < 300:
        return _taken(answer)
    message = f"status {answer.status}"
    if answer.status in RETRYABLE:
        pause = pause_of(answer.headers.get("retry-after", ""), now)
        return ExportResult(ExportOutcome.LATER, pause, message=message)
    outcome = ExportOutcome.TOO_LARGE if answer.status == 413 else ExportOutcome.REFUSED
    return ExportResult(outcome, message=message)


def _taken(answer: HttpResponse) -> ExportResult:
    """Returns the result of a success. It may be partial; the rejected spans must not be sent again."""
    if not answer.body or not answer.headers.get("content-type", "").startswith(PROTOBUF):
        return ExportResult(ExportOutcome.TAKEN)
    from spanvas.otlp.partial_success import partial_success

    rejected, message = partial_success(answer.body)
    return ExportResult(
        ExportOutcome.TAKEN, rejected=rejected, message=one_line(message)[:MAX_MESSAGE]
    )


def pause_of(text: str, now: float) -> float:
    """Returns the seconds of a `Retry-After`, which is a number or a date; 0 where it is neither."""
    try:
        seconds = float(text) if text else 0.0
    except ValueError:
        seconds = _until(text, now)
    return min(max(seconds, 0.0), MAX_PAUSE_SECONDS)


def _until(date: str, now: float) -> float:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(date).timestamp() - now
    except ValueError:
        return 0.0


def traces_url(endpoint: str) -> str:
    """Returns the URL for traces: `v1/traces` is added to a base URL (OTLP exporter specification)."""
    base, mark, query = endpoint.partition("?")
    base = base.rstrip("/")
    path = base if base.endswith("/v1/traces") else f"{base}/v1/traces"
    return path + mark + query


def one_line(value: str) -> str:
    """Returns the value without line breaks, so that it cannot begin another header."""
    return " ".join(value.split())
