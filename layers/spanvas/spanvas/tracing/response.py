"""What the caller of a function gets for its result, which may be an error: as Lambda and its runtime have it."""

from __future__ import annotations

from typing import Any, Final

MAX_BYTES: Final = 6_291_556
"""Largest response that Lambda takes: 6 MB and 100 bytes. Source: AWS, "Lambda quotas", and Lambda's own message."""
TOO_LARGE: Final = "Function.ResponseSizeTooLarge"
EXITED: Final = "Runtime.ExitError"


class ResponseFault(Exception):
    """The caller gets this error although the handler has returned. `error_type` is Lambda's own word for it."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error_type = error_type


def fault_of(error: BaseException) -> BaseException:
    """What the runtime reports when its marshaller raises: its own faults by their type and message, others as they
    are."""
    kind, message = getattr(error, "exception_type", None), getattr(error, "msg", None)
    if isinstance(kind, str) and isinstance(message, str):
        return ResponseFault(kind, message)
    return error


def fault_of_response(marshalled: Any) -> ResponseFault | None:
    """What becomes of a marshalled response, `(body, content type)`, that cannot be delivered; None where it can.

    The runtime sends a text as UTF-8, and its process ends where that has no such form (half of a surrogate pair).
    """
    body = marshalled[0]
    try:
        size = len(body) if isinstance(body, bytes) or body.isascii() else len(body.encode())
    except UnicodeEncodeError as error:
        return ResponseFault(EXITED, f"Runtime exited with error: exit status 1: {error}")
    if size <= MAX_BYTES:
        return None
    message = f"Response payload size exceeded maximum allowed payload size ({MAX_BYTES} bytes)."
    return ResponseFault(TOO_LARGE, message)
