"""The main job on the real runtime: a workflow runs under the built layer, its trace comes back over HTTP."""

from __future__ import annotations

import hashlib
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote

import pytest

from local.client import ApiClient
from local.seed import start_workflow, wait_for_end
from local.stack import Stack

pytestmark = pytest.mark.runtime


@pytest.fixture(scope="module")
def api(stack: Stack) -> Iterator[ApiClient]:
    with stack.api() as client:
        yield client


@pytest.fixture(scope="module")
def ended(api: ApiClient) -> dict[str, dict[str, Any]]:
    """Every shipped workflow executed once, by workflow id."""
    started = {
        workflow["workflow_id"]: start_workflow(
            api, workflow["workflow_id"], workflow.get("sample_input")
        )
        for workflow in api.get("/v1/workflows")["items"]
    }
    return {name: wait_for_end(api, execution_id) for name, execution_id in started.items()}


def read_trace(api: ApiClient, execution: dict[str, Any]) -> dict[str, Any]:
    trace: dict[str, Any] = api.get(f"/v1/executions/{quote(execution['execution_id'])}/trace")
    return trace


def test_every_workflow_ends_and_its_trace_is_whole(
    api: ApiClient, ended: dict[str, dict[str, Any]]
) -> None:
    assert len(ended) >= 4
    for execution in ended.values():
        trace = read_trace(api, execution)
        rows = trace["rows"]
        assert (rows[0]["kind"], rows[0]["depth"]) == ("workflow", 0)
        assert trace["execution"]["counters"]["spans"] == len(rows)
        assert {row["status"] for row in rows} <= {"ok", "error", "unset"}
        assert not [row for row in rows if "orphan" in row.get("marks", ())]
        assert any(row["kind"] == "invocation" for row in rows)


def test_a_successful_execution_is_complete(
    api: ApiClient, ended: dict[str, dict[str, Any]]
) -> None:
    execution = ended["research-brief"]
    trace = read_trace(api, execution)
    assert (execution["status"], trace["status"]) == ("succeeded", "COMPLETE")
    assert execution["completeness"]["missing"] == []
    models = [row for row in trace["rows"] if row["kind"] == "model"]
    assert models
    assert all(row["usage"]["input_tokens"] > 0 for row in models)


def test_one_workflow_fails_in_its_fourth_node_after_two_retries(
    api: ApiClient, ended: dict[str, dict[str, Any]]
) -> None:
    failed = [execution for execution in ended.values() if execution["status"] == "failed"]
    assert len(failed) == 1
    trace = read_trace(api, failed[0])
    cause = failed[0]["cause"]
    attempts = [row for row in trace["rows"] if row["kind"] == "attempt"]
    assert len([row for row in attempts if row["status"] == "error"]) == 3
    assert cause["node_id"] in {row["node_id"] for row in trace["rows"] if row.get("node_id")}
    assert cause["message"]


def test_a_generations_messages_are_shown_to_whoever_may_see_content(
    stack: Stack, api: ApiClient, ended: dict[str, dict[str, Any]]
) -> None:
    execution = ended["research-brief"]
    row = next(row for row in read_trace(api, execution)["rows"] if row["kind"] == "model")
    path = f"/v1/executions/{quote(execution['execution_id'])}/spans/{row['span_id']}"
    span = api.get(path)
    assert span["content_access"] == "granted"
    assert span["content"]["output_messages"][0]["parts"]
    with stack.api(stack.token("demo-viewer")) as viewer:
        seen = viewer.get(path)
    assert seen["content_access"] == "denied"
    assert "content" not in seen


def test_an_artifact_comes_through_its_presigned_url_and_only_through_it(
    api: ApiClient, ended: dict[str, dict[str, Any]]
) -> None:
    execution_id = quote(ended["research-brief"]["execution_id"])
    artifact = api.get(f"/v1/executions/{execution_id}/artifacts")["items"][0]
    path = f"/v1/executions/{execution_id}/artifacts/{quote(artifact['artifact_id'])}/link"
    url = api.post(path, {"disposition": "attachment"}, status=200)["url"]
    with urllib.request.urlopen(url, timeout=60) as answer:
        content = answer.read()
        assert answer.headers["content-disposition"].startswith("attachment")
    assert hashlib.sha256(content).hexdigest() == artifact["sha256"]
    with pytest.raises(HTTPError) as caught:
        urllib.request.urlopen(url.partition("?")[0], timeout=60)
    caught.value.close()
    assert caught.value.code == 403


def test_another_tenants_operator_finds_nothing(
    stack: Stack, ended: dict[str, dict[str, Any]]
) -> None:
    execution_id = quote(ended["research-brief"]["execution_id"])
    with stack.api(stack.token("other-operator")) as other:
        assert other.get("/v1/executions")["items"] == []
        assert other.call("GET", f"/v1/executions/{execution_id}").status == 404
        assert other.call("GET", f"/v1/executions/{execution_id}/trace").status == 404


def test_the_collector_gets_the_same_trace_and_span_ids(
    stack: Stack, api: ApiClient, ended: dict[str, dict[str, Any]]
) -> None:
    execution = ended["research-brief"]
    received = {
        span["span_id"]
        for span in stack.otlp.read_spans()
        if span["trace_id"] == execution["trace_id"]
    }
    assert received == {row["span_id"] for row in read_trace(api, execution)["rows"]}
