"""How many examples the two largest property suites try: few in `make test`, all in `make check`."""

from __future__ import annotations

import os
from typing import Final

IS_WHOLE: Final = os.environ.get("PROPERTY_TESTS") == "whole"
SHARE: Final = 10
"""Of the examples, one in so many is tried where not all are."""


def examples(number: int) -> int:
    """Return `number` where PROPERTY_TESTS is `whole`, as `make check` sets it, else a tenth of it."""
    return number if IS_WHOLE else number // SHARE
