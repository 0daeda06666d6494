"""Counts and warnings of what fails, and methods that never raise."""

from __future__ import annotations

import logging

import pytest

from spanvas.tracing.health import Health, guarded


def test_health_says_a_thing_once_and_counts_it_always(caplog: pytest.LogCaptureFixture) -> None:
    health = Health()
    with caplog.at_level(logging.WARNING, "spanvas"):
        for number in range(3):
            health.say_once("store.failed", "no store: %s", number)
    health.count("spans.dropped", 5)
    assert [record.getMessage() for record in caplog.records] == ["no store: 0"]
    assert health.counts() == {"store.failed": 3, "spans.dropped": 5}


def test_guarded_methods_answer_their_fallback_and_log_the_trouble_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Guarded:
        def __init__(self) -> None:
            self.problems = Health()

        @guarded(fallback=-1)
        def divide(self, by: int) -> int:
            """Ten parts."""
            return 10 // by

    guarded_one = Guarded()
    assert [guarded_one.divide(5), guarded_one.divide(0), guarded_one.divide(0)] == [2, -1, -1]
    assert guarded_one.divide.__doc__ == "Ten parts."
    assert guarded_one.problems.counts() == {"problem.divide": 2}
    (record,) = caplog.records
    assert record.exc_info is not None
