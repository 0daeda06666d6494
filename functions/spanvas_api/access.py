"""Reads of one execution: first the decision whether the caller may, and a record of every read of content."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from spanvas.model.access import ALLOWED, REFUSED, Access
from spanvas.model.errors import NotFoundError, StoreUnavailableError
from spanvas.model.execution import Execution
from spanvas.model.ids import new_span_id
from spanvas.storage.port import StoredTrace, TraceStore
from spanvas_api.auth import authorize
from spanvas_api.http import parameters
from spanvas_api.http.request import ApiRequest
from spanvas_api.services import Services

Found = TypeVar("Found", bound=Execution | StoredTrace)


def read_authorized(
    request: ApiRequest, action: str, read: Callable[[str, str], Found | None]
) -> Found:
    """Reads the execution that the path names, with `read(tenant, execution_id)`, if the caller may do `action` on it.

    Raises ForbiddenError without the scope, InvalidInputError for a blank id, and NotFoundError for an execution that
    is absent, expired or another tenant's.
    """
    authorize(request.principal, action)
    # Without a function of its own, so that a read passes few of them.
    stored_under = parameters.execution_ids(request.path)
    found = next(filter(None, map(partial(read, request.principal.tenant), stored_under)), None)
    if found is None:
        raise NotFoundError("no such execution")
    authorize(request.principal, action, found if isinstance(found, Execution) else found.execution)
    return found


def authorized_execution(request: ApiRequest, services: Services, action: str) -> Execution:
    """Reads the execution that the path names, without its rows. Raises as `read_authorized` does."""
    return read_authorized(request, action, services.store.read_execution)


def record_read(
    store: TraceStore,
    request: ApiRequest,
    execution: Execution,
    action: str,
    target: str = "",
    *,
    is_allowed: bool,
) -> None:
    """Stores one access. `target` is the span id or artifact id. The access is durable when this returns.

    Raises StoreUnavailableError when it could not be stored, whatever the reason: the response is then 503 and holds
    no content.
    """
    access = Access(
        tenant=execution.tenant,
        execution_id=execution.execution_id,
        access_id=new_span_id(),
        time_unix_nano=request.now_unix_nano,
        principal=request.principal.subject,
        action=action,
        outcome=ALLOWED if is_allowed else REFUSED,
        request_id=request.request_id,
        target=target,
    )
    try:
        store.record_access(access)
    except StoreUnavailableError:
        raise
    except Exception as error:
        raise StoreUnavailableError("the access could not be recorded") from error
