"""The catalogue, the history, starting and reading an execution."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spanvas.model.execution import Cause
from spanvas.storage.port import SpanBatch
from spanvas_api.operations.start_execution import QUEUE_SECONDS
from tests.builders import SECOND, T0, Clock, make_execution, make_span, span_id
from tests.functional.api.client import Client
from tests.functional.api.conftest import MakeApi
from tests.functional.api.fakes import TRIAGE, AuditedStore, RecordingExecutor

TEMPLATE = Path(__file__).parents[3] / "template.yaml"


def test_workflows_are_listed_as_graphs_with_an_input_to_try(api: Client) -> None:
    reply = api.get("/v1/workflows")

    assert reply.status == 200
    assert reply.json == {
        "items": [
            {
                "workflow_id": "support-triage",
                "name": "Support triage",
                "version": "7",
                "description": "Sorts a ticket and drafts the reply.",
                "nodes": [
                    {"id": "classify", "name": "classify", "kind": "transform"},
                    {"id": "reply", "name": "Draft the reply", "kind": "template"},
                ],
                "edges": [["classify", "reply"]],
                "sample_input": {"ticket": "My order has not come."},
            }
        ]
    }


class TestHistory:
    def test_it_is_newest_first_with_what_a_list_shows(
        self, api: Client, store: AuditedStore
    ) -> None:
        store.start_execution(make_execution("exec_1"))
        store.start_execution(make_execution("exec_2", start=5))
        store.end_execution("acme", "exec_1", "succeeded", T0 + 3 * SECOND)

        items = api.get("/v1/executions").json["items"]

        assert [item["execution_id"] for item in items] == ["exec_2", "exec_1"]
        assert items[1]["status"] == "succeeded"
        assert items[1]["duration_nano"] == "3000000000"
        assert "completeness" not in items[1]

    def test_another_tenants_executions_are_not_in_it(
        self, api: Client, store: AuditedStore
    ) -> None:
        store.start_execution(make_execution(tenant="globex"))

        assert api.get("/v1/executions").json == {"items": [], "next_cursor": None}

    def test_it_can_be_filtered(self, api: Client, store: AuditedStore) -> None:
        store.start_execution(make_execution("exec_1"))
        store.start_execution(make_execution("exec_2", start=5, workflow_id="research-brief"))
        store.start_execution(make_execution("exec_3", start=9))
        store.end_execution("acme", "exec_1", "failed", T0, Cause("Boom", "it broke"))

        def ids(**query: str) -> list[str]:
            return [
                item["execution_id"] for item in api.get("/v1/executions", **query).json["items"]
            ]

        assert ids(workflow_id="research-brief") == ["exec_2"]
        assert ids(status="failed") == ["exec_1"]
        assert ids(**{"from": str(T0 + SECOND), "to": str(T0 + 9 * SECOND)}) == ["exec_2"]

    def test_pages_follow_each_other_without_gap_or_repetition(
        self, api: Client, store: AuditedStore
    ) -> None:
        for number in range(5):
            store.start_execution(make_execution(f"exec_{number}", start=number))
        seen: list[str] = []
        query = {"limit": "2"}

        while True:
            page = api.get("/v1/executions", **query).json
            seen += [item["execution_id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]

        assert seen == ["exec_4", "exec_3", "exec_2", "exec_1", "exec_0"]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("workflow_id", "../etc"),
            ("status", "done"),
            ("from", "yesterday"),
            ("from", "-1"),
            ("to", "1e9"),
            ("to", "1" * 20),
            ("limit", "0"),
            ("limit", "201"),
            ("limit", "ten"),
            ("limit", "٣"),
            ("limit", ""),
            ("cursor", "AAAA"),
            ("cursor", "é"),
            ("cursor", ""),
            ("cursor", "A" * 3000),
            ("workflow", "support-triage"),
        ],
    )
    def test_a_malformed_parameter_is_named(self, api: Client, name: str, value: str) -> None:
        reply = api.get("/v1/executions", **{name: value})

        assert reply.status == 400
        assert reply.json["errors"][0]["field"] == name

    def test_a_cursor_is_good_for_its_own_tenant_and_query_only(
        self, api: Client, store: AuditedStore
    ) -> None:
        for number in range(3):
            store.start_execution(make_execution(f"exec_{number}", start=number))
        cursor = api.get("/v1/executions", limit="1").json["next_cursor"]
        foreigner = api.acting_as(tenant="globex")

        assert api.get("/v1/executions", cursor=cursor).status == 200
        refused = [
            foreigner.get("/v1/executions", cursor=cursor),
            api.get("/v1/executions", cursor=cursor, status="running"),
            api.get("/v1/executions/exec_1/accesses", cursor=cursor),
            api.get("/v1/executions", cursor=cursor[:-4] + "AAAA"),
        ]
        assert [(reply.status, reply.json["errors"][0]["field"]) for reply in refused] == [
            (400, "cursor")
        ] * 4


class TestStart:
    def test_it_is_kept_as_queued_and_handed_to_the_executor(
        self, api: Client, store: AuditedStore, executor: RecordingExecutor
    ) -> None:
        reply = api.post("/v1/workflows/support-triage/executions", {"input": {"ticket": "Help"}})

        assert reply.status == 202
        execution_id = reply.json["execution_id"]
        assert reply.json == {"execution_id": execution_id, "status": "queued"}
        assert executor.events == [
            {
                "execution_id": execution_id,
                "tenant": "acme",
                "workflow_id": "support-triage",
                "workflow_version": "7",
                "input": {"ticket": "Help"},
                "started_by": "ada",
            }
        ]
        execution = store.read_execution("acme", execution_id)
        assert execution is not None
        assert execution.status == "queued"
        assert execution.expected_nodes == ("classify", "reply")
        assert execution.started_by == "ada"

    @pytest.mark.parametrize("raw", ["", "  ", "{}", '{"input": null}', '{"input": {}}'])
    def test_no_input_is_an_empty_input(
        self, api: Client, executor: RecordingExecutor, raw: str
    ) -> None:
        assert api.post("/v1/workflows/support-triage/executions", raw=raw).status == 202
        assert executor.events[0]["input"] == {}

    def test_an_input_that_lacks_what_a_node_needs_is_refused_naming_the_node(
        self, make_api: MakeApi, store: AuditedStore, executor: RecordingExecutor
    ) -> None:
        reply_to = {
            "kind": "template",
            "template": "{{ text }}",
            "inputs": {"text": "input.ticket"},
        }
        api = make_api({**TRIAGE, "nodes": [{"id": "reply", **reply_to}], "edges": []})

        reply = api.post("/v1/workflows/support-triage/executions", {"input": {"tikcet": "x"}})

        assert reply.status == 422
        assert reply.json["errors"] == [
            {
                "field": "input",
                "message": (
                    "node 'reply', inputs.text: needs 'ticket', "
                    "which the execution's input does not have"
                ),
            }
        ]
        assert executor.events == []
        assert store.list_executions("acme").items == []

    def test_an_unknown_workflow_is_not_found(
        self, api: Client, executor: RecordingExecutor
    ) -> None:
        reply = api.post("/v1/workflows/make-coffee/executions", {"input": {}})

        assert reply.status == 404
        assert executor.events == []

    @pytest.mark.parametrize(
        ("raw", "status", "field"),
        [
            ("{", 400, "body"),
            ("NaN", 400, "body"),
            ('{"input": {"a": NaN}}', 400, "body"),
            ('{"input": {"a": "\\ud800"}}', 400, "body"),
            ("[" * 100_000, 400, "body"),
            ("[]", 422, "body"),
            ('"text"', 422, "body"),
            ('{"inputs": {}}', 422, "inputs"),
            ('{"input": []}', 422, "input"),
            ('{"input": "text"}', 422, "input"),
            ('{"input": {"a": "%s"}}' % ("x" * 200_000), 413, "input"),
            ('{"input": {"a": "%s"}}' % ("x" * 300_000), 413, "body"),
        ],
    )
    def test_an_input_that_does_not_fit_is_refused_before_anything_is_kept(
        self,
        api: Client,
        store: AuditedStore,
        executor: RecordingExecutor,
        raw: str,
        status: int,
        field: str,
    ) -> None:
        reply = api.post("/v1/workflows/support-triage/executions", raw=raw)

        assert (reply.status, reply.json["errors"][0]["field"]) == (status, field)
        assert executor.events == []
        assert store.list_executions("acme").items == []

    def test_an_executor_that_is_down_leaves_a_failed_execution_with_its_cause(
        self, api: Client, store: AuditedStore, executor: RecordingExecutor
    ) -> None:
        executor.is_down = True

        reply = api.post("/v1/workflows/support-triage/executions")

        assert reply.status == 503
        assert reply.headers["Retry-After"] == "5"
        (execution,) = store.list_executions("acme").items
        assert execution.status == "failed"
        assert execution.cause == Cause(
            "ExecutorUnavailable",
            "The executor function could not be invoked: TooManyRequestsException.",
        )

    def test_a_store_that_goes_down_after_it_leaves_the_first_failure_to_be_told(
        self, api: Client, store: AuditedStore, executor: RecordingExecutor
    ) -> None:
        executor.is_down = True
        executor.before_start = lambda: setattr(store, "down", True)

        reply = api.post("/v1/workflows/support-triage/executions")

        assert reply.status == 503
        assert reply.json["type"] == "urn:spanvas:problem:executor-unavailable"

    def test_an_execution_started_while_tracing_is_off_is_kept_as_untraced(
        self, make_api: MakeApi
    ) -> None:
        untraced = make_api(enabled=False)

        execution_id = untraced.post("/v1/workflows/support-triage/executions").json["execution_id"]

        assert untraced.get(f"/v1/executions/{execution_id}").json["status"] == "untraced"

    def test_an_execution_that_no_function_begins_is_lost_when_lambda_drops_its_event(
        self, api: Client, clock: Clock
    ) -> None:
        execution_id = api.post("/v1/workflows/support-triage/executions").json["execution_id"]

        clock.advance(QUEUE_SECONDS + 1)

        assert api.get(f"/v1/executions/{execution_id}").json["status"] == "lost"

    def test_the_executors_events_expire_no_later_than_the_execution(self) -> None:
        (age,) = re.findall(r"MaximumEventAgeInSeconds: (\d+)", TEMPLATE.read_text("utf-8"))

        assert int(age) <= QUEUE_SECONDS


class TestExecution:
    def test_it_is_shown_whole(self, api: Client, store: AuditedStore) -> None:
        store.start_execution(make_execution())
        store.write(
            SpanBatch(
                "acme",
                "exec_1",
                [make_span("classify", attributes={"spanvas.node.id": "classify"})],
                dropped=2,
            )
        )
        store.end_execution(
            "acme",
            "exec_1",
            "failed",
            T0 + 2 * SECOND,
            Cause("ThrottlingException", "Slow down.", "reply", span_id("reply")),
            {"store": "ok", "otlp": "3 spans dropped"},
        )

        body = api.get("/v1/executions/exec_1").json

        assert body == {
            "execution_id": "exec_1",
            "workflow_id": "support-triage",
            "workflow_name": "Support triage",
            "workflow_version": "7",
            "trace_id": "0af7651916cd43dd8448eb211c80319c",
            "status": "failed",
            "started_at_unix_nano": "1790000000000000000",
            "ended_at_unix_nano": "1790000002000000000",
            "duration_nano": "2000000000",
            "deadline_unix_nano": "1790000060000000000",
            "cause": {
                "node_id": "reply",
                "span_id": "7265706c792e2e2e",
                "error_type": "ThrottlingException",
                "message": "Slow down.",
            },
            "counters": {
                "spans": 1,
                "errors": 0,
                "input_tokens": 0,
                "output_tokens": 0,
                "cache_read_tokens": 0,
                "cache_write_tokens": 0,
                "reasoning_tokens": 0,
                "cost_nano_usd": 0,
                "unpriced": 0,
                "dropped": 2,
            },
            "completeness": {
                "expected": ["classify", "reply"],
                "received": ["classify"],
                "missing": ["reply"],
            },
            "exporters": {"store": "ok", "otlp": "3 spans dropped"},
            "started_by": "ada",
            "expires_at": 1792592000,
            "trace_url": "https://grafana.example/explore?traceid=0af7651916cd43dd8448eb211c80319c",
        }

    def test_what_does_not_apply_is_left_out(self, make_api: MakeApi, store: AuditedStore) -> None:
        store.start_execution(make_execution(deadline_unix_nano=None))

        body = make_api().get("/v1/executions/exec_1").json

        assert not body.keys() & {
            "ended_at_unix_nano",
            "duration_nano",
            "deadline_unix_nano",
            "cause",
            "trace_url",
        }

    def test_a_percent_encoded_id_is_the_same_id(self, api: Client, store: AuditedStore) -> None:
        store.start_execution(make_execution("run:7@eu"))

        assert api.get("/v1/executions/run%3A7%40eu").json["execution_id"] == "run:7@eu"
