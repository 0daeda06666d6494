"""What can go wrong, as types.

SpanvasError
 ├─ NotFoundError            absent, expired or foreign: never told apart
 ├─ InvalidInputError        a caller's value is unusable; names the field
 │   └─ TooLargeError        it is larger than the limit that the message states
 ├─ ConflictError            what was asked contradicts what is stored
 ├─ StoreUnavailableError    the store throttles or is down; says when to try again
 └─ UnreadableItemError      a stored item cannot be decoded; names the item
     └─ NewerItemError       a newer version of Spanvas has written it

Subclasses of these are in `otlp.errors` (a body that is not OTLP) and in `spanvas_api.errors` (what only the API and
the OTLP endpoint raise). `storage.decoding.MalformedError` and `http.failures.CallError` never leave
the store: its methods raise the errors above instead.
"""

from __future__ import annotations

from typing import Final, NamedTuple


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


NEWER_VERSION: Final = "newer_version"
MALFORMED: Final = "malformed"


class UnreadableItem(NamedTuple):
    """Which item, and why. `reason` names fields and types, never a value: it is written to logs.

    `is_newer`: a newer version of Spanvas has written it. `position` is the item's place in the list that was read.
    """

    pk: str
    sk: str
    reason: str
    is_newer: bool = False
    position: str = ""
    is_absent: bool = False
    """The object that it points at is not there: its time may be over, by a retention that was shortened since."""

    @property
    def why(self) -> str:
        """The word that the API uses for the reason: `newer_version` or `malformed`."""
        return NEWER_VERSION if self.is_newer else MALFORMED


class UnreadableItemError(SpanvasError):
    """What was asked for is in the store, and cannot be decoded by this version."""

    def __init__(self, item: UnreadableItem) -> None:
        super().__init__(f"{item.pk} {item.sk}: {item.reason}")
        self.item = item


class NewerItemError(UnreadableItemError):
    """The stored item was written by a newer version of Spanvas, in a form that this one cannot decode."""
