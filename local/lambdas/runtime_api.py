"""The Lambda Runtime API for one sandbox, on a port of its own.

Source: AWS, "Using the Lambda runtime API for custom runtimes" (version 2018-06-01). The Extensions API is not there.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from local.http_message import Request, Response
from local.http_server import HttpServer
from local.lambdas.invocation import MAX_RESPONSE_BYTES, Invocation

PREFIX = "/2018-06-01/runtime/"
JSON = [("Content-Type", "application/json")]
ACCEPTED = Response(202, b'{"status":"OK"}', JSON)


@dataclass(frozen=True, slots=True)
class Event:
    """What the runtime or its process did: ready, finished, failed, init_failed, too_large or exited."""

    kind: str
    payload: bytes = b""
    request_id: str = ""
    code: int = 0


class RuntimeApi:
    """Hands invocations to the runtime and puts what it answers into `events`."""

    def __init__(
        self,
        name: str,
        function_arn: str,
        timeout_seconds: int,
        events: queue.SimpleQueue[Event],
        freeze: Callable[[], None],
        thaw: Callable[[], None],
    ) -> None:
        self._arn = function_arn
        self._timeout_seconds = timeout_seconds
        self._events = events
        self._freeze = freeze
        self._thaw = thaw
        self._pending: queue.SimpleQueue[Invocation | None] = queue.SimpleQueue()
        self._current = ""
        self._lock = threading.Lock()
        self._server = HttpServer(name=name).start(self._handle)

    @property
    def address(self) -> str:
        """The host and port for AWS_LAMBDA_RUNTIME_API."""
        return self._server.url.removeprefix("http://")

    def submit(self, invocation: Invocation) -> None:
        """Hands the sandbox its next invocation, and lets it run."""
        with self._lock:
            self._pending.put(invocation)
            self._thaw()

    def stop(self) -> None:
        """Ends the API, and the runtime's wait for the next invocation."""
        self._pending.put(None)
        self._server.stop()

    def _handle(self, request: Request) -> Response:
        call = request.raw_path.removeprefix(PREFIX)
        if call == "invocation/next":
            return self._next()
        if call == "restore/next":
            return Response(200, b"", JSON)
        if call in ("init/error", "restore/error"):
            self._events.put(Event("init_failed", request.body))
            return ACCEPTED
        parts = call.split("/")
        if len(parts) == 3 and parts[0] == "invocation" and request.method == "POST":
            return self._finish(parts[1], parts[2], request)
        return Response(404, b"{}", JSON)

    def _next(self) -> Response:
        self._events.put(Event("ready"))
        with self._lock:
            if self._pending.empty():
                self._freeze()
        invocation = self._pending.get()
        if invocation is None:
            return Response(410, b"{}", JSON)
        with self._lock:
            self._current = invocation.request_id
        deadline_ms = int(time.time() * 1000) + self._timeout_seconds * 1000
        arn = f"{self._arn}:{invocation.qualifier}" if invocation.qualifier else self._arn
        headers = [
            *JSON,
            ("Lambda-Runtime-Aws-Request-Id", invocation.request_id),
            ("Lambda-Runtime-Deadline-Ms", str(deadline_ms)),
            ("Lambda-Runtime-Invoked-Function-Arn", arn),
            ("Lambda-Runtime-Trace-Id", invocation.trace_header),
        ]
        if invocation.client_context:
            headers.append(("Lambda-Runtime-Client-Context", invocation.client_context))
        return Response(200, invocation.payload, headers)

    def _finish(self, request_id: str, what: str, request: Request) -> Response:
        with self._lock:
            if request_id != self._current:
                return refusal(400, "InvalidRequestID", "Invalid request ID")
            self._current = ""
        if what == "error":
            self._events.put(Event("failed", request.body, request_id))
        elif len(request.body) > MAX_RESPONSE_BYTES:
            self._events.put(Event("too_large", b"", request_id))
            message = f"Exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes)."
            return refusal(413, "RequestEntityTooLarge", message)
        else:
            self._events.put(Event("finished", request.body, request_id))
        return ACCEPTED


def refusal(status: int, error_type: str, message: str) -> Response:
    """Returns an error as the Runtime API has it."""
    body = json.dumps({"errorType": error_type, "errorMessage": message}).encode()
    return Response(status, body, JSON)
