"""A permission that the template lacks is missing in the local stack, too."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from local.client import ApiClient
from local.lambdas.invocation import Invocation
from local.project import PROJECT
from local.seed import start_workflow, wait_for_end
from local.stack import Options, Stack

pytestmark = pytest.mark.runtime

WORKFLOW = "document-table"


def template_without(folder: Path, statement: str) -> Path:
    """The project's template, in which one statement of a role's policy denies what it allows."""
    text = (PROJECT / "template.yaml").read_text(encoding="utf-8")
    allows = f"- Sid: {statement}\n                Effect: Allow"
    assert text.count(allows) == 1
    path = folder / "template.yaml"
    path.write_text(text.replace(allows, allows.replace("Allow", "Deny")), encoding="utf-8")
    return path


def stack_with(folder: Path, template: Path) -> Stack:
    return Stack(Options(port=0, state=folder, template=template, latency=0.0))


def run_workflow(api: ApiClient) -> str:
    workflows = {item["workflow_id"]: item for item in api.get("/v1/workflows")["items"]}
    execution_id = start_workflow(api, WORKFLOW, workflows[WORKFLOW]["sample_input"])
    assert wait_for_end(api, execution_id)["status"] == "succeeded"
    return execution_id


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def first_artifact_link(api: ApiClient, execution_id: str) -> str:
    (artifact, *_) = api.get(f"/v1/executions/{execution_id}/artifacts")["items"]
    path = f"/v1/executions/{execution_id}/artifacts/{artifact['artifact_id']}/link"
    answer = api.call("POST", path, {"disposition": "attachment"})
    return str(answer.json()["url"])


def test_with_all_of_them_everything_works(tmp_path: Path) -> None:
    with stack_with(tmp_path, PROJECT / "template.yaml") as stack, stack.api() as api:
        assert status_of(first_artifact_link(api, run_workflow(api))) == 200


def test_without_the_right_to_read_versions_a_link_to_an_artifact_is_refused(
    tmp_path: Path,
) -> None:
    template = template_without(tmp_path, "SignLinksToArtifacts")
    with stack_with(tmp_path, template) as stack, stack.api() as api:
        assert status_of(first_artifact_link(api, run_workflow(api))) == 403


def invoke(stack: Stack, logical_id: str, event: Any) -> str:
    name = stack.function(logical_id).name
    payload = json.dumps(event).encode()
    return stack.lambdas.invoke(name, Invocation(payload)).payload.decode()


def test_without_the_right_to_query_its_index_the_sweep_fails(tmp_path: Path) -> None:
    template = template_without(tmp_path, "FindOverdueExecutions")
    with stack_with(tmp_path, template) as stack:
        answer = invoke(stack, "SweepFunction", {})
        assert "the store failed looking for what is due: AccessDeniedException" in answer


def test_without_the_right_to_invoke_the_executor_nothing_is_started(tmp_path: Path) -> None:
    template = template_without(tmp_path, "StartExecutions")
    with stack_with(tmp_path, template) as stack, stack.api() as api:
        workflow = api.get("/v1/workflows")["items"][0]
        path = f"/v1/workflows/{workflow['workflow_id']}/executions"
        answer = api.call("POST", path, {"input": workflow["sample_input"]})
        assert answer.status >= 500


@pytest.mark.parametrize("is_allowed", [True, False])
def test_a_state_machine_calls_with_the_rights_of_its_role(
    tmp_path: Path, is_allowed: bool
) -> None:
    template = PROJECT / "template.yaml"
    if not is_allowed:
        template = template_without(tmp_path, "CallTheSteps")
    with stack_with(tmp_path, template) as stack:
        states = stack.boto3_client("stepfunctions")
        (machine,) = states.list_state_machines()["stateMachines"]
        order = {"order_id": "17", "tenant": "demo", "items": {"tea": 2}}
        started = states.start_execution(
            stateMachineArn=machine["stateMachineArn"], input=json.dumps(order)
        )
        while True:
            ended = states.describe_execution(executionArn=started["executionArn"])
            if ended["status"] != "RUNNING":
                break
            time.sleep(0.1)
    if is_allowed:
        assert ended["status"] == "SUCCEEDED"
        return
    assert (ended["status"], ended["error"]) == ("FAILED", "Lambda.AWSLambdaException")
    assert "is not authorized to perform: lambda:InvokeFunction on resource: " in ended["cause"]
