"""The breaker that stops calls to a failing store."""

from __future__ import annotations

from spanvas.tracing.worker import Breaker
from tests.support.recording import Seconds


def test_breaker_opens_after_two_failures_in_a_row_and_lets_one_try_through_later() -> None:
    clock = Seconds()
    breaker = Breaker(clock, failures=2, open_seconds=30)
    breaker.record(False)
    breaker.record(True)
    breaker.record(False)
    assert not breaker.is_open
    breaker.record(False)
    assert breaker.is_open
    clock.now += 30
    assert not breaker.is_open
    breaker.record(False)
    assert breaker.is_open
    clock.now += 30
    breaker.record(True)
    breaker.record(False)
    assert not breaker.is_open
