"""Spans are written in any order and any number of times, and read back whole, in every store."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from spanvas.model.execution import Counters, count
from spanvas.storage.port import TraceStore
from tests.functional.storage.batches import batch, model_span
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span, span_id
from tests.support.overdue import overdue
from tests.support.stored_spans import stored_span


class TestSpans:
    def test_a_written_span_is_in_the_trace_and_read_back_whole(self, store: TraceStore) -> None:
        span = make_span(
            "a", attributes={"spanvas.node.id": "classify", "n": 1, "l": [1, "x", None]}
        )
        store.start_execution(make_execution())
        store.write(batch(span))

        trace = store.read_trace("acme", "exec_1")

        assert trace is not None
        [row] = trace.rows
        assert (row.name, row.node_id, row.status) == ("a", "classify", "ok")
        assert (row.start_time_unix_nano, row.end_time_unix_nano) == (T0, T0 + SECOND)
        assert stored_span(store, "acme", "exec_1", span_id("a")) == span

    def test_the_same_batch_twice_is_one_chunk_and_counts_once(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        spans = (make_span("a"), model_span("b", parent="a"))

        first = store.write(batch(*spans))
        again = store.write(batch(*reversed(spans)))

        assert len(first.chunk_ids) == 1
        assert first.chunk_ids == again.chunk_ids
        found = store.read_execution("acme", "exec_1")
        assert found is not None
        # 1,000 x 3,000 nano-USD + 100 x 15,000 nano-USD
        assert found.counters == Counters(
            spans=2, input_tokens=1000, output_tokens=100, cost_nano_usd=4_500_000
        )

    def test_other_versions_of_a_span_are_kept_and_read_the_shown_one_first(
        self, store: TraceStore
    ) -> None:
        started = make_span("a", end_time_unix_nano=None, status="unset", recorded_at_unix_nano=T0)
        first = make_span("a", attributes={"spanvas.output": "first"})
        other = make_span("a", attributes={"spanvas.output": "other"})
        last = make_span("a", end_time_unix_nano=T0 + 2 * SECOND)
        store.start_execution(make_execution())
        for span in (last, started, first, other):
            store.write(batch(span))
        store.write(batch(first, make_span("b")))

        versions = store.read_versions("acme", "exec_1", span_id("a"))

        assert versions[0] == last
        assert sorted(str(version.attributes) for version in versions[1:]) == [
            "{'spanvas.output': 'first'}",
            "{'spanvas.output': 'other'}",
        ]
        assert stored_span(store, "acme", "exec_1", span_id("a")) == last

    def test_a_span_that_is_not_there_has_no_versions(self, store: TraceStore) -> None:
        assert store.read_versions("acme", "exec_1", span_id("a")) == []
        store.start_execution(make_execution())
        assert store.read_versions("acme", "exec_1", span_id("a")) == []

    def test_the_ended_version_of_a_span_wins_in_any_order(self, store: TraceStore) -> None:
        ended = make_span("a")
        started = replace(ended, end_time_unix_nano=None, status="unset", recorded_at_unix_nano=T0)
        for name, versions in {"exec_1": (started, ended), "exec_2": (ended, started)}.items():
            store.start_execution(make_execution(name))
            for version in versions:
                store.write(batch(version, execution_id=name))

            trace = store.read_trace("acme", name)
            assert trace is not None
            assert [row.end_time_unix_nano for row in trace.rows] == [T0 + SECOND]
            assert trace.execution.counters.spans == 1
            found = stored_span(store, "acme", name, span_id("a"))
            assert found == ended
            assert store.read_versions("acme", name, span_id("a"), trace) == [ended]

    def test_spans_before_any_start_make_the_mapping(self, store: TraceStore) -> None:
        store.write(batch(make_span("a", attributes={"spanvas.workflow.id": "nightly"})))

        found = store.read_execution("acme", "exec_1")

        assert found is not None
        assert (found.status, found.workflow_id, found.counters.spans) == ("running", "nightly", 1)
        assert found.trace_id == "0af7651916cd43dd8448eb211c80319c"
        assert found.deadline_unix_nano == T0 + 901 * SECOND

    def test_late_spans_do_not_reopen_what_has_ended(self, store: TraceStore, clock: Clock) -> None:
        store.start_execution(make_execution())
        store.end_execution("acme", "exec_1", "succeeded", T0 + SECOND)
        store.write(batch(make_span("late")))
        clock.advance(1000)

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert (found.status, found.counters.spans) == ("succeeded", 1)
        assert overdue(store) == []

    def test_large_details_leave_the_table_and_come_back(self, store: TraceStore) -> None:
        text = "".join(hashlib.sha256(str(i).encode()).hexdigest() for i in range(2000))
        span = model_span("chat", attributes={"gen_ai.input.messages": text})
        store.start_execution(make_execution())
        store.write(batch(span))

        assert stored_span(store, "acme", "exec_1", span_id("chat")) == span

    def test_thousands_of_spans_in_one_batch_are_all_there(self, store: TraceStore) -> None:
        spans = [make_span(f"s{i:05d}", start=i / 1000) for i in range(4_100)]
        store.start_execution(make_execution())

        result = store.write(batch(*spans))

        trace = store.read_trace("acme", "exec_1")
        assert trace is not None
        assert len(result.chunk_ids) == 3
        assert len(trace.rows) == 4_100
        assert trace.execution.counters == count(trace.rows)
        assert stored_span(store, "acme", "exec_1", span_id("s04099")) == spans[4099]

    def test_dropped_spans_are_counted(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        store.write(batch(make_span(), dropped=7))

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert found.counters.dropped == 7

    def test_values_that_json_cannot_hold_are_kept_and_marked(self, store: TraceStore) -> None:
        odd = {
            "nan": float("nan"),
            "inf": float("-inf"),
            "huge": 10**30,
            "bytes": b"\x00\xff",
            "surrogate": "a\ud800b",
            "set": {1},
            "object": object(),
            "ke\ud800y": 1,
        }
        store.start_execution(make_execution())
        store.write(batch(make_span("odd", name="odd\ud800", attributes=odd), make_span("even")))

        trace = store.read_trace("acme", "exec_1")
        assert trace is not None
        assert sorted(row.name for row in trace.rows) == ["even", "odd\\ud800"]
        span = stored_span(store, "acme", "exec_1", span_id("odd"))
        assert span is not None
        assert span.attributes == {
            "nan": {"$float": "nan"},
            "inf": {"$float": "-inf"},
            "huge": {"$int": "1" + "0" * 30},
            "bytes": {"$bytes": "AP8="},
            "surrogate": {"$text": "a\\ud800b"},
            "set": [1],
            "object": {"$repr": "object"},
            "ke\\ud800y": 1,
        }

    def test_totals_that_a_crash_left_short_can_be_repaired_once(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        store.write(batch(make_span("a")))
        read = store.read_execution("acme", "exec_1")
        assert read is not None

        store.repair_counters(read, Counters(spans=5))
        store.repair_counters(read, Counters(spans=99))  # of the same revision: too late

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert found.counters == Counters(spans=5)

    def test_tokens_that_nobody_reported_are_unknown_and_those_reported_as_none_are_0(
        self, store: TraceStore
    ) -> None:
        nothing = {"gen_ai.request.model": "tiny", "gen_ai.usage.input_tokens": 5}
        free = {**nothing, "gen_ai.usage.output_tokens": 0, "gen_ai.usage.cost": 0}
        for name, attributes in {
            "exec_1": {"gen_ai.request.model": "tiny"},
            "exec_2": nothing,
            "exec_3": free,
        }.items():
            store.start_execution(make_execution(name))
            span = make_span("a", kind="model", attributes=attributes)
            store.write(batch(span, execution_id=name))

        found = [store.read_execution("acme", f"exec_{number}") for number in (1, 2, 3)]

        assert [execution and execution.counters for execution in found] == [
            Counters(spans=1, unpriced=1, unreported_calls=1),
            Counters(spans=1, input_tokens=5, unpriced=1),
            Counters(spans=1, input_tokens=5, output_tokens=0, cost_nano_usd=0),
        ]

    def test_a_repair_takes_away_what_nobody_reported(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        store.write(batch(model_span()))
        read = store.read_execution("acme", "exec_1")
        assert read is not None
        assert read.counters.input_tokens == 1000

        store.repair_counters(read, Counters(spans=1, unpriced=1, unreported_calls=1))

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert found.counters == Counters(spans=1, unpriced=1, unreported_calls=1)
