"""Releases an execution that is held: it expires as it would have, and may be deleted."""

from __future__ import annotations

from spanvas.model.access import ALLOWED
from spanvas_api.access import RELEASE, record_read, stored_execution
from spanvas_api.http import parameters
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.operations.delete_execution import answered, is_time_left
from spanvas_api.services import Services


def release_execution(request: ApiRequest, services: Services) -> ApiResponse:
    """Returns `wire.Execution`. Recorded as an access first."""
    execution = stored_execution(request, services, "release_execution")
    parameters.only(request.query)
    place = execution.tenant, execution.execution_id
    holds = services.store.deletions.holds
    if execution.hold is not None:
        record_read(request, services, execution.execution_id, RELEASE, ALLOWED)
    holds.release(*place)
    return answered(
        request, services, execution, lambda: holds.apply(*place, is_time_left(request, services))
    )
