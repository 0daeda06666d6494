"""The span tree: rows, status, content and its record."""

from __future__ import annotations

import pytest

from spanvas.model.execution import Counters
from spanvas.model.span import Event
from tests.functional.api.traces import TRACE, WITHOUT_CONTENT, write
from tests.support.api_client import Client, LambdaContext
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span, span_id


class TestRows:
    def test_they_come_in_pre_order_with_what_the_tree_shows(
        self, api: Client, run: AuditedStore
    ) -> None:
        body = api.get(TRACE).json

        assert body["status"] == "COMPLETE"
        assert "reason" not in body
        assert body["execution"]["completeness"]["missing"] == []
        assert body["rows"] == [
            {
                "span_id": "72756e2e2e2e2e2e",
                "depth": 0,
                "name": "run",
                "kind": "workflow",
                "start_time_unix_nano": "1790000000000000000",
                "end_time_unix_nano": "1790000003000000000",
                "status": "ok",
            },
            {
                "span_id": "636c617373696679",
                "parent_span_id": "72756e2e2e2e2e2e",
                "depth": 1,
                "name": "classify",
                "kind": "node",
                "node_id": "classify",
                "start_time_unix_nano": "1790000001000000000",
                "end_time_unix_nano": "1790000002000000000",
                "status": "ok",
            },
            {
                "span_id": "636861742e2e2e2e",
                "parent_span_id": "636c617373696679",
                "depth": 2,
                "name": "chat",
                "kind": "model",
                "start_time_unix_nano": "1790000001200000000",
                "end_time_unix_nano": "1790000002200000000",
                "status": "ok",
                "model": "anthropic.claude-sonnet-4-20250514-v1:0",
                "provider": "aws.bedrock",
                "usage": {
                    "input_tokens": 1000,
                    "output_tokens": 100,
                    "cache_read_tokens": 0,
                    "cache_write_tokens": 0,
                    "reasoning_tokens": 0,
                },
                "cost_nano_usd": 4500000,
                "input_preview": "Where is it?",
                "output_preview": "On its way.",
            },
        ]

    def test_errors_attempts_and_artifacts_are_shown_in_their_rows(
        self, api: Client, store: AuditedStore
    ) -> None:
        store.start_execution(make_execution())
        write(
            store,
            make_span(
                "try",
                status="error",
                events=(
                    Event(
                        "exception",
                        T0,
                        {"exception.type": "TimeoutError", "exception.message": "too slow"},
                    ),
                ),
                attributes={
                    "spanvas.attempt.number": 2,
                    "spanvas.artifacts": [
                        {"id": "art_1", "name": "r.csv", "media_type": "text/csv", "bytes": 12}
                    ],
                },
            ),
        )

        (row,) = api.get(TRACE).json["rows"]

        assert row["error"] == {"type": "TimeoutError", "message": "too slow"}
        assert row["attempt"] == 2
        assert row["artifacts"] == [
            {"artifact_id": "art_1", "name": "r.csv", "media_type": "text/csv", "bytes": 12}
        ]

    def test_an_open_span_runs_until_its_deadline_and_is_lost_after_it(
        self, api: Client, store: AuditedStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution(deadline_unix_nano=T0 + 60 * SECOND))
        write(
            store,
            make_span("open", end_time_unix_nano=None, deadline_unix_nano=T0 + 10 * SECOND),
        )

        def row_status() -> str:
            return str(api.get(TRACE).json["rows"][0]["status"])

        assert row_status() == "running"
        clock.advance(11)
        assert row_status() == "lost"

    def test_a_lone_surrogate_and_a_huge_number_do_not_break_the_answer(
        self, api: Client, store: AuditedStore
    ) -> None:
        store.start_execution(make_execution())
        write(
            store,
            make_span(
                "odd", name="odd \ud800", attributes={"n": 10**40, "f": float("nan"), "b": b"\x00"}
            ),
        )

        (row,) = api.get(TRACE).json["rows"]
        span = api.get(f"/v1/executions/exec_1/spans/{row['span_id']}").json

        assert row["name"] == "odd \\ud800"
        assert span["attributes"] == {
            "n": {"$int": "1" + "0" * 40},
            "f": {"$float": "nan"},
            "b": {"$bytes": "AA=="},
        }


