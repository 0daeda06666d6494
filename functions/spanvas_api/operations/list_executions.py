"""The history."""

from __future__ import annotations

from typing import Any, Final

from spanvas.semantics.withheld import execution_without_content
from spanvas_api.auth import authorize, may_read_content
from spanvas_api.http import parameters
from spanvas_api.http.cursors import Cursors
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.representation import execution_body, unreadable_body
from spanvas_api.route_schema import OLDEST_FIRST
from spanvas_api.services import Services

FILTERS: Final = ("workflow_id", "status", "from", "to", "order")


def list_executions(request: ApiRequest, services: Services) -> ApiResponse:
    """Returns `wire.ExecutionsResponse`: a page of the history."""
    authorize(request.principal, "list_executions")
    query = request.query
    parameters.only(query, *FILTERS, "limit", "cursor")
    tenant = request.principal.tenant
    filters = {name: query[name] for name in FILTERS if name in query}
    cursors = Cursors(services.settings.table, tenant, "list_executions", filters)
    cursor = query.get("cursor")
    page = services.store.list_executions(
        tenant,
        workflow_id=parameters.optional_workflow_id(query),
        status=parameters.status(query),
        started_from=parameters.unix_nano(query, "from"),
        started_to=parameters.unix_nano(query, "to"),
        limit=parameters.limit(query),
        after=None if cursor is None else cursors.unseal(cursor),
        oldest_first=parameters.order(query) == OLDEST_FIRST,
    )
    items = []
    for execution in page.items:
        authorize(request.principal, "list_executions", execution)
        shown = (
            execution
            if may_read_content(request.principal, execution)
            else execution_without_content(execution)
        )
        items.append(execution_body(shown, None, services.settings.trace_url_template))
    body: dict[str, Any] = {"items": items, "passed_over": page.passed_over}
    if page.looked_through_unix_nano is not None:
        body["looked_through_unix_nano"] = str(page.looked_through_unix_nano)
    position = page.next_position
    body["next_cursor"] = None if position is None else cursors.seal(position)
    if page.unreadable:
        body["unreadable"] = [unreadable_body(item) for item in page.unreadable]
    return ApiResponse(body)
