"""What can become of a request to an OTLP endpoint."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


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
