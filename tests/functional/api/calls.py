"""A path of each call of the API, and the query that it needs; `{}` stands for an execution, or for its trace."""

from __future__ import annotations

from spanvas.model.ids import trace_id_for
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
    "tempo_echo": ("GET", "/api/echo"),
    "tempo_build_info": ("GET", "/api/status/buildinfo"),
    "tempo_trace": ("GET", "/api/v2/traces/{}"),
    "tempo_trace_v1": ("GET", "/api/traces/{}"),
    "tempo_search": ("GET", "/api/search"),
    "tempo_tags": ("GET", "/api/search/tags"),
    "tempo_tags_v2": ("GET", "/api/v2/search/tags"),
    "tempo_tag_values": ("GET", "/api/search/tag/spanvas.execution.id/values"),
    "tempo_tag_values_v2": ("GET", "/api/v2/search/tag/span.spanvas.execution.id/values"),
}
OF_TRACES = ("tempo_trace", "tempo_trace_v1")
"""Calls whose path has the id of an execution's trace."""
OF_EXECUTIONS = [
    name for name, (_, path) in CALLS.items() if "{}" in path and name not in OF_TRACES
]
IN_TEXT = {name for name in CALLS if name.startswith("tempo_")}
"""Calls whose refusals are plain text."""
QUERIES = {"search_execution": {"q": "ada"}, "delete_executions": {"session_id": "none"}}


def path_of(name: str, execution_id: str) -> str:
    """Returns the path of a call on an execution that has the trace of `trace_id_for`."""
    named = trace_id_for("acme", execution_id) if name in OF_TRACES else execution_id
    return CALLS[name][1].format(named)


def absent_status(name: str) -> int:
    """Returns the status of a call on what is not there: the second version of Tempo's API answers an empty trace."""
    return 200 if name == "tempo_trace" else 404