class TestStatus:
    def test_an_execution_that_runs_has_a_running_trace(
        self, api: Client, store: AuditedStore
    ) -> None:
        store.start_execution(make_execution())
        write(store, make_span())

        assert api.get(TRACE).json["status"] == "RUNNING"

    def test_a_trace_without_rows_says_why(
        self, api: Client, store: AuditedStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution(status="queued"))
        queued = api.get(TRACE).json
        clock.advance(61)
        lost = api.get(TRACE).json

        assert (queued["status"], queued["rows"]) == ("EMPTY", [])
        assert queued["reason"] == "The execution is queued and has not started yet."
        assert lost["reason"] == "The execution was lost before anything of it arrived."

    def test_a_partial_trace_says_what_is_missing(self, api: Client, store: AuditedStore) -> None:
        store.start_execution(make_execution())
        write(
            store,
            make_span("run", kind="workflow"),
            make_span("classify", "run", attributes={"spanvas.node.id": "classify"}),
            make_span("stray", "gone"),
            make_span("open", "run", end_time_unix_nano=None),
            dropped=2,
        )
        store.end_execution("acme", "exec_1", "succeeded", T0 + 3 * SECOND)

        body = api.get(TRACE).json

        assert body["status"] == "PARTIAL"
        assert body["reason"] == (
            "1 of 2 nodes are missing: reply; 2 spans could not be delivered; "
            "1 span never ended; 1 span came without the parent."
        )
        assert [row["marks"] for row in body["rows"] if row["name"] == "stray"] == [["orphan"]]

    def test_nodes_that_a_failure_kept_from_running_do_not_make_a_trace_partial(
        self, api: Client, store: AuditedStore
    ) -> None:
        store.start_execution(make_execution())
        write(store, make_span("classify", attributes={"spanvas.node.id": "classify"}))
        store.end_execution("acme", "exec_1", "failed", T0 + 3 * SECOND)

        assert api.get(TRACE).json["status"] == "COMPLETE"


class TestContent:
    def test_previews_are_shown_after_the_read_has_been_recorded(
        self, api: Client, run: AuditedStore
    ) -> None:
        body = api.get(TRACE).json

        assert body["content_access"] == "granted"
        assert [(a.principal, a.action, a.outcome) for a in run.accesses()] == [
            ("ada", "trace", "allowed")
        ]

    def test_without_the_scope_there_is_no_content_and_a_read_of_structure_is_recorded(
        self, api: Client, run: AuditedStore
    ) -> None:
        reply = api.acting_as(scope=WITHOUT_CONTENT).get(TRACE)

        assert reply.json["content_access"] == "denied"
        assert "Where is it?" not in reply.text
        assert "On its way." not in reply.text
        assert [(a.principal, a.action, a.outcome) for a in run.accesses()] == [
            ("ada", "trace", "structure")
        ]

    def test_a_trace_without_content_is_recorded_as_a_read_of_structure(
        self, api: Client, store: AuditedStore
    ) -> None:
        store.start_execution(make_execution())
        write(store, make_span())

        assert api.get(TRACE).json["content_access"] == "granted"
        assert [access.outcome for access in store.accesses()] == ["structure"]


