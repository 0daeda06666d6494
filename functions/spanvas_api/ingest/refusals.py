"""Errors as the OTLP endpoint tells them: an HTTP status that says whether to try again, and a google.rpc.Status.

Clients retry 429, 502, 503 and 504, and nothing else (OTLP specification, "Retryable Response Codes").
"""

from __future__ import annotations

from typing import Final, NamedTuple

from spanvas.model.errors import (
    InvalidInputError,
    StoreUnavailableError,
    TooLargeError,
    UnreadableItemError,
)
from spanvas.otlp import messages
from spanvas_api.errors import (
    ForbiddenError,
    MethodNotAllowedError,
    RateLimitedError,
    UnauthenticatedError,
    UnsupportedMediaTypeError,
)
from spanvas_api.ingest.message import OtlpResponse


class StatusRule(NamedTuple):
    """`code` is of google/rpc/code.proto. An empty `message` means that the error's own is fit to be read."""

    error: type[Exception]
    status: int
    code: int
    message: str = ""


RULES: Final = (
    StatusRule(UnauthenticatedError, 401, 16),
    StatusRule(ForbiddenError, 403, 7),
    StatusRule(MethodNotAllowedError, 405, 12),
    StatusRule(TooLargeError, 413, 11),
    StatusRule(UnsupportedMediaTypeError, 415, 3),
    StatusRule(InvalidInputError, 400, 3),
    StatusRule(RateLimitedError, 429, 8),
    StatusRule(UnreadableItemError, 409, 9, "What is stored of the execution cannot be read."),
    StatusRule(StoreUnavailableError, 503, 14, "The store does not answer; send the same again."),
)
UNKNOWN: Final = StatusRule(Exception, 500, 13, "Something went wrong; the failure was logged.")


def is_expected(error: Exception) -> bool:
    """Whether the table knows the error; what it does not know must be logged with its traceback."""
    return _rule_for(error) is not UNKNOWN


def refusal(error: Exception, media_type: str) -> OtlpResponse:
    """Returns the response to an error, in the encoding of the request."""
    rule = _rule_for(error)
    headers: dict[str, str] = {}
    field = error.field if isinstance(error, InvalidInputError) and rule.status == 400 else ""
    if isinstance(error, (RateLimitedError, StoreUnavailableError)):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, MethodNotAllowedError):
        headers["Allow"] = "POST"
    if isinstance(error, UnsupportedMediaTypeError) and error.header == "content-encoding":
        headers["Accept-Encoding"] = "gzip"
    if isinstance(error, UnauthenticatedError):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, ForbiddenError) and error.scope:
        headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{error.scope}"'
    message = rule.message or str(error)
    return OtlpResponse(
        rule.status, messages.status(media_type, rule.code, message, field), headers
    )


def _rule_for(error: Exception) -> StatusRule:
    return next((rule for rule in RULES if isinstance(error, rule.error)), UNKNOWN)
