"""What can become of a request to an OTLP endpoint."""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

MAX_MESSAGE: Final = 300


class Outcome(Enum):
    """`LATER`: the same request may be taken later. `REFUSED`: never."""

    TAKEN = "taken"
    LATER = "later"
    TOO_LARGE = "too large"
    REFUSED = "refused"


class Result(NamedTuple):
    """`pause_seconds`: how long the endpoint wants to be left alone, 0 where it does not say. `rejected`: of a request
    that was taken, the spans that were not; they must not be sent again. `message`: the endpoint's own words."""

    outcome: Outcome
    pause_seconds: float = 0.0
    rejected: int = 0
    message: str = ""


def failure_of(error: BaseException) -> Result:
    """What an exception means that ended the sending: the connection has failed, or the settings cannot be used (a
    proxy that is not http://, a header that HTTP cannot carry). It may be another one next time."""
    return Result(Outcome.LATER, message=f"{type(error).__name__}: {error}"[:MAX_MESSAGE])
