"""Errors as problem documents (RFC 9457): one table, by type, never by message.

Foreign and absent things give the same body but for the request id. What is not in the table is our own fault: 500,
with a body that says nothing of the inside.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from spanvas.model.errors import (
    ConflictError,
    InvalidInputError,
    NewerItemError,
    NotFoundError,
    StoreUnavailableError,
    TooLargeError,
    UnreadableItemError,
)
from spanvas_api.errors import (
    ExecutorUnavailableError,
    ForbiddenError,
    InvalidBodyError,
    ResponseTooLargeError,
    SpanSourceError,
    SpanSourceRefusedError,
    SpanSourceTimeoutError,
    SpanSourceTooLargeError,
    SpanSourceUnavailableError,
    TempoCallError,
    UnauthenticatedError,
    UnknownRouteError,
)

MEDIA_TYPE: Final = "application/problem+json"
TEXT_MEDIA_TYPE: Final = "text/plain; charset=utf-8"
"""Of Tempo's API, which says what went wrong in a sentence: the `detail`."""
TYPE_PREFIX: Final = "urn:spanvas:problem:"


class ProblemRule(NamedTuple):
    """How one type of error is told. An empty `detail` means that the error's own message is fit to be read."""

    error: type[Exception]
    status: int
    slug: str
    title: str
    detail: str = ""


RULES: Final = (
    ProblemRule(NotFoundError, 404, "not-found", "Not found", "There is no such thing here."),
    ProblemRule(
        TempoCallError,
        404,
        "not-in-tempos-api",
        "No such call",
        "Spanvas answers a part of Tempo's API: traces by id, search and tags. This path is not in it, nor are metrics "
        "of TraceQL.",
    ),
    ProblemRule(UnknownRouteError, 404, "unknown-route", "No such call", "No call has this path."),
    ProblemRule(UnauthenticatedError, 401, "unauthenticated", "Not signed in"),
    ProblemRule(ForbiddenError, 403, "forbidden", "Not allowed"),
    ProblemRule(TooLargeError, 413, "too-large", "Too large"),
    ProblemRule(InvalidBodyError, 422, "invalid-body", "The body does not fit"),
    ProblemRule(InvalidInputError, 400, "invalid-input", "The request is malformed"),
    ProblemRule(
        ResponseTooLargeError,
        500,
        "answer-too-large",
        "The answer is too large",
        "It is more than can be carried at once; with `Accept-Encoding: gzip` three times as much fits.",
    ),
    ProblemRule(
        NewerItemError,
        409,
        "newer-version",
        "Written by a newer version",
        "A newer version of Spanvas has written this, in a form that the API does not know yet.",
    ),
    ProblemRule(
        UnreadableItemError,
        409,
        "unreadable",
        "Cannot be read",
        "It is there, but in a form that cannot be read. The log names the item.",
    ),
    ProblemRule(ConflictError, 409, "conflict", "In conflict with what is stored"),
    ProblemRule(
        StoreUnavailableError,
        503,
        "store-unavailable",
        "The store does not answer",
        "Nothing was changed; try again.",
    ),
    ProblemRule(
        ExecutorUnavailableError,
        503,
        "executor-unavailable",
        "The executor does not answer",
        "The execution was not started; it is kept as failed. Try again.",
    ),
    ProblemRule(SpanSourceTimeoutError, 504, "span-source-timeout", "The backend is too slow"),
    ProblemRule(
        SpanSourceUnavailableError,
        503,
        "span-source-unavailable",
        "The backend does not answer",
    ),
    ProblemRule(SpanSourceRefusedError, 502, "span-source-refused", "The backend refuses Spanvas"),
    ProblemRule(SpanSourceTooLargeError, 502, "span-source-too-large", "The trace is too large"),
    ProblemRule(SpanSourceError, 502, "span-source-answer", "The backend's answer is no trace"),
)
UNKNOWN: Final = ProblemRule(
    Exception,
    500,
    "internal",
    "Something went wrong",
    "The failure was logged with this request id.",
)


class ProblemResponse(NamedTuple):
    """A problem document and the headers that belong to it."""

    status: int
    body: dict[str, object]
    headers: dict[str, str]


def is_expected(error: Exception) -> bool:
    """Whether the table knows the error; what it does not know must be logged with its traceback."""
    return rule_for(error) is not UNKNOWN


def rule_for(error: Exception) -> ProblemRule:
    """The first rule whose type fits: subclasses stand before their bases."""
    return next((rule for rule in RULES if isinstance(error, rule.error)), UNKNOWN)


def problem_for(error: Exception, request_id: str) -> ProblemResponse:
    """How an error is answered."""
    rule = rule_for(error)
    body: dict[str, object] = {
        "type": TYPE_PREFIX + rule.slug,
        "title": rule.title,
        "status": rule.status,
        "detail": rule.detail or str(error),
    }
    headers: dict[str, str] = {}
    if isinstance(error, InvalidInputError):
        body["errors"] = [{"field": error.field, "message": error.message}]
    if isinstance(
        error, StoreUnavailableError | ExecutorUnavailableError | SpanSourceUnavailableError
    ):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, UnauthenticatedError):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, ForbiddenError) and error.scope:
        # RFC 6750, section 3.1
        headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{error.scope}"'
    body["request_id"] = request_id
    return ProblemResponse(rule.status, body, headers)
