"""One execution, with what of its workflow has arrived."""

from __future__ import annotations

from spanvas.model.completeness import completeness_of
from spanvas.model.execution import totalled
from spanvas.semantics.withheld import shown_completeness, shown_execution
from spanvas_api.access import read_authorized
from spanvas_api.auth import readable
from spanvas_api.http import parameters
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.representation import execution_body
from spanvas_api.services import Services


def read_execution(request: ApiRequest, services: Services) -> ApiResponse:
    """Returns `wire.Execution`. Reads the rows, too: nothing else tells which nodes have arrived."""
    stored = read_authorized(request, services, "read_execution", services.traces.read_trace)
    parameters.only(request.query)
    completeness = completeness_of(stored.execution, stored.rows)
    execution = stored.execution_with_loss_cause()
    if stored.is_whole:
        execution = totalled(execution, stored.rows, request.now_unix_nano)
    up_to = readable(request.principal, execution)
    return ApiResponse(
        execution_body(
            shown_execution(execution, up_to),
            shown_completeness(completeness, up_to),
            services.settings.trace_url_template,
            stored.spans_from,
        )
    )
