"""Lambda's Invoke API: `POST /2015-03-31/functions/{name}/invocations`, synchronous and asynchronous.

Source: AWS Lambda API reference, "Invoke", and the developer guide, "How Lambda handles errors and retries with
asynchronous invocation".
"""

from __future__ import annotations

import base64
import hmac
import json
import logging
import threading
import time
from collections.abc import Callable
from urllib.parse import parse_qs, unquote

from local.http_message import Request, Response
from local.lambdas.invocation import (
    MAX_ASYNC_PAYLOAD_BYTES,
    MAX_PAYLOAD_BYTES,
    Invocation,
    InvocationResult,
    ThrottledError,
)
from local.lambdas.pool import Pool
from local.resources import Function, function_name_of

logger = logging.getLogger(__name__)

PREFIX = "/2015-03-31/functions/"
SUFFIX = "/invocations"
RETRY_DELAYS_SECONDS = (60.0, 120.0)  # Lambda's waits before the second and the third attempt
THROTTLE_WAIT_SECONDS = 1.0


class LambdaService:
    """All functions of the template.

    `send` hands a record to a function's on-failure destination. Where there is a `secret`, requests come from the
    engine of AWS alone, which has it, and has checked their signatures and rights.
    """

    def __init__(
        self,
        send: Callable[[Function, str], object],
        secret: str = "",
        *,
        retry_delays_seconds: tuple[float, ...] = RETRY_DELAYS_SECONDS,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self._pools: dict[str, Pool] = {}
        self._send = send
        self._secret = secret
        self._retry_delays_seconds = retry_delays_seconds
        self._stopped = threading.Event()
        self._sleep = sleep or self._stopped.wait

    def stop(self) -> None:
        """Ends all attempts and all sandboxes."""
        self._stopped.set()
        for pool in self._pools.values():
            pool.stop()

    def add(self, pool: Pool) -> None:
        """Adds a function."""
        self._pools[pool.function.name] = pool

    def pool(self, name: str) -> Pool:
        """Returns the sandboxes of a function. Raises KeyError."""
        return self._pools[name]

    def invoke(self, name: str, invocation: Invocation) -> InvocationResult:
        """Synchronous. Raises KeyError for an unknown function, ThrottledError where it is at its limit."""
        return self._pools[name].invoke(invocation)

    def invoke_later(
        self, name: str, invocation: Invocation, retry_attempts: int | None = None
    ) -> None:
        """Asynchronous: attempts follow each other in a thread of their own until one succeeds."""
        function = self._pools[name].function
        attempts = 1 + (function.retry_attempts if retry_attempts is None else retry_attempts)
        threading.Thread(
            target=self._attempt,
            args=(function, invocation, attempts),
            name=f"async-{function.logical_id}",
            daemon=True,
        ).start()

    def handle(self, request: Request) -> Response:
        """The HTTP face, as boto3 calls it."""
        path, given = request.raw_path, request.headers.get("authorization")
        if self._secret and not hmac.compare_digest(given, f"Bearer {self._secret}"):
            return error(403, "AccessDeniedException", "not a request of the engine of AWS")
        if request.method != "POST" or not path.startswith(PREFIX) or not path.endswith(SUFFIX):
            return error(404, "ResourceNotFoundException", "Not found")
        reference = unquote(path.removeprefix(PREFIX).removesuffix(SUFFIX))
        name = function_name_of(reference)
        if name not in self._pools:
            return error(404, "ResourceNotFoundException", f"Function not found: {reference}")
        return self._invoke_over_http(name, request)

    def _invoke_over_http(self, name: str, request: Request) -> Response:
        kind = request.headers.get("x-amz-invocation-type", "RequestResponse")
        limit = MAX_ASYNC_PAYLOAD_BYTES if kind == "Event" else MAX_PAYLOAD_BYTES
        if len(request.body) > limit:
            message = f"{len(request.body)} byte payload is too large for {kind} ({limit} bytes)"
            return error(413, "RequestTooLargeException", message)
        if not is_json(request.body):
            return error(
                400, "InvalidRequestContentException", "Could not parse request body into json"
            )
        if kind == "DryRun":
            return Response(204)
        invocation = to_invocation(request)
        headers = [("x-amzn-RequestId", invocation.request_id)]
        if kind == "Event":
            self.invoke_later(name, invocation)
            return Response(202, b"", headers)
        try:
            outcome = self.invoke(name, invocation)
        except ThrottledError:
            return error(429, "TooManyRequestsException", "Rate Exceeded.")
        headers += [("Content-Type", "application/json"), ("X-Amz-Executed-Version", "$LATEST")]
        if outcome.failed:
            headers.append(("X-Amz-Function-Error", outcome.error))
        return Response(200, outcome.payload, headers)

    def _attempt(self, function: Function, invocation: Invocation, attempts: int) -> None:
        began = time.monotonic()
        made = 0
        while not self._stopped.is_set():
            try:
                outcome = self._pools[function.name].invoke(invocation)
            except ThrottledError:
                if time.monotonic() - began > function.max_event_age_seconds:
                    return self._give_up(function, invocation, "EventAgeExceeded", made, None)
                self._sleep(THROTTLE_WAIT_SECONDS)
                continue
            made += 1
            if not outcome.failed or self._stopped.is_set():
                return None
            logger.warning("%s failed: %s", function.name, outcome.payload.decode(errors="replace"))
            if made >= attempts:
                return self._give_up(function, invocation, "RetriesExhausted", made, outcome)
            delays = self._retry_delays_seconds
            self._sleep(delays[min(made, len(delays)) - 1])
        return None

    def _give_up(
        self,
        function: Function,
        invocation: Invocation,
        condition: str,
        made: int,
        outcome: InvocationResult | None,
    ) -> None:
        """Write the record that Lambda sends to the on-failure destination."""
        if not function.on_failure:
            return
        record = {
            "version": "1.0",
            "requestContext": {
                "requestId": invocation.request_id,
                "functionArn": f"{function.arn}:$LATEST",
                "condition": condition,
                "approximateInvokeCount": made,
            },
            "requestPayload": json.loads(invocation.payload or b"null"),
            "responsePayload": json.loads(outcome.payload) if outcome else None,
        }
        try:
            self._send(function, json.dumps(record))
        except Exception as error:  # noqa: BLE001 - as on Lambda, the event is lost then, and that is said
            logger.error("%s: an event that failed was not delivered: %s", function.name, error)


def to_invocation(request: Request) -> Invocation:
    """Returns the invocation that a request asks for."""
    context = request.headers.get("x-amz-client-context")
    qualifier = parse_qs(request.query).get("Qualifier", [""])[0]
    invocation = Invocation(
        payload=request.body or b"{}",
        client_context=base64.b64decode(context).decode() if context else "",
        qualifier=qualifier,
    )
    trace_header = request.headers.get("x-amzn-trace-id")
    if trace_header:
        invocation.trace_header = trace_header
    return invocation


def is_json(body: bytes) -> bool:
    """Returns whether a body is JSON; an empty one is."""
    if not body:
        return True
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def error(status: int, error_type: str, message: str) -> Response:
    """Returns an error as Lambda's API has it."""
    body = json.dumps({"Type": "User", "Message": message, "message": message}).encode()
    headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", error_type)]
    return Response(status, body, headers)