class TestRepair:
    def test_totals_that_fell_short_are_corrected_for_this_reader_and_the_next(
        self, api: Client, run: AuditedStore
    ) -> None:
        run._change(("acme", "exec_1"), counters=Counters(spans=1, dropped=3))

        body = api.get(TRACE).json

        assert body["execution"]["counters"]["spans"] == 3
        assert body["execution"]["counters"]["input_tokens"] == 1000
        execution = run.read_execution("acme", "exec_1")
        assert execution is not None
        assert (execution.counters.spans, execution.counters.dropped) == (3, 3)

    def test_a_repair_that_fails_does_not_fail_the_answer(
        self, api: Client, run: AuditedStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run._change(("acme", "exec_1"), counters=Counters(spans=1))

        def fail(*_: object) -> None:
            from spanvas.model.errors import StoreUnavailableError

            raise StoreUnavailableError("throttled")

        monkeypatch.setattr(run, "repair_counters", fail)

        assert api.get(TRACE).json["execution"]["counters"]["spans"] == 3

    def test_a_closed_trace_and_the_history_count_the_same_spans_and_errors(
        self, api: Client, store: AuditedStore
    ) -> None:
        store.start_execution(make_execution())
        write(store, make_span("draft", "run", status="error"))
        write(store, make_span("run", kind="workflow", status="error"))
        write(store, make_span("send", "run", end_time_unix_nano=None, status="unset"))
        store.end_execution("acme", "exec_1", "failed", T0 + 3 * SECOND)

        trace = api.get(TRACE).json
        alone = api.get("/v1/executions/exec_1").json
        [listed] = api.get("/v1/executions").json["items"]

        assert (trace["total_rows"], [row["status"] for row in trace["rows"]]) == (
            3,
            ["error", "error", "lost"],
        )
        counters = trace["execution"]["counters"]
        assert (counters["spans"], counters["errors"]) == (3, 3)
        assert alone["counters"] == listed["counters"] == counters

    def test_a_running_trace_counts_the_spans_that_have_not_ended(
        self, api: Client, store: AuditedStore
    ) -> None:
        store.start_execution(make_execution())
        write(store, make_span("run", kind="workflow", end_time_unix_nano=None, status="unset"))
        write(store, make_span("draft", "run", end_time_unix_nano=None, status="unset"))
        write(store, make_span("classify", "run"))

        counters = api.get(TRACE).json["execution"]["counters"]

        assert (counters["spans"], counters["errors"]) == (3, 0)
        assert api.get("/v1/executions/exec_1").json["counters"] == counters


class TestWhatNobodyReported:
    def test_a_call_without_usage_has_no_tokens_and_no_cost_anywhere(
        self, api: Client, store: AuditedStore
    ) -> None:
        store.start_execution(make_execution())
        write(store, make_span("chat", kind="model", attributes={"gen_ai.request.model": "tiny"}))

        body = api.get(TRACE).json
        span = api.get(f"/v1/executions/exec_1/spans/{span_id('chat')}").json

        assert {"usage", "cost_nano_usd"}.isdisjoint(body["rows"][0])
        assert {"usage", "cost"}.isdisjoint(span)
        assert body["execution"]["counters"] == {
            "spans": 1,
            "errors": 0,
            "cache_read_tokens": 0,
            "cache_write_tokens": 0,
            "reasoning_tokens": 0,
            "unpriced": 1,
            "dropped": 0,
            "unreported_calls": 1,
        }

    def test_a_call_that_reports_one_side_of_its_usage_has_that_side(
        self, api: Client, store: AuditedStore
    ) -> None:
        attributes = {"gen_ai.request.model": "embed", "gen_ai.usage.input_tokens": 12}
        store.start_execution(make_execution())
        write(store, make_span("embeddings", kind="model", attributes=attributes))

        body = api.get(TRACE).json

        assert body["rows"][0]["usage"] == {
            "input_tokens": 12,
            "cache_read_tokens": 0,
            "cache_write_tokens": 0,
            "reasoning_tokens": 0,
        }
        assert body["execution"]["counters"]["input_tokens"] == 12
        assert "output_tokens" not in body["execution"]["counters"]


def test_ten_thousand_spans_in_a_chain_are_answered(api: Client, store: AuditedStore) -> None:
    store.start_execution(make_execution())
    ids = [f"{number:016x}" for number in range(1, 10_001)]
    spans = [
        make_span(
            str(number), span_id=ids[number], parent_span_id=ids[number - 1] if number else None
        )
        for number in range(10_000)
    ]
    write(store, *spans)

    rows = api.handler(
        api.event("GET", TRACE, headers={"accept-encoding": "gzip"}), LambdaContext()
    )

    assert rows["statusCode"] == 200
    assert len(rows["body"]) < 1_500_000


def test_the_root_comes_first_whatever_came_first(api: Client, store: AuditedStore) -> None:
    store.start_execution(make_execution())
    write(store, make_span("b", "a", 1))
    write(store, make_span("a", None, 0, kind="workflow"))

    assert [row["span_id"] for row in api.get(TRACE).json["rows"]] == [span_id("a"), span_id("b")]
