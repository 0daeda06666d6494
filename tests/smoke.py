"""`make smoke`: the main job from outside, once: sign in, run a workflow, read its trace and an artifact, stop."""

from __future__ import annotations

import hashlib
import shutil
import sys
import time
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from local.__main__ import interrupt_on_signals, reported, say
from local.client import ApiClient, CallError
from local.seed import start_workflow, wait_for_end
from local.stack import Options, Stack


class SmokeError(Exception):
    """A check failed; the message says which."""


def run_smoke() -> int:
    """Returns 0 when everything held. Raises what the stack raises when it cannot start."""
    interrupt_on_signals()
    began = time.perf_counter()
    with Stack(Options(port=0), say=say) as stack, stack.api() as api:
        try:
            check(api, say)
        except (SmokeError, CallError, TimeoutError) as error:
            say(f"smoke: FAILED: {error}")
            say(f"smoke: logs are in {stack.state / 'logs'}")
            return 1
    shutil.rmtree(stack.state, ignore_errors=True)
    say(f"smoke: all worked, in {time.perf_counter() - began:.1f} s")
    return 0


def check(api: ApiClient, say: Callable[[str], None]) -> None:
    """Runs a workflow and checks its trace and its artifact. Raises SmokeError."""
    workflow = find_workflow(api)
    execution_id = start_workflow(api, workflow["workflow_id"], workflow.get("sample_input"))
    execution = wait_for_end(api, execution_id)
    require(execution["status"] == "succeeded", f"the execution {execution['status']}")
    say(f"smoke: {workflow['name']} succeeded")

    trace = api.get(f"/v1/executions/{quote(execution_id)}/trace")
    rows = trace["rows"]
    require(trace["status"] == "COMPLETE", f"the trace is {trace['status']}: {trace.get('reason')}")
    require(rows[0]["kind"] == "workflow" and rows[0]["depth"] == 0, "the first row is no workflow")
    nodes = {row.get("node_id") for row in rows}
    missing = {node["id"] for node in workflow["nodes"]} - nodes
    require(not missing, f"no span of the nodes {sorted(missing)}")
    require(any(row["kind"] == "model" for row in rows), "no model call in the trace")
    say(f"smoke: its trace is complete: {len(rows)} spans, {len(workflow['nodes'])} nodes")

    artifacts = api.get(f"/v1/executions/{quote(execution_id)}/artifacts")["items"]
    require(bool(artifacts), "the execution has no artifact")
    check_artifact(api, execution_id, artifacts[0])
    say(f"smoke: {artifacts[0]['name']} came through its presigned URL, sha256 as recorded")


def find_workflow(api: ApiClient) -> dict[str, Any]:
    """A workflow that generates and leaves an artifact, and is not the one that fails on purpose."""
    workflows: list[dict[str, Any]] = api.get("/v1/workflows")["items"]
    for workflow in workflows:
        kinds = {node["kind"] for node in workflow["nodes"]}
        if {"generate", "artifact"} <= kinds and "notice" not in workflow["workflow_id"]:
            return workflow
    raise SmokeError("no workflow with a generate and an artifact node")


def check_artifact(api: ApiClient, execution_id: str, artifact: dict[str, Any]) -> None:
    """Downloads an artifact and checks it. Raises SmokeError."""
    path = f"/v1/executions/{quote(execution_id)}/artifacts/{quote(artifact['artifact_id'])}/link"
    link = api.post(path, {"disposition": "attachment"}, status=200)
    with urllib.request.urlopen(link["url"], timeout=30) as answer:
        content = answer.read()
        disposition = answer.headers["content-disposition"] or ""
    require(disposition.startswith("attachment"), f"content-disposition is {disposition!r}")
    require(len(content) == artifact["bytes"], f"{len(content)} bytes, not {artifact['bytes']}")
    digest = hashlib.sha256(content).hexdigest()
    require(digest == artifact["sha256"], "the sha256 is not the recorded one")


def require(held: bool, message: str) -> None:
    """Raises SmokeError with the message unless the condition held."""
    if not held:
        raise SmokeError(message)


if __name__ == "__main__":
    sys.exit(reported(run_smoke))
