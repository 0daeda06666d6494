"""Errors that only the API and the OTLP endpoint raise; `spanvas.model.errors` lists all others.

SpanvasError
 ├─ UnauthenticatedError        no verified token came with the request
 ├─ ForbiddenError              the token is valid but lacks the tenant or the scope
 ├─ UnknownRouteError           no call has this method and path
 │   └─ TempoCallError          a path of Tempo's API that is not answered here
 ├─ ExecutorUnavailableError    the executor function could not be invoked; says when to try again
 ├─ DurableStateError           Lambda does not tell the state of one durable execution
 │   └─ DurableServiceError     Lambda tells the state of none at the moment
 ├─ SpanSourceError             what the backend answers that spans are read from is no trace
 │   ├─ SpanSourceUnavailableError  it does not answer now; says when to try again
 │   │   └─ SpanSourceTimeoutError  it did not answer in time
 │   ├─ SpanSourceRefusedError      it does not let Spanvas read
 │   └─ SpanSourceTooLargeError     the trace is larger than is read
 ├─ ResponseTooLargeError       the response is larger than Lambda can carry
 ├─ MethodNotAllowedError       the path is right, the method is not (OTLP)
 ├─ UnsupportedMediaTypeError   the body is in a type or coding that is not read here (OTLP)
 ├─ RateLimitedError            the tenant sends more than its share; says when to try again (OTLP)
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


class TempoCallError(UnknownRouteError):
    """The path is Tempo's, or looks like it, and is not answered here."""


class DurableStateError(SpanvasError):
    """Lambda does not tell the state of one durable execution. The message is Lambda's word for the error."""


class DurableServiceError(DurableStateError):
    """Lambda tells the state of no durable execution at the moment: it is not reached, or asked too often."""


class ExecutorUnavailableError(SpanvasError):
    """The executor function could not be invoked; the execution was not started."""

    def __init__(self, message: str, retry_after_seconds: int = 5) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class SpanSourceError(SpanvasError):
    """The backend that spans are read from gives no trace: it answers a page, a redirect, a part of a message.

    The message is for callers and names no address.
    """


class SpanSourceUnavailableError(SpanSourceError):
    """The backend does not answer now."""

    def __init__(self, message: str, retry_after_seconds: int = 5) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class SpanSourceTimeoutError(SpanSourceUnavailableError):
    """The backend did not answer within the time that a call has."""


class SpanSourceRefusedError(SpanSourceError):
    """The backend does not let Spanvas read: its credentials, which are the operator's, are wrong."""


class SpanSourceTooLargeError(SpanSourceError):
    """The trace is larger than is read at once, in bytes, in spans or in time."""


class ResponseTooLargeError(SpanvasError):
    """The response is larger than Lambda can carry: 6 MB, of which base64 takes a quarter."""


class InvalidBodyError(InvalidInputError):
    """The body could be read but does not fit; `field` names the part that does not."""


class MethodNotAllowedError(SpanvasError):
    """Spans are sent with POST alone."""


class UnsupportedMediaTypeError(SpanvasError):
    """`header` names the request header that gives the type or coding."""

    def __init__(self, message: str, header: str) -> None:
        super().__init__(message)
        self.header = header


class RateLimitedError(SpanvasError):
    """The tenant has sent more than its share; nothing of this request was kept."""

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
