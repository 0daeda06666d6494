"""What people and machines do with a deployed stack: the page, a workflow, a state machine, a schedule, an alarm."""

from __future__ import annotations

import hashlib
import json
import sys
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from tests.rehearsal.account import STACK, Account
from tests.rehearsal.people import People
from tests.rehearsal.report import require
from tests.rehearsal.stack import DeployedStack

WORKFLOW: Final = "research-brief"
ENDED: Final = frozenset({"succeeded", "failed", "lost"})
WAIT_SECONDS: Final = 60.0
SCHEDULE_SECONDS: Final = 90.0


def wait_for(seconds: float, look: Callable[[], Any], what: str) -> Any:
    """Looks again and again until something is there. Raises RehearsalError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        require(time.monotonic() < deadline, f"{what} for {seconds:.0f} s")
        time.sleep(0.3)
    return seen


def upload_page(account: Account, stack: DeployedStack, people: People) -> str:
    """Uploads the page as `make deploy` does, and reads it back from its bucket."""
    account.run(
        [sys.executable, "-m", "tools.deploy_site", "--scopes", "openid", "--", *stack.target]
    )
    bucket = stack.outputs()["SiteBucketName"]
    s3 = account.client("s3")
    names = [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    require("index.html" in names, f"the page's bucket has no index.html: {names}")
    config = json.load(s3.get_object(Bucket=bucket, Key="config.json")["Body"])
    told = (config["issuer"], config["client_id"])
    require(told == (people.issuer, people.client_id), f"config.json tells the page {told}")
    return f"{len(names)} files"


def empty_page(account: Account, stack: DeployedStack) -> None:
    """Deletes the page's files, since CloudFormation deletes an empty bucket only."""
    account.run([sys.executable, "-m", "tools.deploy_site", "--empty", "--", *stack.target])


def refuse_strangers(stack: DeployedStack, people: People) -> str:
    """Calls without a token, with one whose signature is wrong, and without the scope."""
    token, auditor = people.token("operator"), people.token("auditor")
    start = f"/v1/workflows/{WORKFLOW}/executions"
    calls = (
        (401, "without a token", stack.call("GET", "/v1/workflows")[0]),
        (
            401,
            "with a forged token",
            stack.call("GET", "/v1/workflows", token[:-8] + "AAAAAAAA")[0],
        ),
        (403, "without the scope", stack.call("POST", start, auditor, {"input": {}})[0]),
    )
    for expected, how, status in calls:
        require(status == expected, f"a call {how} is answered by {status}, not {expected}")
    return "401, 401, 403"


def run_workflow(stack: DeployedStack, people: People) -> str:
    """Starts a workflow through the HTTP API, reads its trace and downloads an artifact."""
    token = people.token("operator")
    workflows = stack.get("/v1/workflows", token)["items"]
    workflow = next(item for item in workflows if item["workflow_id"] == WORKFLOW)
    status, _, answer = stack.call(
        "POST", f"/v1/workflows/{WORKFLOW}/executions", token, {"input": workflow["sample_input"]}
    )
    require(status == 202, f"the start is answered by {status}: {answer}")
    path = f"/v1/executions/{quote(answer['execution_id'])}"
    execution = wait_for_end(stack, path, token)
    require(execution["status"] == "succeeded", f"the execution {execution['status']}: {execution}")
    trace = stack.get(f"{path}/trace", token)
    require(trace["status"] == "COMPLETE", f"the trace is {trace['status']}: {trace.get('reason')}")
    nodes = {row.get("node_id") for row in trace["rows"]}
    missing = {node["id"] for node in workflow["nodes"]} - nodes
    require(not missing, f"the trace has no span of {sorted(missing)}")
    size = download(stack, path, token)
    return f"{len(trace['rows'])} spans, an artifact of {size} bytes"


def download(stack: DeployedStack, path: str, token: str) -> int:
    """Downloads the first artifact through its presigned URL; returns its size in bytes."""
    artifacts = stack.get(f"{path}/artifacts", token)["items"]
    require(artifacts, "the execution has no artifact")
    artifact = artifacts[0]
    place = f"{path}/artifacts/{quote(artifact['artifact_id'])}/link"
    status, _, link = stack.call("POST", place, token, {"disposition": "attachment"})
    require(status == 200, f"the link is answered by {status}: {link}")
    with urllib.request.urlopen(link["url"], timeout=30) as answer:
        content = answer.read()
    digest = hashlib.sha256(content).hexdigest()
    require(digest == artifact["sha256"], f"{artifact['name']} is not what was stored")
    return len(content)


def wait_for_end(stack: DeployedStack, path: str, token: str) -> Any:
    """Returns the execution when it has ended."""

    def look() -> Any:
        status, _, execution = stack.call("GET", path, token)
        return execution if status == 200 and execution["status"] in ENDED else None

    return wait_for(WAIT_SECONDS, look, f"{path} has not ended")


def run_state_machine(account: Account, stack: DeployedStack, people: People) -> str:
    """Runs the example of a state machine. That it has ended is told by its rule to the sweep."""
    states = account.client("stepfunctions")
    order = {"order_id": "17", "tenant": "demo", "items": {"tea": 2}, "bank_fails": 1}
    started = states.start_execution(
        stateMachineArn=stack.outputs()["OrderStateMachineArn"], input=json.dumps(order)
    )

    def look() -> Any:
        found = states.describe_execution(executionArn=started["executionArn"])
        return found if found["status"] != "RUNNING" else None

    ended = wait_for(WAIT_SECONDS, look, "the state machine has not ended")
    require(
        ended["status"] == "SUCCEEDED", f"the state machine {ended['status']}: {ended.get('cause')}"
    )
    token = people.token("operator")

    def listed() -> Any:
        items = stack.get("/v1/executions", token)["items"]
        return next((item for item in items if item["workflow_id"] == f"{STACK}-order-flow"), None)

    execution = wait_for(
        WAIT_SECONDS, listed, "the state machine's execution is not in the history"
    )
    path = f"/v1/executions/{quote(execution['execution_id'])}"
    execution = wait_for_end(stack, path, token)
    require(execution["status"] == "succeeded", f"its execution {execution['status']}: {execution}")
    rows = stack.get(f"{path}/trace", token)["rows"]
    return f"{len(rows)} spans of three functions in one trace"


def let_schedule_run(account: Account, stack: DeployedStack) -> str:
    """Waits until the schedules have called their functions, which their log groups tell."""
    resources = stack.resources()
    logs = account.client("logs")

    def ran(group: str) -> bool:
        found = logs.filter_log_events(logGroupName=resources[group][1], filterPattern="REPORT")
        return bool(found["events"])

    for group in ("SweepLogGroup", "DeletionLogGroup"):
        wait_for(SCHEDULE_SECONDS, partial(ran, group), f"{group} has had no line")
    return "sweep and deletion were called"
