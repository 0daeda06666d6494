"""Something to see at the first start: every shipped workflow run once, through the API like any other run."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from local.client import ApiClient

ENDED = frozenset({"succeeded", "failed", "lost", "untraced"})
PATIENCE_SECONDS = 120.0


def seed(api: ApiClient, say: Callable[[str], None]) -> int:
    """Run each workflow once unless executions exist; how many were started. Raises CallError."""
    if api.get("/v1/executions?limit=1")["items"]:
        return 0
    say("Running each workflow once, so that there is something to see")
    started = {
        start_workflow(api, workflow["workflow_id"], workflow.get("sample_input")): workflow["name"]
        for workflow in api.get("/v1/workflows")["items"]
    }
    for execution_id, name in started.items():
        execution = wait_for_end(api, execution_id)
        say(f"  {name}: {execution['status']}, {execution['counters']['spans']} spans")
    return len(started)


def start_workflow(api: ApiClient, workflow_id: str, sample_input: object) -> str:
    """The id of the new execution."""
    body = {} if sample_input is None else {"input": sample_input}
    return str(api.post(f"/v1/workflows/{quote(workflow_id)}/executions", body)["execution_id"])


def wait_for_end(
    api: ApiClient, execution_id: str, seconds: float = PATIENCE_SECONDS
) -> dict[str, Any]:
    """The execution once it has ended. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while True:
        execution: dict[str, Any] = api.get(f"/v1/executions/{quote(execution_id)}")
        if execution["status"] in ENDED:
            return execution
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"execution {execution_id} is {execution['status']} after {seconds:.0f} s"
            )
        time.sleep(0.2)
