"""Who read an execution's content."""

from __future__ import annotations

from typing import Any

from spanvas.model.access import Access
from spanvas_api.access import authorized_execution
from spanvas_api.http import parameters
from spanvas_api.http.cursors import Cursors
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.services import Services


def list_accesses(request: ApiRequest, services: Services) -> ApiResponse:
    """Returns `wire.AccessesResponse`, newest first."""
    execution = authorized_execution(request, services, "list_accesses")
    parameters.only(request.query, "limit", "cursor")
    cursors = Cursors(
        services.settings.table,
        execution.tenant,
        "list_accesses",
        {"execution_id": execution.execution_id},
    )
    cursor = request.query.get("cursor")
    page = services.store.list_accesses(
        execution.tenant,
        execution.execution_id,
        limit=parameters.limit(request.query),
        after=None if cursor is None else cursors.unseal(cursor),
    )
    position = page.next_position
    body: dict[str, Any] = {
        "items": [_access_body(access) for access in page.items],
        "next_cursor": None if position is None else cursors.seal(position),
    }
    if page.unreadable:
        body["unreadable"] = len(page.unreadable)
    return ApiResponse(body)


def _access_body(access: Access) -> dict[str, Any]:
    body: dict[str, Any] = {
        "access_id": access.access_id,
        "time_unix_nano": str(access.time_unix_nano),
        "principal": access.principal,
        "action": access.action,
    }
    if access.target:
        body["target"] = access.target
    return body | {"outcome": access.outcome, "request_id": access.request_id}
