"""The workflows that can be started, as far as the caller may see them."""

from __future__ import annotations

from spanvas_api.auth import authorize
from spanvas_api.http import parameters
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.services import Services


def list_workflows(request: ApiRequest, services: Services) -> ApiResponse:
    """Returns `wire.WorkflowsResponse`, sorted by id."""
    authorize(request.principal, "list_workflows")
    parameters.only(request.query)
    items = [
        {
            "workflow_id": workflow.id,
            "name": workflow.name,
            "version": workflow.version,
            "description": workflow.description,
            "nodes": [
                {"id": node.id, "name": node.title, "kind": node.kind} for node in workflow.nodes
            ],
            "edges": workflow.edges,
            "sample_input": workflow.sample_input,
        }
        for _, workflow in sorted(services.workflows.items())
        if request.principal.sees_workflow(workflow.id)
    ]
    return ApiResponse({"items": items})
