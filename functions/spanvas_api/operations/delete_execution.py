"""Deletes an execution: what is left of it are ids, times and totals."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from spanvas.model.errors import NotFoundError, StoreUnavailableError
from spanvas.model.units import NANO
from spanvas_api.access import authorized_execution, record_read
from spanvas_api.http import parameters
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.representation import execution_body
from spanvas_api.services import Services

MAX_NANO: Final = 12 * NANO
"""After which a request answers, whatever is left: the schedule of the function goes on with it."""


def delete_execution(request: ApiRequest, services: Services) -> ApiResponse:
    """Returns `wire.Execution`: what is left. Recorded as an access before anything is deleted."""
    execution = authorized_execution(request, services, "delete_execution")
    parameters.only(request.query)
    place = execution.tenant, execution.execution_id
    deletions = services.store.deletions
    if execution.deletion is None:
        record_read(services.store, request, execution, "delete", is_allowed=True)
    deleted = deletions.delete(*place, request.principal.subject)
    if deleted is None:
        raise NotFoundError("no such execution")
    until = request.now_unix_nano + MAX_NANO
    if deleted.deletion is None or not deleted.deletion.is_complete:
        with suppress(
            StoreUnavailableError
        ):  # it is deleted; its copies go when this is done again
            deletions.purge(*place, lambda: services.clock() < until)
        deleted = services.store.read_execution(*place) or deleted
    return ApiResponse(execution_body(deleted, None, services.settings.trace_url_template))
