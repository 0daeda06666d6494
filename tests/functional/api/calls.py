"""A path of each call of the API, and the query that it needs; `{}` stands for an execution."""

from __future__ import annotations

from tests.support.builders import span_id

CALLS = {
    "list_workflows": ("GET", "/v1/workflows"),
    "list_executions": ("GET", "/v1/executions"),
    "start_execution": ("POST", "/v1/workflows/support-triage/executions"),
    "read_execution": ("GET", "/v1/executions/{}"),
    "read_trace": ("GET", "/v1/executions/{}/trace"),
    "read_span": ("GET", "/v1/executions/{}/spans/" + span_id("a")),
    "search_execution": ("GET", "/v1/executions/{}/search"),
    "export_execution": ("GET", "/v1/executions/{}/export"),
    "list_artifacts": ("GET", "/v1/executions/{}/artifacts"),
    "link_artifact": ("POST", "/v1/executions/{}/artifacts/art_1/link"),
    "list_accesses": ("GET", "/v1/executions/{}/accesses"),
    "hold_execution": ("POST", "/v1/executions/{}/hold"),
    "release_execution": ("DELETE", "/v1/executions/{}/hold"),
    "delete_executions": ("DELETE", "/v1/executions"),
    "delete_execution": ("DELETE", "/v1/executions/{}"),
}
QUERIES = {"search_execution": {"q": "ada"}, "delete_executions": {"session_id": "none"}}
