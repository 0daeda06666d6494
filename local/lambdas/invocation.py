"""One invocation of a function: what goes in, what comes out, and Lambda's words for what can go wrong."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field

MAX_PAYLOAD_BYTES = 6 * 1024 * 1024
MAX_RESPONSE_BYTES = 6_291_556  # Lambda's own figure: 6 MB and 100 bytes
MAX_ASYNC_PAYLOAD_BYTES = 1024 * 1024


def new_request_id() -> str:
    """Returns a new request id: a UUID of version 4."""
    raw = os.urandom(16).hex()
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-a{raw[17:20]}-{raw[20:]}"


def new_trace_header() -> str:
    """An X-Ray header that is not sampled, as Lambda makes when the caller sends none."""
    return f"Root=1-{int(time.time()):08x}-{os.urandom(12).hex()};Sampled=0"


@dataclass(slots=True)
class Invocation:
    """`client_context` is JSON text; `trace_header` the value of X-Amzn-Trace-Id."""

    payload: bytes
    request_id: str = field(default_factory=new_request_id)
    trace_header: str = field(default_factory=new_trace_header)
    client_context: str = ""
    qualifier: str = ""


@dataclass(frozen=True, slots=True)
class InvocationResult:
    """`error` is empty, or `Unhandled` as in X-Amz-Function-Error. The duration is the handler's, without init."""

    payload: bytes
    error: str = ""
    duration_ms: float = 0.0
    init_ms: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether the function failed."""
        return bool(self.error)


class ThrottledError(Exception):
    """Every sandbox that the function may have is busy."""


def failure(error_type: str, message: str) -> InvocationResult:
    """Returns the outcome of a function that failed without an answer of its own."""
    body = {"errorType": error_type, "errorMessage": message}
    return InvocationResult(json.dumps(body).encode(), error="Unhandled")


def timed_out(request_id: str, seconds: int) -> InvocationResult:
    """Returns the outcome of a function that ran out of time."""
    return failure(
        "Sandbox.Timedout",
        f"RequestId: {request_id} Error: Task timed out after {seconds}.00 seconds",
    )


def runtime_exited(request_id: str, code: int) -> InvocationResult:
    """Returns the outcome of a function whose process ended; a negative code is a signal's number."""
    reason = f"signal: {-code}" if code < 0 else f"exit status {code}"
    return failure(
        "Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited with error: {reason}"
    )


def response_too_large() -> InvocationResult:
    """Returns the outcome of an answer that is larger than Lambda takes."""
    return failure(
        "Function.ResponseSizeTooLarge",
        f"Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE_BYTES} bytes).",
    )
