"""A link that opens a file for a short time. Whoever holds it can open the file, so it is recorded first."""

from __future__ import annotations

from spanvas.model.access import ALLOWED
from spanvas.model.errors import ConflictError, NotFoundError
from spanvas.model.units import DAY_SECONDS, NANO
from spanvas_api.access import authorized_execution, record_read
from spanvas_api.access_records import ARTIFACT
from spanvas_api.http import parameters
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.services import Services


def link_artifact(request: ApiRequest, services: Services) -> ApiResponse:
    """Returns `wire.LinkArtifactResponse`. Links types that a browser would run as `attachment`, whatever was asked."""
    execution = authorized_execution(request, services, "link_artifact")
    artifact_id = parameters.artifact_id(request.path)
    parameters.only(request.query)
    disposition = parameters.disposition(request.body)
    artifact = services.store.read_artifact(execution.tenant, execution.execution_id, artifact_id)
    # What comes late for a deleted execution may be there until it is purged.
    if artifact is None or execution.deletion is not None:
        raise NotFoundError("no such artifact")
    if artifact.bucket and artifact.bucket not in services.settings.artifact_buckets:
        raise ConflictError("links to files in the bucket of this artifact are not made here")
    kept_since = request.now_unix_nano - services.settings.retention_days * DAY_SECONDS * NANO
    is_over = artifact.created_at_unix_nano < kept_since and execution.hold is None
    if is_over and not artifact.bucket:
        raise ConflictError("The file has expired: it is past its retention.")
    if not artifact.is_inline:
        disposition = "attachment"
    seconds = services.settings.link_expiry_seconds
    names = {"target": artifact_id, "span_id": artifact.span_id}
    record_read(request, services, execution.execution_id, ARTIFACT, ALLOWED, **names)
    return ApiResponse(
        {
            "url": services.store.sign_artifact_url(artifact, disposition, seconds),
            "expires_at_unix_nano": str(request.now_unix_nano + seconds * NANO),
            "media_type": artifact.media_type,
            "disposition": disposition,
        }
    )
