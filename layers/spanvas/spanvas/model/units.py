"""Factors between units. Our times are whole nanoseconds, our costs whole nano-dollars; others count in larger ones."""

from __future__ import annotations

from typing import Final

NANO: Final = 1_000_000_000
"""Nanoseconds in a second, and nano-dollars in a dollar."""
MS: Final = 1_000_000
"""Nanoseconds in a millisecond."""
DAY_SECONDS: Final = 86_400
