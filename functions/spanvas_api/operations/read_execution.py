"""One execution, with what of its workflow has arrived."""

from __future__ import annotations

from spanvas.model.execution import completeness_of, totalled
from spanvas_api import parameters
from spanvas_api.auth import authorize
from spanvas_api.operations.found import read_authorized
from spanvas_api.representation import execution_body
from spanvas_api.request import Answer, Request
from spanvas_api.services import Services


def read_execution(request: Request, services: Services) -> Answer:
    """`wire.Execution`. Reads the rows too: which nodes have arrived is known from nothing else."""
    authorize(request.principal, "read_execution")
    parameters.only(request.query)
    stored = read_authorized(request, "read_execution", services.store.read_trace)
    completeness = completeness_of(stored.execution, stored.rows)
    execution = stored.explained()
    if stored.is_whole:
        execution = totalled(execution, stored.rows, request.now_unix_nano)
    return Answer(execution_body(execution, completeness, services.settings.trace_url_template))
