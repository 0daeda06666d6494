"""The HTTP API: throttle, route, authorize, invoke, answer; with API Gateway's own words where it refuses."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from local.gateway import access_log, cors
from local.gateway.authorizer import ForbiddenError, Grant, IssuerKeys, UnauthorizedError, authorize
from local.gateway.definition import HttpApiDefinition, Route, Throttle
from local.gateway.payload import InvalidAnswerError, build_event, read_answer
from local.gateway.routing import Router, decoded_path
from local.http_message import Request, Response
from local.lambdas.invocation import Invocation, InvocationResult, ThrottledError, new_trace_header

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 10 * 1024 * 1024
MAX_HEADER_BYTES = 10_240
INTEGRATION_SECONDS = 30.0


class Invoker(Protocol):
    """The part of Lambda that the gateway uses."""

    def invoke(self, name: str, invocation: Invocation) -> InvocationResult:
        """Invokes a function and waits for its result."""


class TokenBucket:
    """Throttling as API Gateway's: `burst` requests at once, refilled at `rate` a second."""

    def __init__(
        self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._tokens = float(burst)
        self._at = clock()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Takes one request from the bucket; returns False where it is empty."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
            self._at = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


def token_bucket(throttle: Throttle, clock: Callable[[], float]) -> TokenBucket:
    """Returns a full bucket for a throttle."""
    return TokenBucket(throttle.rate, throttle.burst, clock)


class HttpApi:
    """One HTTP API. `handle` is safe to call from many threads."""

    def __init__(
        self,
        definition: HttpApiDefinition,
        lambdas: Invoker,
        *,
        account_id: str,
        log: Path,
        keys: IssuerKeys | None = None,
        clock: Callable[[], float] = time.monotonic,
        integration_seconds: float = INTEGRATION_SECONDS,
    ) -> None:
        self._definition = definition
        self._lambdas = lambdas
        self._account_id = account_id
        self._log = log
        self._keys = keys or IssuerKeys()
        self._router = Router(definition.routes)
        self._bucket = token_bucket(definition.throttle, clock)
        self._route_buckets = {
            key: token_bucket(throttle, clock)
            for key, throttle in definition.route_throttles.items()
        }
        self._integration_seconds = integration_seconds
        self._is_stopped = False
        self._threads = ThreadPoolExecutor(max_workers=64, thread_name_prefix="integration")

    def stop(self) -> None:
        """Takes no more requests."""
        self._is_stopped = True
        self._threads.shutdown(wait=False, cancel_futures=True)

    def handle(self, request: Request) -> Response:
        """Answers a request and writes its line to the access log."""
        entry = access_log.Entry.begin(request)
        if self._definition.cors and cors.is_preflight(request):
            response = cors.preflight(self._definition.cors, request)
        else:
            response = self._answer(request, entry)
            cors.add_headers(self._definition.cors, request, response)
        response.headers.append(("apigw-requestid", entry.request_id))
        access_log.write(self._log, self._definition.access_log_format, entry, response)
        return response

    def _answer(self, request: Request, entry: access_log.Entry) -> Response:
        found = self._router.find(request.method, decoded_path(request.raw_path))
        bucket = self._route_buckets.get(found[0].key, self._bucket) if found else self._bucket
        if not bucket.take():
            return message(429, "Too Many Requests")
        if sum(len(name) + len(value) for name, value in request.headers.fields) > MAX_HEADER_BYTES:
            return message(431, "Request Header Fields Too Large")
        if len(request.body) > MAX_BODY_BYTES:
            return message(413, "Request Entity Too Large")
        if found is None:
            return message(404, "Not Found")
        route, parameters = found
        entry.route_key = route.key
        header = request.headers.get(route.authorizer.header) if route.authorizer else ""
        try:
            grant = authorize(route, header, self._keys)
        except UnauthorizedError as error:
            entry.authorizer_error = str(error)
            return unauthorized(str(error))
        except ForbiddenError:
            entry.authorizer_error = "insufficient_scope"
            return forbidden(route)
        if grant is not None:
            entry.claims = grant.claims
        return self._integrate(request, route, parameters, grant, entry)

    def _integrate(
        self,
        request: Request,
        route: Route,
        parameters: dict[str, str],
        grant: Grant | None,
        entry: access_log.Entry,
    ) -> Response:
        trace_header = request.headers.get("x-amzn-trace-id") or new_trace_header()
        event = build_event(
            request,
            route,
            parameters,
            grant,
            api_id=self._definition.api_id,
            account_id=self._account_id,
            request_id=entry.request_id,
            trace_header=trace_header,
        )
        invocation = Invocation(json.dumps(event).encode(), trace_header=trace_header)
        began = time.perf_counter()
        future = self._threads.submit(self._lambdas.invoke, route.function_name, invocation)
        try:
            outcome = future.result(self._integration_seconds)
        except TimeoutError:
            entry.integration_error = "Endpoint request timed out"
            return message(503, "Service Unavailable")
        except ThrottledError:
            entry.integration_error = "Lambda throttled the request"
            return message(503, "Service Unavailable")
        finally:
            entry.integration_ms = (time.perf_counter() - began) * 1000
        if outcome.failed:
            entry.integration_error = outcome.payload.decode("utf-8", "replace")[:500]
            if not self._is_stopped:
                logger.warning("%s failed: %s", route.function_name, entry.integration_error)
            return message(500, "Internal Server Error")
        try:
            return read_answer(outcome.payload)
        except InvalidAnswerError as error:
            entry.integration_error = str(error)
            return message(500, "Internal Server Error")


def message(status: int, text: str) -> Response:
    """The body of API Gateway's own answers."""
    body = json.dumps({"message": text}, separators=(",", ":")).encode()
    return Response(status, body, [("content-type", "application/json")])


def unauthorized(description: str) -> Response:
    """Returns the 401 of API Gateway."""
    response = message(401, "Unauthorized")
    challenge = "Bearer"
    if description:
        challenge = f'Bearer scope="" error="invalid_token" error_description="{description}"'
    response.headers.append(("www-authenticate", challenge))
    return response


def forbidden(route: Route) -> Response:
    """Returns the 403 of a token that lacks the route's scopes."""
    response = message(403, "Forbidden")
    scopes = " ".join(route.scopes)
    challenge = f'Bearer scope="{scopes}" error="insufficient_scope"'
    response.headers.append(("www-authenticate", challenge))
    return response
