"""How much memory a piece of code takes at most."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager


class Peak:
    """`bytes` is known when the block has ended."""

    bytes = 0


@contextmanager
def peak_memory() -> Iterator[Peak]:
    """Measure the most memory that Python has allocated inside the block, above what it had before."""
    peak = Peak()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        yield peak
        _, most = tracemalloc.get_traced_memory()
        peak.bytes = most - before
    finally:
        tracemalloc.stop()
