"""The totals of an execution that has ended and gets more spans are right, and rarely read for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from random import Random
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spanvas.model.execution import totalled
from spanvas.model.span import Span
from spanvas.storage.dynamo import DynamoTraceStore
from tests.functional.storage.model_calls import (
    AGENTS,
    BESIDE,
    NESTED,
    THRICE,
    Agent,
    Call,
    expected,
    spans_of,
)
from tests.functional.storage.processes import process_like
from tests.functional.storage.received import TRACE, send

SEVERAL: Final = [Agent(7, []), Agent(50, [Call(3, BESIDE), Call(3, THRICE), Call(5, NESTED)])]
numbers = count(1)


@contextmanager
def readings_of_rows(store: DynamoTraceStore) -> Iterator[list[Any]]:
    events = store._executions._dynamodb.meta.events
    found: list[Any] = []

    def note(params: Any, **_: Any) -> None:
        if "sk BETWEEN" in params["KeyConditionExpression"]:
            found.append(params)

    events.register("provide-client-params.dynamodb.Query", note)
    try:
        yield found
    finally:
        events.unregister("provide-client-params.dynamodb.Query", note)


def input_tokens(store: DynamoTraceStore, trace_id: str = TRACE) -> int | None:
    """What the history says, which is what the trace says."""
    stored = store.read_execution("acme", trace_id)
    trace = store.read_trace("acme", trace_id)
    assert stored is not None
    assert trace is not None
    assert stored.counters == totalled(trace.execution, trace.rows).counters
    return stored.counters.input_tokens


@pytest.mark.parametrize("store", ["dynamodb"], indirect=True)
class TestEndedTotals:
    @pytest.mark.parametrize("is_reversed", [False, True])
    def test_what_one_process_has_written_is_not_read_again(
        self, real: DynamoTraceStore, is_reversed: bool
    ) -> None:
        spans = spans_of(SEVERAL)
        with readings_of_rows(real) as readings:
            for span in reversed(spans) if is_reversed else spans:
                send(real, span)

        assert readings == []
        assert input_tokens(real) == 18

    def test_the_same_span_again_counts_once(self, real: DynamoTraceStore) -> None:
        *others, last = spans_of(SEVERAL)
        send(real, *others)
        send(real, last)
        send(real, last, others[-1])

        assert input_tokens(real) == 18

    def test_what_another_process_has_written_is_read(self, real: DynamoTraceStore) -> None:
        first, *others, last = spans_of(SEVERAL)
        send(real, first)
        send(process_like(real), *others)
        with readings_of_rows(real) as readings:
            send(real, last)

        assert len(readings) == 1
        assert input_tokens(real) == 18

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(AGENTS, st.randoms(use_true_random=False), st.integers(1, 5))
    def test_in_any_order_by_any_process_each_call_counts_once(
        self, real: DynamoTraceStore, agents: list[Agent], random: Random, requests: int
    ) -> None:
        trace_id = f"{next(numbers):032x}"
        spans = [of_trace(span, trace_id) for span in spans_of(agents)]
        spans += random.sample(spans, len(spans) // 3)
        random.shuffle(spans)
        processes = [real, process_like(real)]
        for start in range(requests):
            if some := spans[start::requests]:
                send(random.choice(processes), *some)

        assert input_tokens(real, trace_id) == expected(agents)


def of_trace(span: Span, trace_id: str) -> Span:
    return replace(span, trace_id=trace_id)
