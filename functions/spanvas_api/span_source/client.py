"""Asks a backend for a trace, once, within a time for all of it, and says what went wrong in words for callers."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from aws_lambda_powertools import Logger

from spanvas.collector.http import one_line, pause_of
from spanvas.http.connections import Endpoint, HttpRequest
from spanvas.http.exchange import ExchangeError, HttpResponse, TooLongError
from spanvas.http.proxies import proxy_of
from spanvas.settings import Settings
from spanvas_api.errors import (
    SpanSourceError,
    SpanSourceRefusedError,
    SpanSourceTimeoutError,
    SpanSourceUnavailableError,
)
from spanvas_api.span_source.answers import (
    MAX_BYTES,
    BackendTrace,
    answer_of,
    form_of,
    inflated,
    too_long,
)
from spanvas_api.span_source.backends import BACKENDS

TENANT: Final = "{tenant}"
ABSENT: Final = frozenset({204, 404})
REFUSED: Final = frozenset({401, 403, 407})
BUSY: Final = frozenset({408, 425, 429})
TOO_LARGE: Final = frozenset({413, 422})
"""422 is Tempo's answer where a trace is over the limit of its querier."""
LEAST_PAUSE_SECONDS: Final = 2.0
MOST_PAUSE_SECONDS: Final = 60.0
"""For how long a backend is left alone that does not answer, whatever it asks for."""

logger = Logger(service="trace-api", child=True)


class SourceClient:
    """Reads traces from the backend of the settings. Connections are not kept: a function is frozen between calls.

    A backend that did not answer is asked again when its `Retry-After` is over; callers are told so meanwhile.
    """

    def __init__(
        self,
        settings: Settings,
        environment: Mapping[str, str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.backend = BACKENDS[settings.span_source]
        self._settings = settings
        self._environment = environment
        self._clock = clock
        self._paused_until = -math.inf
        headers = {**settings.span_source_headers, **settings.span_source_tenant_header}
        self._headers = {name.lower(): value for name, value in headers.items()}
        self.keeps_tenants_apart = any(TENANT in value for value in headers.values())
        """Whether each request names the tenant to the backend, so that it answers spans of no other."""

    def trace(self, tenant: str, trace_id: str) -> BackendTrace | None:
        """Returns the spans of a trace; None where the backend has none of it. Raises SpanSourceError."""
        left = self._paused_until - self._clock()
        if left > 0:
            raise SpanSourceUnavailableError(
                f"{self.backend.title} does not answer.", math.ceil(left)
            )
        try:
            answer = self._get(tenant, trace_id)
        except TimeoutError as error:
            raise self._slow() from error
        except TooLongError as error:
            raise too_long(self.backend.title) from error
        except ExchangeError as error:
            logger.warning("span source answers no HTTP", reason=str(error))
            raise SpanSourceError(f"{self.backend.title}'s answer is not HTTP.") from error
        except (
            OSError,
            ValueError,
        ) as error:  # ValueError: a proxy or a header that cannot be used
            logger.warning("span source not reached", reason=f"{type(error).__name__}: {error}")
            raise self._unavailable(f"{self.backend.title} cannot be reached.") from error
        return self._spans_of(answer)

    def _get(self, tenant: str, trace_id: str) -> HttpResponse:
        url = self._settings.span_source_url
        endpoint = Endpoint(
            url,
            proxy_of(url, self._environment),
            self._settings.span_source_certificate,
            max_body=MAX_BYTES,
        )
        headers = {
            "host": endpoint.host,
            "user-agent": "Spanvas",
            "accept": self.backend.accept,
            "accept-encoding": "gzip",
            **{
                name: one_line(value.replace(TENANT, tenant))
                for name, value in self._headers.items()
            },
            "connection": "close",
        }
        path = urlsplit(url).path + self.backend.path.format(trace_id=trace_id)
        request = HttpRequest("GET", path, headers, lambda: (b"",), 0)
        try:
            seconds = self._settings.span_source_timeout_ms / 1_000
            return endpoint.send(lambda: request, seconds, attempts=1)
        finally:
            endpoint.close()

    def _spans_of(self, answer: HttpResponse) -> BackendTrace | None:
        status, title = answer.status, self.backend.title
        media_type = answer.headers.get("content-type", "").lower()
        if status == 200:
            coding = answer.headers.get("content-encoding", "").lower()
            body = inflated(answer.body, coding, title)
            return answer_of(body, media_type, title)
        if status in ABSENT and form_of(answer.body, media_type) != "a web page":
            return None
        logger.warning("span source refuses", status=status, media_type=media_type)
        if status in REFUSED:
            raise SpanSourceRefusedError(
                f"{title} does not let Spanvas read (status {status}). Its operator has to look at the credentials."
            )
        if status in TOO_LARGE:
            raise too_long(title)
        if status in BUSY or status >= 500:
            pause = pause_of(answer.headers.get("retry-after", ""), time.time())
            why = "is asked too often" if status == 429 else "does not answer"
            raise self._unavailable(f"{title} {why} (status {status}).", pause)
        if 300 <= status < 400:
            raise SpanSourceError(
                f"{title} has answered by a redirect, which is not followed (status {status})."
            )
        raise SpanSourceError(
            f"What answers in the place of {title} has no traces (status {status})."
        )

    def _slow(self) -> SpanSourceTimeoutError:
        seconds = self._settings.span_source_timeout_ms / 1_000
        self._pause(LEAST_PAUSE_SECONDS)
        return SpanSourceTimeoutError(
            f"{self.backend.title} did not answer in time ({seconds:g} s at most)."
        )

    def _unavailable(self, message: str, pause: float = 0.0) -> SpanSourceUnavailableError:
        seconds = self._pause(pause)
        return SpanSourceUnavailableError(message, math.ceil(seconds))

    def _pause(self, seconds: float) -> float:
        seconds = min(max(seconds, LEAST_PAUSE_SECONDS), MOST_PAUSE_SECONDS)
        self._paused_until = max(self._paused_until, self._clock() + seconds)
        return seconds
