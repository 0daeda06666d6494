"""Starting an execution: kept as queued, handed to the executor, refused with a reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spanvas.model.execution import Cause
from spanvas_api.operations.start_execution import QUEUE_SECONDS
from tests.functional.api.conftest import MakeApi
from tests.support.api_client import Client
from tests.support.api_fakes import TRIAGE, AuditedStore, RecordingExecutor
from tests.support.builders import Clock

TEMPLATE = Path(__file__).parents[3] / "template.yaml"


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
                "event_id": execution_id,
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
