"""One execution, with what of its workflow has arrived."""

from __future__ import annotations

from spanvas.model.errors import NotFoundError
from spanvas.model.execution import completeness_of, totalled
from spanvas_api import parameters
from spanvas_api.auth import authorize
from spanvas_api.representation import execution_body
from spanvas_api.request import Answer, Request
from spanvas_api.services import Services


def read_execution(request: Request, services: Services) -> Answer:
    """`wire.Execution`. Reads the rows too: which nodes have arrived is known from nothing else."""
    authorize(request.principal, "read_execution")
    execution_id = parameters.execution_id(request.path)
    parameters.only(request.query)
    stored = services.store.read_trace(request.principal.tenant, execution_id)
    if stored is None:
        raise NotFoundError("no such execution")
    authorize(request.principal, "read_execution", stored.execution)
    completeness = completeness_of(stored.execution, stored.rows)
    execution = stored.execution_with_loss_cause()
    if stored.is_whole:
        execution = totalled(execution, stored.rows, request.now_unix_nano)
    return Answer(execution_body(execution, completeness, services.settings.trace_url_template))
