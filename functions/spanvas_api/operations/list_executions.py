"""The history."""

from __future__ import annotations

from typing import Any, Final

from spanvas.model.globs import is_plain
from spanvas.semantics.withheld import shown_execution
from spanvas.storage.pages import Listing
from spanvas_api.auth import Principal, authorize, readable
from spanvas_api.http import parameters
from spanvas_api.http.cursors import Cursors
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.representation import execution_body, unreadable_body
from spanvas_api.route_schema import OLDEST_FIRST, ORDERS
from spanvas_api.services import Services

FILTERS: Final = ("workflow_id", "status", "from", "to", "order")


def list_executions(request: ApiRequest, services: Services) -> ApiResponse:
    """Returns `wire.ExecutionsResponse`: a page of the history, of the workflows that the caller may see."""
    authorize(request.principal, "list_executions")
    query = request.query
    parameters.only(query, *FILTERS, "limit", "cursor")
    page, cursors = _page(request, services)
    items = []
    for execution in page.items:
        authorize(request.principal, "list_executions", execution)
        shown = shown_execution(execution, readable(request.principal, execution))
        items.append(execution_body(shown, None, services.settings.trace_url_template))
    body: dict[str, Any] = {"items": items, "passed_over": page.passed_over}
    if page.looked_through_unix_nano is not None:
        body["looked_through_unix_nano"] = str(page.looked_through_unix_nano)
    position = page.next_position
    body["next_cursor"] = None if position is None else cursors.seal(position)
    if page.unreadable:
        body["unreadable"] = [unreadable_body(item) for item in page.unreadable]
    return ApiResponse(body)


def _page(request: ApiRequest, services: Services) -> tuple[Listing, Cursors]:
    """Reads a page, and returns it with what seals the position of the next one."""
    query, principal = request.query, request.principal
    workflow_id = parameters.optional_workflow_id(query)
    filters: dict[str, object] = {name: query[name] for name in FILTERS if name in query}
    if principal.workflows is not None:
        filters["workflows"] = principal.workflows
    cursors = Cursors(services.settings.table, principal.identity, "list_executions", filters)
    cursor = query.get("cursor")
    asked: dict[str, Any] = {
        "status": parameters.status(query),
        "started_from": parameters.unix_nano(query, "from"),
        "started_to": parameters.unix_nano(query, "to"),
        "limit": parameters.limit(query),
        "after": None if cursor is None else cursors.unseal(cursor),
        "oldest_first": parameters.one_of(query, "order", ORDERS) == OLDEST_FIRST,
        "workflows": principal.workflows,
    }
    if workflow_id is None:
        workflow_id = _only_workflow(principal)
    if principal.workflows == () or (workflow_id and not principal.sees_workflow(workflow_id)):
        return Listing([], None), cursors
    page = services.store.list_executions(principal.tenant, workflow_id=workflow_id, **asked)
    return page, cursors


def _only_workflow(principal: Principal) -> str | None:
    """Returns the workflow that a caller is restricted to, if it is one by its id: it has an index of its own."""
    if principal.workflows is None or len(principal.workflows) != 1:
        return None
    return principal.workflows[0] if is_plain(principal.workflows[0]) else None
