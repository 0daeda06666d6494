"""A token bucket for each tenant."""

from __future__ import annotations

import pytest

from spanvas_api.errors import RateLimitedError
from spanvas_api.ingest import rate_limit
from spanvas_api.ingest.rate_limit import RateLimit
from tests.support.builders import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_burst_is_taken_and_the_debt_says_when_to_come_back(clock) -> None:
    limit = RateLimit(100, 300, clock)
    limit.check("acme")
    limit.consume("acme", 850)
    with pytest.raises(RateLimitedError) as raised:
        limit.check("acme")
    assert raised.value.retry_after_seconds == 6
    clock.advance(5.4)
    with pytest.raises(RateLimitedError) as raised:
        limit.check("acme")
    assert raised.value.retry_after_seconds == 1
    clock.advance(0.2)
    limit.check("acme")


def test_a_bucket_never_holds_more_than_the_burst(clock) -> None:
    limit = RateLimit(100, 300, clock)
    limit.consume("acme", 1)
    clock.advance(3600)
    limit.consume("acme", 300)
    with pytest.raises(RateLimitedError):
        limit.check("acme")


def test_one_tenant_s_debt_is_no_other_s(clock) -> None:
    limit = RateLimit(100, 300, clock)
    limit.consume("acme", 10_000)
    limit.check("globex")


def test_a_clock_that_goes_back_gives_nothing(clock) -> None:
    limit = RateLimit(100, 300, clock)
    limit.consume("acme", 400)
    clock.advance(-50)
    with pytest.raises(RateLimitedError):
        limit.check("acme")


def test_the_longest_unused_bucket_is_forgotten(clock, monkeypatch) -> None:
    monkeypatch.setattr(rate_limit, "MAX_TENANTS", 2)
    limit = RateLimit(100, 300, clock)
    for tenant in ("a", "b", "a", "c"):
        limit.consume(tenant, 400)
    limit.check("b")
    with pytest.raises(RateLimitedError):
        limit.check("a")
