"""Deletes the executions of a session or of a user, a bounded part of the history at a time."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from spanvas.model.access import ALLOWED
from spanvas.model.errors import ConflictError, InvalidInputError, StoreUnavailableError
from spanvas.model.execution import Execution
from spanvas_api.access import DELETE, record_read
from spanvas_api.auth import authorize
from spanvas_api.http import parameters
from spanvas_api.http.cursors import Cursors
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.operations.delete_execution import is_time_left
from spanvas_api.representation import unreadable_body
from spanvas_api.services import Services

SESSION: Final = "session_id"
USER: Final = "user_id"
PAGE: Final = 100
"""Executions of the history that are looked at between two looks at the clock."""


def delete_executions(request: ApiRequest, services: Services) -> ApiResponse:
    """Returns `wire.DeleteExecutionsResponse`. Each deletion is recorded as an access first.

    What an execution holds is purged by the schedule of the function; from the deletion on no call shows it.
    """
    authorize(request.principal, "delete_executions")
    parameters.only(request.query, SESSION, USER, "cursor")
    name, wanted = _asked(request)
    tenant = request.principal.tenant
    filters = {name: wanted, "workflows": request.principal.workflows}
    cursors = Cursors(
        services.settings.table, request.principal.identity, "delete_executions", filters
    )
    cursor = request.query.get("cursor")
    position = None if cursor is None else cursors.unseal(cursor)
    has_time = is_time_left(request, services)
    deleted: list[str] = []
    held: list[str] = []
    unreadable: list[dict[str, Any]] = []
    while True:
        page = services.store.list_executions(
            tenant, limit=PAGE, after=position, workflows=request.principal.workflows
        )
        unreadable += [unreadable_body(item) for item in page.unreadable]
        for execution in page.items:
            if execution.deletion is None and _is_of(execution, name, wanted):
                _delete(request, services, execution, deleted, held)
        position = page.next_position
        if position is None or not has_time():
            break
    body: dict[str, Any] = {"deleted": deleted, "held": held}
    if unreadable:
        body["unreadable"] = unreadable
    if page.looked_through_unix_nano is not None:
        body["looked_through_unix_nano"] = str(page.looked_through_unix_nano)
    body["next_cursor"] = None if position is None else cursors.seal(position)
    return ApiResponse(body)


def _asked(request: ApiRequest) -> tuple[str, str]:
    """Returns which of the two is asked for, and its value. Raises InvalidInputError where it is not one of them."""
    given = [
        (name, request.query[name].strip()) for name in (SESSION, USER) if name in request.query
    ]
    if len(given) != 1:
        raise InvalidInputError(SESSION, "or user_id is needed, one of them")
    if not given[0][1]:
        raise InvalidInputError(given[0][0], "is blank")
    return given[0]


def _is_of(execution: Execution, name: str, wanted: str) -> bool:
    if name == SESSION:
        return execution.session_id == wanted
    return wanted in (execution.user_id, execution.started_by)


def _delete(
    request: ApiRequest,
    services: Services,
    execution: Execution,
    deleted: list[str],
    held: list[str],
) -> None:
    """Deletes one execution and notes it. One that the caller may not see is not there."""
    if not request.principal.sees(execution):
        return
    if execution.hold is not None:
        held.append(execution.execution_id)
        return
    deletions = services.store.deletions
    record_read(request, services, execution.execution_id, DELETE, ALLOWED)
    try:
        left = deletions.delete(execution.tenant, execution.execution_id, request.principal.subject)
    except ConflictError:
        held.append(execution.execution_id)
        return
    if left is None:
        return
    deleted.append(left.execution_id)
    with suppress(StoreUnavailableError):
        deletions.purge(left.tenant, left.execution_id, is_time_left(request, services))
