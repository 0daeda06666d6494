"""Durations as Go writes them: `300ms`, `1.5s`, `1h30m`; and with days, weeks and years, as Prometheus has them."""

from __future__ import annotations

import re
from typing import Final

from spanvas.model.units import MS, NANO

UNITS: Final = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": MS,
    "s": NANO,
    "m": 60 * NANO,
    "h": 3_600 * NANO,
    "d": 86_400 * NANO,
    "w": 7 * 86_400 * NANO,
    "y": 365 * 86_400 * NANO,
}
_PART: Final = r"(?:\d{1,12}(?:\.\d{0,12})?)(?:ns|us|µs|μs|ms|s|m|h|d|w|y)"
DURATION: Final = rf"(?:{_PART})+(?![A-Za-z0-9_.])"
"""A duration, as a pattern."""
_DURATION: Final = re.compile(rf"(?:{_PART})+")
_PARTS: Final = re.compile(r"(\d+)(?:\.(\d*))?(\D+)")


def duration_nano(text: str) -> int | None:
    """Returns a duration in nanoseconds; None where the text is none."""
    if text == "0":
        return 0
    if not _DURATION.fullmatch(text):
        return None
    total = 0
    for whole, fraction, unit in _PARTS.findall(text):
        total += int(whole) * UNITS[unit]
        if fraction:
            total += int(fraction) * UNITS[unit] // 10 ** len(fraction)
    return total
