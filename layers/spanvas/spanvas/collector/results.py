"""What can become of a request to an OTLP endpoint."""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

MAX_MESSAGE: Final = 300


class ExportOutcome(Enum):
    """What became of a request. `LATER`: the same request may be accepted later. `REFUSED`: never."""

    TAKEN = "taken"
    LATER = "later"
    TOO_LARGE = "too large"
    REFUSED = "refused"


class ExportResult(NamedTuple):
    """`pause_seconds`: how long the endpoint wants to be left alone, 0 where it does not say. `rejected`: of a request
    that was taken, the spans that were not; they must not be sent again. `message`: the endpoint's own words."""

    outcome: ExportOutcome
    pause_seconds: float = 0.0
    rejected: int = 0
    message: str = ""


def failure_of(error: BaseException) -> ExportResult:
    """Returns the result for an exception that ended the sending: `LATER`, since the next attempt may not raise it.

    The connection has failed, or a setting cannot be used: a proxy that is not http://, or a header that HTTP cannot
    carry.
    """
    return ExportResult(
        ExportOutcome.LATER, message=f"{type(error).__name__}: {error}"[:MAX_MESSAGE]
    )
