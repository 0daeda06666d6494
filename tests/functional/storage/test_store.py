"""What every store does; the fake and the real one pass the same tests."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from spanvas.model.access import Access
from spanvas.model.artifact import Artifact
from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution import Cause, Counters, count
from spanvas.storage.port import SpanBatch, TraceStore
from tests.builders import SECOND, T0, Clock, make_execution, make_span, span_id


def batch(*spans, execution_id="exec_1", tenant="acme", dropped=0):
    return SpanBatch(tenant, execution_id, spans, dropped)


def model_span(name="chat", **overrides):
    return make_span(
        name,
        kind="model",
        attributes={
            "gen_ai.request.model": "anthropic.claude-sonnet-4-20250514-v1:0",
            "gen_ai.usage.input_tokens": 1000,
            "gen_ai.usage.output_tokens": 100,
            **overrides.pop("attributes", {}),
        },
        **overrides,
    )


class TestExecutions:
    def test_an_unknown_execution_is_none(self, store: TraceStore) -> None:
        assert store.read_execution("acme", "exec_1") is None
        assert store.read_trace("acme", "exec_1") is None
        assert store.read_span("acme", "exec_1", span_id("a")) is None

    def test_a_started_execution_is_read_back_whole(self, store: TraceStore) -> None:
        store.start_execution(make_execution())

        found = store.read_execution("acme", "exec_1")

        expires_at = T0 // SECOND + 30 * 86_400
        assert found == make_execution(expires_at=expires_at, revision=1)

    def test_another_tenants_execution_is_none(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        store.write(batch(make_span()))

        assert store.read_execution("globex", "exec_1") is None
        assert store.read_trace("globex", "exec_1") is None
        assert store.read_span("globex", "exec_1", span_id("a")) is None

    def test_two_tenants_may_use_the_same_ids(self, store: TraceStore) -> None:
        for tenant in ("acme", "globex"):
            store.start_execution(make_execution(tenant=tenant, workflow_name=tenant))
            store.write(batch(make_span(tenant), tenant=tenant))

        for tenant in ("acme", "globex"):
            trace = store.read_trace(tenant, "exec_1")
            assert trace is not None
            assert trace.execution.workflow_name == tenant
            assert [row.name for row in trace.rows] == [tenant]

    def test_running_follows_queued_and_keeps_who_started_it(self, store: TraceStore) -> None:
        store.start_execution(make_execution(status="queued"))
        store.start_execution(make_execution(start=3, started_by="", workflow_version="8"))

        found = store.read_execution("acme", "exec_1")

        assert found is not None
        assert (found.status, found.started_by, found.workflow_version) == ("running", "ada", "8")
        assert found.started_at_unix_nano == T0 + 3 * SECOND

    def test_queued_never_follows_running(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        store.start_execution(make_execution(status="queued"))

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert found.status == "running"

    def test_a_second_function_moves_the_deadline_on_and_never_back(
        self, store: TraceStore
    ) -> None:
        store.start_execution(make_execution())
        store.start_execution(make_execution(deadline_unix_nano=T0 + 90 * SECOND))
        store.start_execution(make_execution(deadline_unix_nano=T0 + 70 * SECOND))

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert found.deadline_unix_nano == T0 + 90 * SECOND

    def test_an_ended_execution_has_status_cause_and_exporter_health(
        self, store: TraceStore
    ) -> None:
        cause = Cause("ThrottlingException", "Too many requests", "escalate", span_id("e"))
        store.start_execution(make_execution())
        store.end_execution(
            "acme", "exec_1", "failed", T0 + 5 * SECOND, cause, {"otlp": "breaker open"}
        )

        found = store.read_execution("acme", "exec_1")

        assert found is not None
        assert (found.status, found.ended_at_unix_nano, found.cause) == (
            "failed",
            T0 + 5 * SECOND,
            cause,
        )
        assert found.exporter_health == {"otlp": "breaker open"}

    def test_the_latest_end_wins_in_any_order(self, store: TraceStore) -> None:
        for name, ends in {"exec_1": (5, 7), "exec_2": (7, 5)}.items():
            store.start_execution(make_execution(name))
            for second in ends:
                status = "failed" if second == 5 else "succeeded"
                store.end_execution("acme", name, status, T0 + second * SECOND)

            found = store.read_execution("acme", name)
            assert found is not None
            assert (found.status, found.ended_at_unix_nano) == ("succeeded", T0 + 7 * SECOND)

    def test_a_late_start_does_not_reopen_what_has_ended(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        store.end_execution("acme", "exec_1", "succeeded", T0 + SECOND)
        store.start_execution(make_execution(deadline_unix_nano=T0 + 900 * SECOND))

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert found.status == "succeeded"
        assert store.list_overdue() == []

    @pytest.mark.parametrize("ended_by", ["function", "state_machine"])
    @pytest.mark.parametrize("status", ["failed", "succeeded", "lost"])
    def test_a_repetition_after_the_end_runs_again(
        self, store: TraceStore, status: str, ended_by: str
    ) -> None:
        store.start_execution(make_execution())
        store.end_execution("acme", "exec_1", status, T0 + 5 * SECOND, Cause("E", "broken"))
        again = make_execution(
            began_at_unix_nano=T0 + 9 * SECOND,
            deadline_unix_nano=T0 + 90 * SECOND,
            ended_by=ended_by,
            workflow_name="other",
        )
        store.start_execution(again)

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert (found.status, found.cause, found.ended_at_unix_nano) == ("running", None, None)
        assert (found.started_at_unix_nano, found.workflow_name) == (T0, "Support triage")
        assert (found.deadline_unix_nano, found.ended_by) == (T0 + 90 * SECOND, ended_by)

    def test_what_runs_again_can_be_overdue(self, store: TraceStore, clock: Clock) -> None:
        store.start_execution(make_execution())
        store.end_execution("acme", "exec_1", "failed", T0 + 5 * SECOND)
        store.start_execution(make_execution(start=9))
        clock.advance(70)

        assert [execution.execution_id for execution in store.list_overdue()] == ["exec_1"]

    @pytest.mark.parametrize(
        ("status", "expected"),
        [("failed", "failed"), ("succeeded", "succeeded"), ("lost", "running")],
    )
    def test_a_part_that_ends_nothing_brings_back_what_is_lost_alone(
        self, store: TraceStore, status: str, expected: str
    ) -> None:
        store.start_execution(make_execution(ended_by="caller"))
        store.end_execution("acme", "exec_1", status, T0 + 5 * SECOND)
        store.start_execution(make_execution(start=9, ended_by="caller"))

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert found.status == expected

    def test_a_part_that_began_before_the_end_does_not_reopen_it(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        store.end_execution("acme", "exec_1", "lost", T0 + 5 * SECOND)
        store.start_execution(make_execution(began_at_unix_nano=T0 + 5 * SECOND))

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert found.status == "lost"

    def test_an_end_of_an_unknown_execution_makes_nothing(self, store: TraceStore) -> None:
        store.end_execution("acme", "exec_1", "succeeded", T0)

        assert store.read_execution("acme", "exec_1") is None

    def test_an_expired_execution_is_gone_before_the_table_deletes_it(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        store.write(batch(make_span()))
        clock.advance(30 * 86_400)

        assert store.read_execution("acme", "exec_1") is None
        assert store.read_trace("acme", "exec_1") is None
        assert store.list_executions("acme", started_from=T0).items == []


class TestLost:
    def test_an_overdue_execution_is_lost_before_it_is_swept(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        clock.advance(61)

        found = store.read_execution("acme", "exec_1")

        assert found is not None
        assert (found.status, found.ended_at_unix_nano) == ("lost", T0 + 60 * SECOND)
        assert found.cause is not None
        assert found.cause.error_type == "Lost"

    def test_the_overdue_are_listed_longest_first(self, store: TraceStore, clock: Clock) -> None:
        for number in range(6):
            store.start_execution(make_execution(f"exec_{number}", start=6 - number))
        store.start_execution(make_execution("exec_later", start=100))
        clock.advance(70)

        overdue = store.list_overdue()

        assert [execution.execution_id for execution in overdue] == [
            f"exec_{number}" for number in (5, 4, 3, 2, 1, 0)
        ]

    def test_closing_as_lost_takes_it_off_the_list_and_happens_once(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        clock.advance(61)
        [overdue] = store.list_overdue()

        assert store.close_as_lost(overdue, Cause("Timeout", "timed out", "reply")) is True
        assert store.close_as_lost(overdue, Cause("Timeout", "timed out", "reply")) is False

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert (found.status, found.cause) == ("lost", Cause("Timeout", "timed out", "reply"))
        assert store.list_overdue() == []

    def test_what_its_own_function_has_given_up_is_listed_until_it_is_closed(
        self, store: TraceStore, clock: Clock
    ) -> None:
        cause = Cause("Timeout", "the function's time ran out", "reply")
        store.start_execution(make_execution())
        store.end_execution("acme", "exec_1", "lost", T0 + 59 * SECOND, cause)
        assert store.list_overdue() == []
        clock.advance(61)

        [given_up] = store.list_overdue()
        assert (given_up.status, given_up.cause) == ("lost", cause)
        assert store.close_as_lost(given_up, cause) is True
        assert store.close_as_lost(given_up, cause) is False
        assert store.list_overdue() == []
        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert (found.ended_at_unix_nano, found.cause) == (T0 + 59 * SECOND, cause)

    def test_what_was_given_up_and_ended_all_the_same_is_not_listed(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        store.end_execution("acme", "exec_1", "lost", T0 + 59 * SECOND)
        store.end_execution("acme", "exec_1", "succeeded", T0 + 60 * SECOND)
        clock.advance(61)

        assert store.list_overdue() == []

    def test_an_execution_that_has_gone_on_meanwhile_is_not_closed(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        clock.advance(61)
        [overdue] = store.list_overdue()
        store.start_execution(make_execution(start=61))

        assert store.close_as_lost(overdue, Cause("Killed", "…")) is False
        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert found.status == "running"

    def test_an_execution_that_ended_meanwhile_is_not_closed(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        clock.advance(61)
        [overdue] = store.list_overdue()
        store.end_execution("acme", "exec_1", "succeeded", T0 + 59 * SECOND)

        assert store.close_as_lost(overdue, Cause("Timeout", "timed out")) is False

    def test_an_end_after_all_replaces_lost(self, store: TraceStore, clock: Clock) -> None:
        store.start_execution(make_execution())
        clock.advance(61)
        store.close_as_lost(store.list_overdue()[0], Cause("Timeout", "timed out"))
        store.end_execution("acme", "exec_1", "succeeded", T0 + 59 * SECOND)

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert (found.status, found.cause) == ("succeeded", None)


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
        assert store.read_span("acme", "exec_1", span_id("a")) == span

    def test_the_same_batch_twice_is_one_chunk_and_counts_once(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        spans = (make_span("a"), model_span("b", parent="a"))

        first = store.write(batch(*spans))
        again = store.write(batch(*reversed(spans)))

        assert (first.new_chunks, again.new_chunks) == (1, 0)
        assert first.chunk_ids == again.chunk_ids
        found = store.read_execution("acme", "exec_1")
        assert found is not None
        # 1,000 x 3,000 nano-USD + 100 x 15,000 nano-USD
        assert found.counters == Counters(
            spans=2, input_tokens=1000, output_tokens=100, cost_nano_usd=4_500_000
        )

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
            found = store.read_span("acme", name, span_id("a"))
            assert found == ended

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
        assert store.list_overdue() == []

    def test_large_details_leave_the_table_and_come_back(self, store: TraceStore) -> None:
        text = "".join(hashlib.sha256(str(i).encode()).hexdigest() for i in range(2000))
        span = model_span("chat", attributes={"gen_ai.input.messages": text})
        store.start_execution(make_execution())
        store.write(batch(span))

        assert store.read_span("acme", "exec_1", span_id("chat")) == span

    def test_thousands_of_spans_in_one_batch_are_all_there(self, store: TraceStore) -> None:
        spans = [make_span(f"s{i:05d}", start=i / 1000) for i in range(4_100)]
        store.start_execution(make_execution())

        result = store.write(batch(*spans))

        trace = store.read_trace("acme", "exec_1")
        assert trace is not None
        assert len(result.chunk_ids) == 3
        assert len(trace.rows) == 4_100
        assert trace.execution.counters == count(trace.rows)
        assert store.read_span("acme", "exec_1", span_id("s04099")) == spans[4099]

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
        span = store.read_span("acme", "exec_1", span_id("odd"))
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


class TestHistory:
    @pytest.fixture(autouse=True)
    def executions(self, store: TraceStore, clock: Clock) -> None:
        # three days, two workflows, one failure, one of another tenant
        clock.advance(3 * 86_400)
        day = 86_400
        for name, start, workflow in (
            ("exec_a", 0, "triage"),
            ("exec_b", 10, "brief"),
            ("exec_c", day, "triage"),
            ("exec_d", 2 * day, "triage"),
            ("exec_e", 2 * day + 5, "brief"),
        ):
            store.start_execution(
                make_execution(name, start, workflow_id=workflow, deadline_unix_nano=None)
            )
        store.end_execution("acme", "exec_c", "failed", T0 + (day + 1) * SECOND)
        store.start_execution(make_execution("exec_x", tenant="globex", deadline_unix_nano=None))

    @staticmethod
    def ids(page) -> list[str]:
        return [execution.execution_id[-1] for execution in page.items]

    def test_a_tenants_executions_are_listed_newest_first(self, store: TraceStore) -> None:
        page = store.list_executions("acme")

        assert self.ids(page) == ["e", "d", "c", "b", "a"]
        assert page.next_position is None

    def test_a_workflows_executions_are_listed_newest_first(self, store: TraceStore) -> None:
        assert self.ids(store.list_executions("acme", workflow_id="triage")) == ["d", "c", "a"]

    @pytest.mark.parametrize("workflow_id", [None, "triage"])
    def test_pages_add_up_to_the_list(self, store: TraceStore, workflow_id: str | None) -> None:
        whole = self.ids(store.list_executions("acme", workflow_id=workflow_id))
        found: list[str] = []
        position = None
        for _ in range(10):
            page = store.list_executions("acme", workflow_id=workflow_id, limit=2, after=position)
            assert len(page.items) <= 2
            found += self.ids(page)
            position = page.next_position
            if position is None:
                break

        assert found == whole

    def test_a_full_last_page_has_no_next(self, store: TraceStore) -> None:
        assert store.list_executions("acme", limit=5).next_position is None

    def test_status_and_time_narrow_the_list(self, store: TraceStore) -> None:
        day = 86_400 * SECOND
        assert self.ids(store.list_executions("acme", status="failed")) == ["c"]
        assert self.ids(store.list_executions("acme", started_from=T0 + day)) == ["e", "d", "c"]
        assert self.ids(store.list_executions("acme", started_to=T0 + day)) == ["b", "a"]
        assert self.ids(
            store.list_executions("acme", started_from=T0 + 1, started_to=T0 + day)
        ) == ["b"]


class TestArtifacts:
    def artifact(self, **overrides) -> Artifact:
        values = {
            "tenant": "acme",
            "execution_id": "exec_1",
            "artifact_id": "art_1",
            "span_id": span_id("a"),
            "node_id": "report",
            "name": "Q3 “report”.csv",
            "media_type": "text/csv; charset=utf-8",
            "bytes": 0,
            "sha256": "",
            "created_at_unix_nano": T0,
        }
        return Artifact(**{**values, **overrides})

    @pytest.mark.parametrize("kind", ["bytes", "stream", "pipe"])
    def test_a_stored_artifact_says_what_was_stored(self, store: TraceStore, kind: str) -> None:
        class Pipe(io.BytesIO):
            def seekable(self) -> bool:
                return False

        body = {
            "bytes": b"a,b\n1,2\n",
            "stream": io.BytesIO(b"a,b\n1,2\n"),
            "pipe": Pipe(b"a,b\n1,2\n"),
        }
        stored = store.put_artifact(self.artifact(), body[kind])

        assert (stored.bytes, stored.media_type) == (8, "text/csv")
        assert stored.sha256 == hashlib.sha256(b"a,b\n1,2\n").hexdigest()
        assert stored.key == "artifacts/acme/exec_1/art_1"
        assert stored.version
        assert store.read_artifact("acme", "exec_1", "art_1") == stored
        assert store.list_artifacts("acme", "exec_1") == [stored]

    def test_foreign_and_absent_artifacts_are_none(self, store: TraceStore) -> None:
        store.put_artifact(self.artifact(), b"x")

        assert store.read_artifact("globex", "exec_1", "art_1") is None
        assert store.read_artifact("acme", "exec_1", "art_2") is None
        assert store.list_artifacts("acme", "exec_2") == []

    def test_types_outside_the_list_become_bytes_to_download(self, store: TraceStore) -> None:
        stored = store.put_artifact(self.artifact(media_type="text/vnd.evil"), b"x")

        assert stored.media_type == "application/octet-stream"

    def test_a_type_that_the_content_belies_becomes_bytes_to_download(
        self, store: TraceStore
    ) -> None:
        for body in (b"<script>", io.BytesIO(b"<script>")):
            stored = store.put_artifact(self.artifact(media_type="image/png"), body)
            assert stored.media_type == "application/octet-stream"

    @pytest.mark.parametrize("body", [b"a,b\n" * 1_000, b""])
    def test_a_file_that_is_in_s3_already_stays_there(
        self, store: TraceStore, objects: Callable[..., str], body: bytes
    ) -> None:
        version = objects("reports", "2026/q3.csv", body, "text/csv")
        wanted = self.artifact(media_type="", bucket="reports", key="2026/q3.csv", version=version)

        stored = store.refer_to_artifact(wanted)

        assert (stored.bytes, stored.media_type, stored.sha256) == (len(body), "text/csv", "")
        assert (stored.bucket, stored.key) == ("reports", "2026/q3.csv")
        assert stored.etag == hashlib.md5(body, usedforsecurity=False).hexdigest()
        assert stored.version
        assert store.list_artifacts("acme", "exec_1") == [stored]
        url = urlsplit(store.sign_artifact_url(stored, "inline", 120))
        assert "/2026/q3.csv" in url.path
        assert "reports" in url.netloc + url.path
        assert parse_qs(url.query)["response-content-type"] == ["text/csv"]

    def test_a_file_in_s3_is_not_what_its_object_says_but_what_it_is(
        self, store: TraceStore, objects: Callable[..., str]
    ) -> None:
        objects("reports", "chart", b"<html>", "image/png")

        stored = store.refer_to_artifact(
            self.artifact(media_type="", bucket="reports", key="chart")
        )

        assert stored.media_type == "application/octet-stream"

    def test_a_file_that_is_not_in_s3_is_not_listed(
        self, store: TraceStore, objects: Callable[..., str]
    ) -> None:
        objects("reports", "there", b"x", "text/plain")

        with pytest.raises(StoreUnavailableError, match="NoSuchKey"):
            store.refer_to_artifact(self.artifact(bucket="reports", key="absent"))

        assert store.list_artifacts("acme", "exec_1") == []

    def test_a_link_signs_type_name_and_expiry(self, store: TraceStore) -> None:
        stored = store.put_artifact(self.artifact(), b"x")

        query = parse_qs(urlsplit(store.sign_artifact_url(stored, "attachment", 120)).query)

        assert query["response-content-type"] == ["text/csv"]
        assert query["response-content-disposition"] == [
            "attachment; filename*=UTF-8''Q3%20%E2%80%9Creport%E2%80%9D.csv"
        ]
        assert query["X-Amz-Expires"] == ["120"]


class TestAccesses:
    def test_accesses_are_listed_newest_first_and_in_pages(self, store: TraceStore) -> None:
        recorded = [
            Access(
                "acme", "exec_1", f"acc_{i}", T0 + i, "ada", "span", "allowed", f"req-{i}", f"s{i}"
            )
            for i in range(5)
        ]
        for access in recorded:
            store.record_access(access)
        store.record_access(replace(recorded[0], execution_id="exec_2"))

        first = store.list_accesses("acme", "exec_1", limit=3)
        rest = store.list_accesses("acme", "exec_1", limit=3, after=first.next_position)

        assert first.items == [recorded[4], recorded[3], recorded[2]]
        assert rest.items == [recorded[1], recorded[0]]
        assert rest.next_position is None
        assert store.list_accesses("globex", "exec_1").items == []
