"""Which times can be right. Clocks are wrong by years: a machine that begins at 1970, milliseconds or a monotonic clock
where Unix nanoseconds belong. What one such span says does not move the run that it is part of.

Two things tell: the time at which spans arrive, and that nobody traced before 2010. Where all times of a run are wrong
in the same way (a trace of long ago that is sent again), they are right among themselves, and are taken as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from spanvas.model.units import DAY_SECONDS, NANO

BEFORE_TRACING: Final = 1_262_304_000 * NANO
"""2010-01-01."""
LONGEST_NANO: Final = 730 * DAY_SECONDS * NANO
"""From the start of a span to its arrival. AWS runs a durable function or a state machine for a year at most."""
AHEAD_NANO: Final = DAY_SECONDS * NANO
"""By how much a clock may be ahead of ours."""
AFTERWARDS_NANO: Final = 31 * DAY_SECONDS * NANO
"""How long after the end of its execution a span may begin: queues keep messages for 14 days."""


def doubt(time_unix_nano: int, seen_at_unix_nano: int) -> int:
    """Returns 0 for a time that can be right, seen at the other; 1 for one of another time, 2 for none at all."""
    if time_unix_nano < BEFORE_TRACING:
        return 2
    age = seen_at_unix_nano - time_unix_nano
    return 0 if -AHEAD_NANO <= age <= LONGEST_NANO else 1


def earliest(times: Iterable[int], seen_at_unix_nano: int) -> int:
    """Returns the earliest of those that are doubted least."""
    return min(times, key=lambda time: (doubt(time, seen_at_unix_nano), time))


def latest(times: Iterable[int], seen_at_unix_nano: int) -> int:
    """Returns the latest of those that are doubted least."""
    return min(times, key=lambda time: (doubt(time, seen_at_unix_nano), -time))


def plausible_times(start: int, end: int, seen_at_unix_nano: int) -> tuple[int, int]:
    """Returns start and end of a span: one that is doubted more than the other is the other, and none ends before it
    starts."""
    doubts = doubt(start, seen_at_unix_nano), doubt(end, seen_at_unix_nano)
    if doubts[0] > doubts[1]:
        return end, end
    return start, start if doubts[1] > doubts[0] else max(start, end)


def span_of_time(started_at: int, ended_at: int | None, now_unix_nano: int) -> tuple[int, int]:
    """Returns the first and the last time, in Unix nanoseconds, that a span of an execution can have."""
    end = max(started_at, now_unix_nano if ended_at is None else ended_at)
    last = end + AFTERWARDS_NANO
    if end <= now_unix_nano:
        last = min(last, now_unix_nano + AHEAD_NANO)
    return started_at - AHEAD_NANO, last
