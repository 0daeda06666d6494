"""Who has read what of an execution, also when the execution itself has expired."""

from __future__ import annotations

from typing import Any

from spanvas.model.access import Access
from spanvas.model.errors import NotFoundError, UnreadableItemError
from spanvas.model.execution import Execution
from spanvas.storage.pages import Page
from spanvas_api.access import may_call
from spanvas_api.http import parameters
from spanvas_api.http.cursors import Cursors
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.services import Services

LIST_ACCESSES = "list_accesses"


def list_accesses(request: ApiRequest, services: Services) -> ApiResponse:
    """Returns `wire.AccessesResponse`, newest first.

    `audit:read` is a right in the tenant, which is part of the records' keys, so that it needs no execution to be
    decided. What was never read and is not there is NotFoundError, as an execution of another tenant. To a caller who
    may see some workflows only, so is what does not say of which workflow it is: what is gone or cannot be read.
    """
    may_call(request, services, LIST_ACCESSES)
    stored_under = parameters.execution_ids(request.path)
    parameters.only(request.query, "limit", "cursor", "span_id")
    limit = parameters.limit(request.query)
    span_id = parameters.optional_span_id(request.query)
    for execution_id in stored_under:
        found = _found(request, services, execution_id)
        if request.principal.workflows is not None and found is None:
            continue
        page = _page(request, services, found, execution_id, limit, span_id)
        if page is not None:
            return page
    raise NotFoundError("no such execution")


def _found(request: ApiRequest, services: Services, execution_id: str) -> Execution | None:
    """Returns the execution as far as the caller may see it; None where it is not there for this caller."""
    principal = request.principal
    # Records are listed without the execution; only who is restricted to workflows needs to know which it is of.
    reader = services.store if principal.workflows is None else services.traces
    try:
        found = reader.read_execution(principal.tenant, execution_id)
    except UnreadableItemError:
        if principal.workflows is None:
            raise
        return None
    return found if found is not None and principal.sees(found) else None


def _page(
    request: ApiRequest,
    services: Services,
    found: Execution | None,
    execution_id: str,
    limit: int,
    span_id: str | None,
) -> ApiResponse | None:
    """Returns the answer; None where there is neither the execution nor any record of it."""
    tenant = request.principal.tenant
    execution_id = execution_id if found is None else found.execution_id
    cursors = Cursors(
        services.settings.table,
        request.principal.identity,
        LIST_ACCESSES,
        {"execution_id": execution_id, "span_id": span_id or ""},
    )
    cursor = request.query.get("cursor")
    after = None if cursor is None else cursors.unseal(cursor)
    page = services.store.list_accesses(
        tenant, execution_id, limit=limit, after=after, span_id=span_id
    )
    if found is None and not after and not (page.items or page.unreadable or page.next_position):
        return None
    return ApiResponse(_body(page, cursors))


def _body(page: Page[Access], cursors: Cursors) -> dict[str, Any]:
    position = page.next_position
    body: dict[str, Any] = {
        "items": [_access_body(access) for access in page.items],
        "next_cursor": None if position is None else cursors.seal(position),
    }
    if page.unreadable:
        body["unreadable"] = len(page.unreadable)
    return body


def _access_body(access: Access) -> dict[str, Any]:
    body: dict[str, Any] = {
        "access_id": access.access_id,
        "time_unix_nano": str(access.time_unix_nano),
        "principal": access.principal,
        "action": access.action,
        "outcome": access.outcome,
        "count": access.count,
        "request_id": access.request_id,
    }
    if access.principal_name:
        body["principal_name"] = access.principal_name
    if access.target:
        body["target"] = access.target
    if access.span_id:
        body["span_id"] = access.span_id
    if access.last_time_unix_nano:
        body["last_time_unix_nano"] = str(access.last_time_unix_nano)
    return body
