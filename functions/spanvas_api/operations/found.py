"""The execution that a call is about, for those who may see it."""

from __future__ import annotations

from spanvas.model.errors import NotFoundError
from spanvas.model.execution import Execution
from spanvas_api import parameters
from spanvas_api.auth import authorize
from spanvas_api.request import Request
from spanvas_api.services import Services


def authorized_execution(request: Request, services: Services, action: str) -> Execution:
    """The execution that the path names.

    Raises ForbiddenError without the scope, InvalidInputError for what is no id, NotFoundError for what is absent,
    expired or another tenant's.
    """
    authorize(request.principal, action)
    execution_id = parameters.execution_id(request.path)
    execution = services.store.read_execution(request.principal.tenant, execution_id)
    if execution is None:
        raise NotFoundError("no such execution")
    authorize(request.principal, action, execution)
    return execution
