"""What only the API can run into; the rest is in `spanvas.model.errors`.

SpanvasError
 ├─ UnauthenticatedError        no verified token came with the request
 ├─ ForbiddenError              the token is valid but lacks the tenant or the scope
 ├─ UnknownRouteError           no call has this method and path
 ├─ ExecutorUnavailableError    the executor function could not be invoked; says when to try again
 ├─ AnswerTooLargeError         the answer is larger than Lambda can carry
 └─ InvalidInputError
     └─ InvalidBodyError        the body is JSON but does not fit; names the field
"""

from __future__ import annotations

from spanvas.model.errors import InvalidInputError, SpanvasError


class UnauthenticatedError(SpanvasError):
    """No verified token came with the request: the gateway's authorizer did not run."""


class ForbiddenError(SpanvasError):
    """`scope` is the one that is missing; empty when the token lacks its tenant or subject."""

    def __init__(self, message: str, scope: str = "") -> None:
        super().__init__(message)
        self.scope = scope


class UnknownRouteError(SpanvasError):
    """No call has this method and path."""


class ExecutorUnavailableError(SpanvasError):
    """The executor function could not be invoked; the execution was not started."""

    def __init__(self, message: str, retry_after_seconds: int = 5) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class AnswerTooLargeError(SpanvasError):
    """The answer is larger than Lambda can carry: 6 MB, of which base64 takes a quarter."""


class InvalidBodyError(InvalidInputError):
    """The body could be read but does not fit; `field` names the part that does not."""
