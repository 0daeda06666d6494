"""What can go wrong, as types.

SpanvasError
 ├─ NotFoundError            absent, expired or foreign: never told apart
 ├─ InvalidInputError        a caller's value is unusable; names the field
 │   └─ TooLargeError        it is larger than the limit that the message states
 ├─ ConflictError            what was asked contradicts what is stored
 ├─ StoreUnavailableError    the store throttles or is down; says when to try again
 └─ UnreadableItemError      a stored item cannot be decoded; names the item (`model.unreadable`)
"""

from __future__ import annotations


class SpanvasError(Exception):
    """Base of every error that Spanvas raises on purpose."""


class NotFoundError(SpanvasError):
    """The thing does not exist for this caller: absent, expired and foreign look the same."""


class InvalidInputError(SpanvasError):
    """`field` names the input that is unusable, as the caller wrote it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class TooLargeError(InvalidInputError):
    """The input is larger than a limit, which the message states."""


class ConflictError(SpanvasError):
    """What was asked contradicts what is stored."""


class StoreUnavailableError(SpanvasError):
    """DynamoDB or S3 throttled, timed out or failed; nothing was acknowledged."""

    def __init__(self, message: str, retry_after_seconds: int = 1, code: str = "") -> None:
        """`code` is what AWS called it, where it has said anything."""
        super().__init__(message)
        self.code = code
        self.retry_after_seconds = retry_after_seconds
