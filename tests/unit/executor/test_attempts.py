"""Trying again, with a clock that only moves when the executor sleeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from executor.attempts import backoff_ms, with_attempts
from executor.document import Retry
from executor.errors import NodeError
from tests.support.executor_builders import FakeTime, resources_of
from tests.support.recording_tracing import RecordingTracing

POLICY = Retry(max_attempts=3, backoff_ms=100, multiplier=2)


def throttled(**fields: float) -> NodeError:
    return NodeError("ThrottlingException", "too many", is_retryable=True, **fields)


def failing(*errors: NodeError) -> Callable[[], str]:
    """Work that raises these in order, then succeeds."""
    left = list(errors)

    def work() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return work


@pytest.mark.parametrize(
    ("failed_attempts", "chance", "expected"),
    [(1, 0.0, 100), (2, 0.0, 200), (3, 0.0, 400), (9, 0.0, 1_000), (1, 0.5, 75), (1, 1.0, 50)],
)
def test_the_wait_doubles_up_to_its_maximum_less_some_chance(
    failed_attempts: int, chance: float, expected: int
) -> None:
    policy = Retry(max_attempts=3, backoff_ms=100, multiplier=2, max_backoff_ms=1_000)
    assert backoff_ms(policy, failed_attempts, chance) == expected


def test_each_attempt_is_a_span_with_the_wait_before_it() -> None:
    tracing, time = RecordingTracing(), FakeTime()
    result = with_attempts(
        POLICY, resources_of(tracing, time=time), failing(throttled(), throttled())
    )
    assert result == "done"
    assert time.slept == [0.1, 0.2]
    assert [(span.name, span.attributes["backoff_ms"]) for span in tracing.root.children] == [
        ("attempt 1", None),
        ("attempt 2", 100),
        ("attempt 3", 200),
    ]
    assert [span.error is None for span in tracing.root.children] == [False, False, True]


def test_a_policy_of_one_attempt_has_no_attempt_span() -> None:
    tracing = RecordingTracing()
    with pytest.raises(NodeError, match=r"^too many$"):
        with_attempts(Retry(), resources_of(tracing), failing(throttled()))
    assert tracing.root.children == []


def test_the_last_error_says_how_many_attempts_there_were() -> None:
    with pytest.raises(NodeError, match=r"^too many; gave up after 3 attempts$") as raised:
        with_attempts(POLICY, resources_of(), failing(throttled(), throttled(), throttled()))
    assert raised.value.error_type == "ThrottlingException"


def test_an_error_that_will_not_pass_is_not_tried_again() -> None:
    tracing = RecordingTracing()
    refused = NodeError("ValidationException", "no such model")
    with pytest.raises(NodeError, match=r"^no such model$"):
        with_attempts(POLICY, resources_of(tracing), failing(refused))
    assert len(tracing.root.children) == 1


def test_a_service_that_says_when_to_come_back_is_obeyed() -> None:
    time = FakeTime()
    with_attempts(POLICY, resources_of(time=time), failing(throttled(retry_after_seconds=2.0)))
    assert time.slept == [2.0]


def test_no_wait_goes_beyond_the_functions_time() -> None:
    time = FakeTime(remaining_ms=1_650)
    with pytest.raises(NodeError) as raised:
        with_attempts(POLICY, resources_of(time=time), failing(throttled(), throttled()))
    assert time.slept == [0.1]
    assert raised.value.message == (
        "too many; gave up after 2 of 3 attempts: "
        "the next one in 200 ms would not end before the function's timeout"
    )
