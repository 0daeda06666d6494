"""The execution that a call is about, for those who may see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from spanvas.model.errors import NotFoundError
from spanvas.model.execution import Execution
from spanvas.storage.port import StoredTrace
from spanvas_api import parameters
from spanvas_api.auth import authorize
from spanvas_api.request import Request
from spanvas_api.services import Services

Found = TypeVar("Found", bound=Execution | StoredTrace)


def authorized_execution(request: Request, services: Services, action: str) -> Execution:
    """Reads the execution that the path names, without its rows. Raises as `read_authorized` does."""
    return read_authorized(request, action, services.store.read_execution)


def read_authorized(
    request: Request, action: str, read: Callable[[str, str], Found | None]
) -> Found:
    """Reads the execution that the path names, with `read(tenant, execution_id)`, if the caller may do `action` on it.

    Raises ForbiddenError without the scope, InvalidInputError for a blank id, and NotFoundError for an execution that
    is absent, expired or another tenant's.
    """
    authorize(request.principal, action)
    found = find(request, read)
    if found is None:
        raise NotFoundError("no such execution")
    authorize(request.principal, action, found if isinstance(found, Execution) else found.execution)
    return found


def find(request: Request, read: Callable[[str, str], Found | None]) -> Found | None:
    """Reads the execution that the path names under each of the ids that it may be stored under, until it is found."""
    tenant = request.principal.tenant
    for execution_id in parameters.execution_ids(request.path):
        found = read(tenant, execution_id)
        if found is not None:
            return found
    return None
