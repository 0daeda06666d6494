"""The files of an execution."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from spanvas.model.artifact import Artifact
from spanvas_api.access import authorized_execution
from spanvas_api.auth import may_read_content
from spanvas_api.http import parameters
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.services import Services


def list_artifacts(request: ApiRequest, services: Services) -> ApiResponse:
    """Returns `wire.ArtifactsResponse`: names and sizes only, since opening a file takes a link."""
    execution = authorized_execution(request, services, "list_artifacts")
    parameters.only(request.query)
    if execution.deletion is not None:  # what comes late may be there until it is purged
        return ApiResponse({"items": []})
    page = services.store.list_artifacts(execution.tenant, execution.execution_id)
    items = page.items
    if not may_read_content(request.principal, execution):
        items = [_without_name(artifact) for artifact in items]
    body: dict[str, Any] = {"items": [_artifact_body(artifact) for artifact in items]}
    if page.unreadable:
        body["unreadable"] = len(page.unreadable)
    return ApiResponse(body)


def _without_name(artifact: Artifact) -> Artifact:
    """Returns a file as callers see it who may not read content: what it is called is content."""
    return replace(artifact, name=artifact.artifact_id, bucket="", key="")


def _artifact_body(artifact: Artifact) -> dict[str, Any]:
    body: dict[str, Any] = {"artifact_id": artifact.artifact_id, "span_id": artifact.span_id}
    if artifact.node_id:
        body["node_id"] = artifact.node_id
    return body | {
        "name": artifact.name,
        "media_type": artifact.media_type,
        "bytes": artifact.bytes,
        "sha256": artifact.sha256,
        "created_at_unix_nano": str(artifact.created_at_unix_nano),
        "inline": artifact.is_inline,
        **({"source": f"s3://{artifact.bucket}/{artifact.key}"} if artifact.bucket else {}),
    }
