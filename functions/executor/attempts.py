"""Trying again: which errors, how often, after how long, and each attempt a span of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from executor.document import Retry
from executor.errors import NodeError
from executor.resources import Resources

Result = TypeVar("Result")


def backoff_ms(policy: Retry, failed_attempts: int, chance: float) -> int:
    """Milliseconds to wait after so many failed attempts: exponential, less up to half of itself by `chance`."""
    longest = min(
        policy.backoff_ms * policy.multiplier ** (failed_attempts - 1), policy.max_backoff_ms
    )
    return round(longest * (1 - chance / 2))


def with_attempts(policy: Retry, resources: Resources, work: Callable[[], Result]) -> Result:
    """The result of the first attempt that succeeds. Raises the last NodeError, saying what was tried.

    Only errors that are retryable are tried again, and only while the wait fits into the function's time. A policy
    of one attempt has no attempt span: the node's own says it all.
    """
    if policy.max_attempts == 1:
        return work()
    waited_ms: int | None = None
    number = 1
    while True:
        try:
            with resources.tracing.attempt(number, backoff_ms=waited_ms):
                return work()
        except NodeError as error:
            if not error.is_retryable:
                raise
            if number == policy.max_attempts:
                raise error.after(f"gave up after {number} attempts") from error
            waited_ms = max(
                backoff_ms(policy, number, resources.chance()),
                round(error.retry_after_seconds * 1_000),
            )
            if waited_ms / 1_000 >= resources.seconds_left():
                raise error.after(
                    f"gave up after {number} of {policy.max_attempts} attempts: "
                    f"the next one in {waited_ms} ms would not end before the function's timeout"
                ) from error
        resources.sleep(waited_ms / 1_000)
        number += 1
