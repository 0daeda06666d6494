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
from spanvas.http.proxies import basic_authorization, proxy_of
from spanvas.otel_variables import DEFLATE, GZIP, UNCOMPRESSED, OtlpTarget

RETRYABLE: Final = frozenset({408, 429, 502, 503, 504})
WINDOWS: Final = {GZIP: 31, DEFLATE: 15}
"""zlib's numbers for the largest window, in gzip's format and in its own."""
LEVEL: Final = 1
MAX_PAUSE_SECONDS: Final = 300.0
PROTOBUF: Final = "application/x-protobuf"


class OtlpHttp:
    """POSTs protobuf to a target.

    A user and a password in the URL are sent as HTTP's basic authorization, unless a header names another one.

    Goes through the proxy that `environment` names for it, and signs with the credentials there for an endpoint of
    CloudWatch.
    """

    def __init__(self, target: OtlpTarget, environment: Mapping[str, str]) -> None:
        parts = urlsplit(target.url)
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._endpoint = Endpoint(
            target.url,
            proxy_of(target.url, environment),
            target.certificate,
            (target.client_certificate, target.client_key),
        )
        self._timeout_seconds = target.timeout_seconds
        self._compression = target.compression
        basic = basic_authorization(parts.username, parts.password)
        self._headers = {
            "host": self._endpoint.host,
            "user-agent": "Spanvas",
            **({"authorization": basic} if basic else {}),
            **{name.lower(): one_line(value) for name, value in target.headers.items()},
            "content-type": PROTOBUF,
        }
        if target.compression != UNCOMPRESSED:
            self._headers["content-encoding"] = target.compression
        self._sign = signing_for(self._endpoint.host, self._path, environment)

    def __call__(self, body: bytes) -> ExportResult:
        """Sends an ExportTraceServiceRequest once; returns what became of it.

        A connection that fails is a result too: nothing is raised.
        """
        data = compressed(body, self._compression)
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
    return min(max(0.0, seconds), MAX_PAUSE_SECONDS)  # in this order it also makes 0 of `nan`


def _until(date: str, now: float) -> float:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(date).timestamp() - now
    except ValueError:
        return 0.0


def compressed(body: bytes, coding: str) -> bytes:
    """Returns the body in a coding of HTTP: `gzip`, `deflate` (zlib's format), or `none`."""
    if coding == UNCOMPRESSED:
        return body
    compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, WINDOWS[coding])
    return compressor.compress(body) + compressor.flush()


def one_line(value: str) -> str:
    """Returns the value without line breaks, so that it cannot begin another header."""
    return " ".join(value.split())
