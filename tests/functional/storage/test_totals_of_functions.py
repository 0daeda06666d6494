"""The history's totals of an execution that its functions have written are those of its trace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution import OVERDUE, Counters, totalled
from spanvas.model.span import Span
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import SpanBatch
from spanvas_api.recount import count_again
from tests.functional.storage.model_calls import (
    AGENTS,
    BESIDE,
    NESTED,
    Agent,
    Call,
    expected,
    spans_of,
)
from tests.functional.storage.processes import process_like
from tests.support.aws_in_process import mocked_store
from tests.support.builders import SECOND, T0, make_execution
from tests.support.property_size import examples

END = T0 + 100 * SECOND
SPANS = spans_of([Agent(None, [Call(3, NESTED)])])


class Functions:
    """Some processes that write one execution, and the sweep."""

    def __init__(self, sweep: DynamoTraceStore, number: int = 1) -> None:
        self.sweep = sweep
        self.stores = [process_like(sweep) for _ in range(number)]
        self.execution_id = uuid4().hex
        self.stores[0].start_execution(make_execution(self.execution_id))

    def write(self, *spans: Span, by: int = 0, is_last: bool = False) -> None:
        if spans:
            self.stores[by].write(SpanBatch("acme", self.execution_id, spans, is_last=is_last))

    def end(self, by: int = 0, status: str = "succeeded", at: int = END) -> None:
        self.stores[by].end_execution("acme", self.execution_id, status, at)

    def counters(self) -> Counters:
        execution = self.sweep.read_execution("acme", self.execution_id)
        assert execution is not None
        return execution.counters

    def marked(self) -> bool:
        """Whether the sweep is to count it again."""
        return ("acme", self.execution_id) in list(self.sweep.to_recount())

    def tokens(self) -> int | None:
        """Tokens in the history, all of whose totals are those of the trace."""
        trace = self.sweep.read_trace("acme", self.execution_id)
        assert trace is not None
        assert self.counters() == totalled(trace.execution, trace.rows).counters
        return self.counters().input_tokens


def recount(store: DynamoTraceStore) -> int:
    return count_again(store, lambda: True)


@pytest.fixture(scope="module")
def sweep() -> Iterator[DynamoTraceStore]:
    with mocked_store(lambda: T0) as store:
        yield store


def cut(spans: Sequence[Span], number: int) -> list[Sequence[Span]]:
    return [spans[start::number] for start in range(number)]


class TestOneFunction:
    @settings(max_examples=examples(60), deadline=None)
    @given(agents=AGENTS, random=st.randoms(use_true_random=False), flushes=st.integers(1, 4))
    def test_counts_each_call_once_when_it_ends(
        self, sweep: DynamoTraceStore, agents: list[Agent], random: Random, flushes: int
    ) -> None:
        spans = spans_of(agents)
        spans += random.sample(spans, len(spans) // 3)
        random.shuffle(spans)
        function = Functions(sweep)
        *first, last = cut(spans, flushes)
        for some in first:
            function.write(*some)
        function.write(*last, is_last=random.random() < 0.5)
        function.end()

        assert function.tokens() == expected(agents)
        assert not function.marked()

    def test_counts_spans_that_come_after_its_end(self, sweep: DynamoTraceStore) -> None:
        *first, last = spans_of([Agent(9, [Call(3, BESIDE)])])
        function = Functions(sweep)
        function.write(*first)
        function.end()
        function.write(last)

        assert function.tokens() == 3
        assert not function.marked()

    def test_counts_a_call_that_a_wrapper_counted_for_and_that_says_no_tokens_itself(
        self, sweep: DynamoTraceStore
    ) -> None:
        wrapper, call = spans_of([Agent(9, [Call(3, "once")])])[1:]
        function = Functions(sweep)
        function.write(wrapper)
        function.end()
        assert function.tokens() == 9
        function.write(cost_alone(call))
        assert function.marked()
        recount(sweep)

        assert function.tokens() is None

    def test_counts_what_was_written_when_the_answer_was_lost(
        self, sweep: DynamoTraceStore
    ) -> None:
        spans = spans_of([Agent(None, [Call(3, NESTED)])])
        function = Functions(sweep)
        process_like(sweep).write(SpanBatch("acme", "elsewhere", spans))
        (store,) = function.stores
        list(store._spans.put(SpanBatch("acme", function.execution_id, spans)))
        function.write(*spans)
        function.end()

        assert function.tokens() == 3

    def test_counts_a_batch_again_whose_counters_could_not_be_added(
        self, sweep: DynamoTraceStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spans = spans_of([Agent(None, [Call(3, NESTED)])])
        function = Functions(sweep)
        (store,) = function.stores
        with monkeypatch.context() as patched:
            patched.setattr(store._executions, "change", unavailable)
            with pytest.raises(StoreUnavailableError):
                function.write(*spans)
        function.write(*spans)

        assert function.counters().spans == 4
        function.end()
        assert function.tokens() == 3

    def test_one_with_more_spans_than_a_process_keeps_is_counted_by_the_sweep(
        self, sweep: DynamoTraceStore
    ) -> None:
        function = Functions(sweep)
        function.stores[0]._spans._totals._own._most_rows = 3
        for span in spans_of([Agent(9, [Call(3, BESIDE), Call(4, NESTED)])]):
            function.write(span)
        function.end()
        recount(sweep)

        assert function.tokens() == 7


class TestTheLastBatch:
    """Its counters go with the end."""

    def test_is_counted_by_the_end_alone(self, sweep: DynamoTraceStore) -> None:
        function = Functions(sweep)
        function.write(*SPANS, is_last=True)
        assert function.counters() == Counters()
        function.end()

        assert function.tokens() == 3
        assert not function.marked()

    def test_is_counted_by_an_end_that_was_not_taken_at_first(
        self, sweep: DynamoTraceStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        function = Functions(sweep)
        function.write(*SPANS, is_last=True)
        with monkeypatch.context() as patched:
            patched.setattr(function.stores[0]._executions, "change", unavailable)
            with pytest.raises(StoreUnavailableError):
                function.end()
        function.end()

        assert function.tokens() == 3
        assert not function.marked()

    def test_is_counted_once_where_it_is_written_again(self, sweep: DynamoTraceStore) -> None:
        function = Functions(sweep)
        function.write(*SPANS, is_last=True)
        function.write(*SPANS, is_last=True)
        function.end()
        function.write(*SPANS)

        assert function.tokens() == 3
        assert not function.marked()

    def test_is_counted_once_where_it_is_not_the_last_after_all(
        self, sweep: DynamoTraceStore
    ) -> None:
        function = Functions(sweep)
        function.write(*SPANS, is_last=True)
        function.write(*SPANS)
        assert function.counters().spans == 4
        function.end(status="lost")

        assert function.tokens() == 3

    def test_is_counted_where_the_end_is_of_one_that_was_lost(
        self, sweep: DynamoTraceStore
    ) -> None:
        function = Functions(sweep)
        function.write(*SPANS, is_last=True)
        function.end(status="lost")

        assert function.tokens() == 3

    def test_is_counted_where_a_later_end_is_stored(self, sweep: DynamoTraceStore) -> None:
        function = Functions(sweep)
        function.end(at=END + SECOND)
        function.write(*SPANS, is_last=True)
        function.end()

        assert function.tokens() == 3
        assert not function.marked()

    def test_makes_and_ends_an_execution_that_is_not_there(self, sweep: DynamoTraceStore) -> None:
        function = Functions(sweep)
        function.execution_id = uuid4().hex
        function.write(*SPANS, is_last=True)
        function.end()

        execution = sweep.read_execution("acme", function.execution_id)
        assert execution is not None
        assert execution.status == "succeeded"
        assert function.tokens() == 3

    def test_is_counted_where_the_process_has_forgotten_it(self, sweep: DynamoTraceStore) -> None:
        function = Functions(sweep)
        function.stores[0]._spans._totals._own._most_rows = 3
        function.write(*SPANS, is_last=True)
        function.end()

        assert function.counters().spans == 4

    def test_says_whose_it_is(self, sweep: DynamoTraceStore) -> None:
        function = Functions(sweep)
        said = {"session.id": "s-1", "user.id": "u-1"}
        function.write(replace(SPANS[0], attributes=said), is_last=True)
        function.end()

        execution = sweep.read_execution("acme", function.execution_id)
        assert execution is not None
        assert (execution.session_id, execution.user_id) == ("s-1", "u-1")

    def test_does_not_say_it_where_it_was_said_before(self, sweep: DynamoTraceStore) -> None:
        function = Functions(sweep)
        function.write(replace(SPANS[0], attributes={"session.id": "s-1"}))
        function.write(replace(SPANS[1], attributes={"session.id": "s-2"}), is_last=True)
        function.end()

        execution = sweep.read_execution("acme", function.execution_id)
        assert execution is not None
        assert execution.session_id == "s-1"


class TestSeveralFunctions:
    @settings(max_examples=examples(60), deadline=None)
    @given(
        agents=AGENTS,
        random=st.randoms(use_true_random=False),
        number=st.integers(2, 3),
        late=st.booleans(),
    )
    def test_are_counted_by_the_sweep(
        self,
        sweep: DynamoTraceStore,
        agents: list[Agent],
        random: Random,
        number: int,
        late: bool,
    ) -> None:
        spans = spans_of(agents)
        spans += random.sample(spans, len(spans) // 3)
        random.shuffle(spans)
        functions = Functions(sweep, number)
        for turn, some in enumerate(cut(spans, 5)):
            if late and turn == 3:
                functions.end()
            functions.write(*some, by=turn % number)
        functions.end(by=number - 1)
        recount(sweep)

        assert functions.tokens() == expected(agents)
        assert not functions.marked()

    def test_one_that_ends_what_another_has_written_is_marked_once(
        self, sweep: DynamoTraceStore
    ) -> None:
        functions = Functions(sweep, 2)
        agent, call = spans_of([Agent(9, [Call(3, "once")])])[1:]
        functions.write(agent)
        functions.write(call, by=1)
        functions.end()
        assert functions.marked()
        assert functions.counters().input_tokens == 12

        assert recount(sweep) == 1
        assert recount(sweep) == 0
        assert functions.tokens() == 3

    def test_one_that_goes_on_is_counted_when_it_has_ended_again(
        self, sweep: DynamoTraceStore
    ) -> None:
        functions = Functions(sweep, 2)
        agent, call = spans_of([Agent(9, [Call(3, "once")])])[1:]
        functions.write(agent)
        functions.write(call, by=1)
        functions.end()
        again = make_execution(
            functions.execution_id,
            began_at_unix_nano=END + SECOND,
            deadline_unix_nano=END + 60 * SECOND,
        )
        functions.stores[1].start_execution(again)
        assert not functions.marked()
        functions.stores[1].end_execution(
            "acme", functions.execution_id, "failed", END + 2 * SECOND
        )
        recount(sweep)

        assert functions.tokens() == 3

    def test_a_marked_one_is_not_closed_as_lost(self, sweep: DynamoTraceStore) -> None:
        functions = Functions(sweep, 2)
        functions.write(*spans_of([]), by=1)
        seen = sweep.read_execution("acme", functions.execution_id)
        assert seen is not None
        functions.end()

        assert functions.marked()
        assert sweep.close_as_lost(seen, OVERDUE) is False
        recount(sweep)

    def test_one_that_is_written_meanwhile_is_counted_next_time(
        self, sweep: DynamoTraceStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        functions = Functions(sweep, 2)
        spans = spans_of([Agent(9, [Call(3, "once")])])
        functions.write(spans[0], spans[1])
        functions.write(spans[2], by=1)
        functions.end()
        read = sweep.read_trace

        def written_meanwhile(*key: str) -> Any:
            trace = read(*key)
            functions.write(*spans_of([Agent(9, [Call(3, NESTED)])])[3:], by=1)
            return trace

        with monkeypatch.context() as patched:
            patched.setattr(sweep, "read_trace", written_meanwhile)
            assert recount(sweep) == 0
        assert recount(sweep) == 1
        assert functions.tokens() == 3


def cost_alone(call: Span) -> Span:
    return replace(call, attributes={"gen_ai.usage.cost": 0.5})


def unavailable(*_: Any, **__: Any) -> None:
    raise StoreUnavailableError("the store failed: it is down", 5)
