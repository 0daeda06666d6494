"""What only the OTLP endpoint can run into; the rest is in `spanvas_api.errors` and `spanvas.model.errors`.

SpanvasError
 ├─ MethodNotAllowedError       the path is right, the method is not
 ├─ UnsupportedMediaTypeError   the body is in a type or coding that is not read here
 └─ RateLimitedError            the tenant sends more than its share; says when to try again
"""

from __future__ import annotations

from spanvas.model.errors import SpanvasError


class MethodNotAllowedError(SpanvasError):
    """Spans are sent with POST alone."""


class UnsupportedMediaTypeError(SpanvasError):
    """`header` names what says so."""

    def __init__(self, message: str, header: str) -> None:
        super().__init__(message)
        self.header = header


class RateLimitedError(SpanvasError):
    """The tenant has sent more than its share; nothing of this request was kept."""

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
