"""An execution is counted by its first end, in every store, and what comes later adds what is new."""

from __future__ import annotations

import pytest

from spanvas.model.execution import OVERDUE, Counters
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import CountedEnd, TraceStore
from tests.functional.storage.batches import batch
from tests.functional.storage.conftest import WITH_DYNAMODB
from tests.functional.storage.processes import process_like
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span


def write_call(store: TraceStore, label: str, tokens: int) -> None:
    attributes = {"gen_ai.usage.input_tokens": tokens, "gen_ai.usage.output_tokens": 1}
    store.write(batch(make_span(label, kind="model", attributes=attributes)))


def end(
    store: TraceStore, name: str, second: int = 5, status: str = "succeeded"
) -> CountedEnd | None:
    return store.end_execution("acme", "exec_1", status, T0 + second * SECOND, counted_as=name)


def tokens(counted: CountedEnd | None) -> tuple[bool, int | None]:
    assert counted is not None
    return counted.is_first, counted.counters.input_tokens


class TestCountedEnds:
    def test_the_first_end_counts_with_all_that_is_stored(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        write_call(store, "a", 10)
        counted = end(store, "one")
        assert counted is not None
        assert counted.is_first
        assert counted.counters == Counters(
            spans=1, input_tokens=10, output_tokens=1, unpriced=1, cost_nano_usd=None
        )
        assert (counted.execution.status, counted.execution.workflow_id) == (
            "succeeded",
            "support-triage",
        )

    def test_an_end_whose_answer_was_lost_is_still_the_first(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        assert [tokens(end(store, "one"))[0] for _ in range(2)] == [True, True]

    def test_a_further_end_counts_only_what_was_written_since(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        write_call(store, "a", 10)
        assert tokens(end(store, "one", 5, "failed")) == (True, 10)
        write_call(store, "b", 7)
        assert tokens(end(store, "two", 9)) == (False, 7)
        assert tokens(end(store, "three", 11))[1] in (0, None)

    @pytest.mark.parametrize("status", ["lost", "waiting"])
    def test_an_execution_that_is_given_up_or_waits_is_not_counted_yet(
        self, store: TraceStore, status: str
    ) -> None:
        store.start_execution(make_execution())
        assert end(store, "one", 5, status) is None
        assert tokens(end(store, "two", 9)) == (True, None)

    def test_an_end_that_is_not_the_latest_counts_nothing(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        assert tokens(end(store, "two", 9)) == (True, None)
        assert end(store, "one", 5) is None

    def test_an_end_without_a_name_is_not_counted(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        assert end(store, "") is None
        assert tokens(end(store, "one", 9)) == (True, None)

    def test_what_was_closed_as_lost_was_counted_by_who_closed_it(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        clock.advance(61)
        execution = store.read_execution("acme", "exec_1")
        assert execution is not None
        assert not execution.counted_as
        assert store.close_as_lost(execution, OVERDUE)
        closed = store.read_execution("acme", "exec_1")
        assert closed is not None
        assert closed.counted_as == "lost"
        assert tokens(end(store, "one", 90))[0] is False


@pytest.mark.parametrize("store", WITH_DYNAMODB, indirect=True)
def test_the_process_that_ends_it_tells_what_others_have_written(real: DynamoTraceStore) -> None:
    first, second, third = (process_like(real) for _ in range(3))
    first.start_execution(make_execution())
    write_call(first, "a", 10)
    write_call(second, "b", 5)
    assert tokens(end(second, "one", 5, "failed")) == (True, 15)
    write_call(third, "c", 3)
    assert tokens(end(third, "two", 9)) == (False, 3)
