"""A circuit breaker: after two failures in a row, nothing is tried for a while."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

FAILURES: Final = 2
OPEN_SECONDS: Final = 30.0


class Breaker:
    """Fed with an exporter's own results, not with those of a flush: the SDK's says True whatever happened.

    Open: nothing is allowed. After `open_seconds` one try is allowed; if it fails, the time starts again.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        failures: int = FAILURES,
        open_seconds: float = OPEN_SECONDS,
    ) -> None:
        self._clock = clock
        self._allowed_failures = failures
        self._open_seconds = open_seconds
        self._failures = 0
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        return self._clock() < self._open_until

    @property
    def is_doubtful(self) -> bool:
        """Whether the last thing that was heard is a failure: the next try is not worth a long wait."""
        return self._failures > 0

    def record(self, succeeded: bool) -> None:
        if succeeded:
            self._failures = 0
            self._open_until = 0.0
            return
        self._failures += 1
        if self._failures >= self._allowed_failures:
            self._open_until = self._clock() + self._open_seconds

    def pause(self, seconds: float) -> None:
        """Leave it alone for so long, as it has asked to be."""
        self._open_until = max(self._open_until, self._clock() + seconds)
