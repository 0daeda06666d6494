"""The span tree: rows, status, tags, content and its record."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.model.execution import Counters
from spanvas.model.span import Event
from spanvas.storage.port import SpanBatch
from spanvas_api import trace_parts
from tests.builders import SECOND, T0, Clock, make_execution, make_span, span_id
from tests.functional.api.client import ALL_SCOPES, Client
from tests.functional.api.conftest import MakeApi
from tests.functional.api.fakes import AuditedStore

TRACE = "/v1/executions/exec_1/trace"
WITHOUT_CONTENT = ALL_SCOPES.replace("trace:content", "")


def write(store: AuditedStore, *spans: object, dropped: int = 0) -> None:
    store.write(SpanBatch("acme", "exec_1", spans, dropped))  # type: ignore[arg-type]


@pytest.fixture
def run(store: AuditedStore) -> AuditedStore:
    """
    run (workflow)
    └── classify (node)
        └── chat (model, with content)
    """
    store.start_execution(make_execution(expected_nodes=("classify",)))
    write(
        store,
        make_span("run", kind="workflow", end_time_unix_nano=T0 + 3 * SECOND),
        make_span("classify", "run", 1, attributes={"spanvas.node.id": "classify"}),
        make_span(
            "chat",
            "classify",
            1.2,
            kind="model",
            attributes={
                "gen_ai.request.model": "anthropic.claude-sonnet-4-20250514-v1:0",
                "gen_ai.provider.name": "aws.bedrock",
                "gen_ai.usage.input_tokens": 1000,
                "gen_ai.usage.output_tokens": 100,
                "gen_ai.input.messages": [
                    {"role": "user", "parts": [{"type": "text", "content": "Where is it?"}]}
                ],
                "gen_ai.output.messages": [
                    {"role": "assistant", "parts": [{"type": "text", "content": "On its way."}]}
                ],
            },
        ),
    )
    store.end_execution("acme", "exec_1", "succeeded", T0 + 3 * SECOND)
    return store


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


class TestTag:
    def test_an_unchanged_trace_is_answered_by_304_without_reading_rows(
        self, api: Client, run: AuditedStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tag = api.get(TRACE).headers["ETag"]
        monkeypatch.setattr(run, "read_trace", None)

        reply = api.get(TRACE, headers={"if-none-match": tag})

        assert (reply.status, reply.text, reply.headers["ETag"]) == (304, "", tag)

    def test_a_new_span_changes_it(self, api: Client, store: AuditedStore) -> None:
        store.start_execution(make_execution())
        tag = api.get(TRACE).headers["ETag"]
        write(store, make_span())

        reply = api.get(TRACE, headers={"if-none-match": tag})

        assert reply.status == 200
        assert reply.headers["ETag"] != tag

    def test_a_deadline_that_passes_changes_it_without_a_write(
        self, api: Client, store: AuditedStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        write(store, make_span(end_time_unix_nano=None, deadline_unix_nano=T0 + 10 * SECOND))
        tag = api.get(TRACE).headers["ETag"]
        clock.advance(25)

        reply = api.get(TRACE, headers={"if-none-match": tag})

        assert reply.json["rows"][0]["status"] == "lost"

    def test_it_is_another_one_for_those_who_may_not_read_content(
        self, api: Client, run: AuditedStore
    ) -> None:
        tag = api.get(TRACE).headers["ETag"]
        reply = api.acting_as(scope=WITHOUT_CONTENT).get(TRACE, headers={"if-none-match": tag})

        assert reply.status == 200

    def test_a_foreign_execution_is_not_found_whatever_tag_is_sent(
        self, api: Client, run: AuditedStore
    ) -> None:
        reply = api.acting_as(tenant="globex").get(TRACE, headers={"if-none-match": "*"})

        assert reply.status == 404


class TestContent:
    def test_previews_are_shown_after_the_read_has_been_recorded(
        self, api: Client, run: AuditedStore
    ) -> None:
        body = api.get(TRACE).json

        assert body["content_access"] == "granted"
        assert [(a.principal, a.action, a.outcome) for a in run.accesses()] == [
            ("ada", "trace", "allowed")
        ]

    def test_without_the_scope_there_is_no_content_and_nothing_to_record(
        self, api: Client, run: AuditedStore
    ) -> None:
        reply = api.acting_as(scope=WITHOUT_CONTENT).get(TRACE)

        assert reply.json["content_access"] == "denied"
        assert "Where is it?" not in reply.text
        assert "On its way." not in reply.text
        assert run.accesses() == []

    def test_a_trace_without_content_is_not_recorded(
        self, api: Client, store: AuditedStore
    ) -> None:
        store.start_execution(make_execution())
        write(store, make_span())

        assert api.get(TRACE).json["content_access"] == "granted"
        assert store.accesses() == []


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


class TestParts:
    """
    run
    ├── a
    │   └── b
    ├── c
    └── d
    """

    @pytest.fixture
    def branched(self, store: AuditedStore) -> AuditedStore:
        store.start_execution(make_execution())
        write(
            store,
            make_span("run", kind="workflow", end_time_unix_nano=T0 + 9 * SECOND),
            make_span("a", "run", 1),
            make_span("b", "a", 2),
            make_span("c", "run", 3),
            make_span("d", "run", 4, end_time_unix_nano=None),
            make_span("stray", "gone", 5),
        )
        return store

    def test_what_they_hold_one_after_the_other_is_the_whole(
        self, api: Client, branched: AuditedStore
    ) -> None:
        whole = api.get(TRACE).json
        parts = parts_of(api, limit="4")

        assert [names(part) for part in parts] == [["run", "a", "b", "c"], ["d", "stray"]]
        assert [row for part in parts for row in part["rows"]] == whole["rows"]
        assert [part["total_rows"] for part in parts] == [6, 6]
        assert whole["next_cursor"] is None

    def test_each_says_of_the_whole_what_it_says_beside_the_rows(
        self, api: Client, branched: AuditedStore
    ) -> None:
        branched.end_execution("acme", "exec_1", "failed", T0 + 9 * SECOND)

        first, *_, last = parts_of(api, limit="1")

        reason = "1 span never ended; 1 span came without the parent."
        assert (first["status"], first["reason"]) == ("PARTIAL", reason)
        assert (last["status"], last["reason"]) == ("PARTIAL", reason)

    def test_the_next_one_is_answered_from_the_same_reading(
        self, api: Client, branched: AuditedStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = api.get(TRACE, limit="3").json
        with monkeypatch.context() as patched:
            patched.setattr(branched, "read_trace", None)
            second = api.get(TRACE, limit="3", cursor=first["next_cursor"]).json

        assert names(second) == ["c", "d", "stray"]

    def test_another_process_reads_the_trace_anew(
        self, make_api: MakeApi, branched: AuditedStore
    ) -> None:
        first = make_api().get(TRACE, limit="3").json
        second = make_api().get(TRACE, limit="3", cursor=first["next_cursor"]).json

        assert names(second) == ["c", "d", "stray"]

    def test_a_span_that_came_between_two_of_them_moves_no_other(
        self, api: Client, branched: AuditedStore
    ) -> None:
        first = api.get(TRACE, limit="3")
        write(branched, make_span("late", "a", 2.5))
        second = api.get(TRACE, limit="3", cursor=first.json["next_cursor"])

        assert names(first.json) + names(second.json) == ["run", "a", "b", "late", "c", "d"]
        assert second.headers["ETag"] != first.headers["ETag"]

    def test_a_span_that_came_before_what_was_answered_does_not_double_anything(
        self, api: Client, branched: AuditedStore
    ) -> None:
        first = api.get(TRACE, limit="3").json
        write(branched, make_span("early", "a", 1.5))
        second = api.get(TRACE, limit="3", cursor=first["next_cursor"]).json

        assert names(first) + names(second) == ["run", "a", "b", "c", "d", "stray"]

    def test_a_part_whose_row_is_gone_goes_on_where_it_stood(
        self, api: Client, branched: AuditedStore
    ) -> None:
        cursor = api.get(TRACE, limit="3").json["next_cursor"]
        key = ("acme", "exec_1")
        branched._chunks[key].clear()
        branched._change(key)
        write(branched, make_span("x"), make_span("y", None, 1))

        assert api.get(TRACE, cursor=cursor).json["rows"] == []

    def test_an_unchanged_first_part_is_answered_by_304(
        self, api: Client, branched: AuditedStore
    ) -> None:
        tag = api.get(TRACE, limit="3").headers["ETag"]

        assert api.get(TRACE, {"if-none-match": tag}, limit="3").status == 304
        assert api.get(TRACE, {"if-none-match": tag}, limit="2").status == 200

    def test_a_cursor_is_good_for_its_execution_and_its_caller_only(
        self, api: Client, branched: AuditedStore
    ) -> None:
        cursor = api.get(TRACE, limit="3").json["next_cursor"]
        branched.start_execution(make_execution("exec_2"))

        assert api.get(TRACE.replace("_1", "_2"), cursor=cursor).status == 400
        assert api.acting_as(tenant="globex").get(TRACE, cursor=cursor).status == 404
        assert api.get(TRACE, cursor="made-up").status == 400

    @pytest.mark.parametrize("limit", ["0", "10001", "ten"])
    def test_a_limit_out_of_bounds_is_refused(
        self, api: Client, branched: AuditedStore, limit: str
    ) -> None:
        assert api.get(TRACE, limit=limit).status == 400

    def test_every_part_with_content_is_recorded(self, api: Client, run: AuditedStore) -> None:
        parts_of(api, limit="2")

        assert [access.action for access in run.accesses()] == ["trace"]

    def test_an_answer_that_lambda_cannot_give_holds_fewer_rows(
        self, api: Client, branched: AuditedStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(trace_parts, "MAX_TEXT_BYTES", 1_600)

        parts = parts_of(api, {"accept-encoding": "identity"})

        assert [len(part["rows"]) for part in parts] == [3, 3]


def parts_of(api: Client, headers: dict[str, str] | None = None, **query: str) -> list[Any]:
    parts = [api.get(TRACE, headers, **query).json]
    while cursor := parts[-1]["next_cursor"]:
        parts.append(api.get(TRACE, headers, **query, cursor=cursor).json)
    return parts


def names(part: Any) -> list[str]:
    return [row["name"] for row in part["rows"]]


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

    rows = api.handler(api.event("GET", TRACE, headers={"accept-encoding": "gzip"}), _context())

    assert rows["statusCode"] == 200
    assert len(rows["body"]) < 1_500_000


def _context() -> object:
    from tests.functional.api.client import LambdaContext

    return LambdaContext()


def test_the_root_comes_first_whatever_came_first(api: Client, store: AuditedStore) -> None:
    store.start_execution(make_execution())
    write(store, make_span("b", "a", 1))
    write(store, make_span("a", None, 0, kind="workflow"))

    assert [row["span_id"] for row in api.get(TRACE).json["rows"]] == [span_id("a"), span_id("b")]
