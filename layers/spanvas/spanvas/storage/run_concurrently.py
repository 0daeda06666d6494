"""Several calls of AWS at the same time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Final

THREADS: Final = 4


def run_concurrently(calls: Sequence[Callable[[], None]]) -> None:
    """Blocks until all calls have finished. Re-raises the first error in the order of the list.

    Each runs in a copy of the caller's context, so an instrumentation that is suppressed there stays suppressed.

    What waits at the end of a process is written while the interpreter ends, which starts no thread any more (that is a
    RuntimeError): there they come one after the other, so a call has to bear being made twice.
    """
    if len(calls) == 1:
        calls[0]()
        return
    with ThreadPoolExecutor(min(len(calls), THREADS), "spanvas-calls") as pool:
        try:
            made = [pool.submit(copy_context().run, call) for call in calls]
        except RuntimeError:
            made = []
    for each in made:
        each.result()
    if not made:
        for call in calls:
            call()
