"""The catalogue, and one execution as it is shown."""

from __future__ import annotations

from spanvas.model.execution import Cause
from spanvas.storage.port import SpanBatch
from tests.functional.api.conftest import MakeApi
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, make_execution, make_span, span_id


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
            {
                "store": "ok",
                "otlp": "open",
                "otlp_since": "1790000001000000000",
                "otlp_reason": "status 503",
                "otlp_dropped": "3",
                "otlp_dropped_by": "memory,rejected",
            },
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
                "cache_read_tokens": 0,
                "cache_write_tokens": 0,
                "reasoning_tokens": 0,
                "unpriced": 0,
                "dropped": 2,
                "unreported_calls": 0,
            },
            "completeness": {
                "expected": ["classify", "reply"],
                "received": ["classify"],
                "missing": ["reply"],
            },
            "exporters": {
                "store": "ok",
                "otlp": "open",
                "otlp_reason": "status 503",
                "otlp_since_unix_nano": "1790000001000000000",
                "otlp_dropped": 3,
                "otlp_dropped_by": ["memory", "rejected"],
            },
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
