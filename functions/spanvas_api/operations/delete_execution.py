"""Deletes an execution: what is left of it are ids, times and totals."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from spanvas.model.access import ALLOWED
from spanvas.model.errors import NotFoundError, StoreUnavailableError
from spanvas.model.execution import Execution
from spanvas.model.units import NANO
from spanvas.semantics.withheld import shown_execution
from spanvas_api.access import DELETE, record_read, stored_execution
from spanvas_api.auth import readable
from spanvas_api.http import parameters
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.representation import execution_body
from spanvas_api.services import Services

MAX_NANO: Final = 12 * NANO
"""After which a request answers, whatever is left: the schedule of the function goes on with it."""


def delete_execution(request: ApiRequest, services: Services) -> ApiResponse:
    """Returns `wire.Execution`: what is left. Recorded as an access before anything is deleted."""
    execution = stored_execution(request, services, "delete_execution")
    parameters.only(request.query)
    place = execution.tenant, execution.execution_id
    deletions = services.store.deletions
    if execution.deletion is None:
        record_read(request, services, execution.execution_id, DELETE, ALLOWED)
    deleted = deletions.delete(*place, request.principal.subject)
    if deleted is None:
        raise NotFoundError("no such execution")
    if deleted.deletion is not None and deleted.deletion.is_complete:
        return _answer(request, services, deleted)
    return answered(
        request, services, deleted, lambda: deletions.purge(*place, is_time_left(request, services))
    )


def answered(
    request: ApiRequest, services: Services, known: Execution, go_on: Callable[[], object]
) -> ApiResponse:
    """Goes on with what has been marked, and returns the execution as it is then.

    What cannot be done now is done by the schedule of the function: what is marked counts at once.
    """
    with suppress(StoreUnavailableError):
        go_on()
    found = services.store.read_execution(known.tenant, known.execution_id)
    return _answer(request, services, found or known)


def is_time_left(request: ApiRequest, services: Services) -> Callable[[], bool]:
    """Returns what says whether a request may go on before it answers."""
    until = request.now_unix_nano + MAX_NANO
    return lambda: services.clock() < until


def _answer(request: ApiRequest, services: Services, execution: Execution) -> ApiResponse:
    execution = shown_execution(execution, readable(request.principal, execution))
    return ApiResponse(execution_body(execution, None, services.settings.trace_url_template))
