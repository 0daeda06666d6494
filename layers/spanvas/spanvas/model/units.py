"""Factors between units. Our times are whole nanoseconds, our costs whole nano-dollars; others count in larger ones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

NANO: Final = 1_000_000_000
"""Nanoseconds in a second, and nano-dollars in a dollar."""
MS: Final = 1_000_000
"""Nanoseconds in a millisecond."""
DAY_SECONDS: Final = 86_400

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def unix_nano_of(text: Any) -> int | None:
    """Returns a time in ISO 8601, `2026-11-22T19:00:00.123Z`, as Unix nanoseconds; None for anything else.

    A time without a zone is UTC.
    """
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
        since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - EPOCH
    except (ValueError, OverflowError):
        return None
    return (since.days * DAY_SECONDS + since.seconds) * NANO + since.microseconds * 1_000
