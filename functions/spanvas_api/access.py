"""Reads of one execution: first the decision whether the caller may, and a record of every read and refusal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final, TypeVar
from urllib.parse import unquote

from spanvas.model.access import REFUSED, Access
from spanvas.model.errors import (
    InvalidInputError,
    NotFoundError,
    StoreUnavailableError,
    UnreadableItemError,
)
from spanvas.model.execution import Execution
from spanvas.model.ids import is_name, is_span_id, new_span_id
from spanvas.storage.stored_trace import StoredTrace
from spanvas_api.access_records import ARTIFACT, TRACE, log
from spanvas_api.auth import authorize
from spanvas_api.errors import ForbiddenError, SpanSourceError
from spanvas_api.http import parameters
from spanvas_api.http.request import ApiRequest
from spanvas_api.http.trace_ids import trace_id_of
from spanvas_api.services import Services

Found = TypeVar("Found", bound=Execution | StoredTrace)

SPAN: Final = "span"
SEARCH: Final = "search"
EXPORT: Final = "export"
DELETE: Final = "delete"
HOLD: Final = "hold"
RELEASE: Final = "release"
CALLS: Final = {
    "read_execution": "execution",
    "read_trace": TRACE,
    "read_span": SPAN,
    "search_execution": SEARCH,
    "export_execution": EXPORT,
    "list_artifacts": "artifacts",
    "link_artifact": ARTIFACT,
    "list_accesses": "accesses",
    "delete_execution": DELETE,
    "hold_execution": HOLD,
    "release_execution": RELEASE,
    "tempo_trace": EXPORT,
    "tempo_trace_v1": EXPORT,
}
"""What records call the operations."""
MOST_OF_A_TRACE: Final = 20
"""Executions that one trace may have here; nearly all traces are one."""


def may_call(request: ApiRequest, services: Services, operation: str) -> None:
    """Returns when the caller has the scope of a call on an execution.

    Raises ForbiddenError when not, and records the refusal first: the gateway checks no scope of such calls.
    """
    try:
        authorize(request.principal, operation)
    except ForbiddenError:
        record_refusal(request, services, CALLS.get(operation, operation))
        raise


def read_authorized(
    request: ApiRequest,
    services: Services,
    operation: str,
    read: Callable[[str, str], Found | None],
) -> Found:
    """Reads the execution that the path names, with `read(tenant, execution_id)`, if the caller may do `operation`.

    Raises ForbiddenError without the scope, InvalidInputError for a blank id, and NotFoundError for an execution that
    is absent, expired, another tenant's, or of a workflow that the caller may not see. To a caller who may see some
    workflows only, one that cannot be read is not there either: nothing says of which workflow it is.
    """
    may_call(request, services, operation)
    # Without a function of its own, so that a read passes few of them.
    stored_under = parameters.execution_ids(request.path)
    try:
        found = next(filter(None, map(partial(read, request.principal.tenant), stored_under)), None)
    except UnreadableItemError:
        if request.principal.workflows is None:
            raise
        found = None
    if found is None:
        raise NotFoundError("no such execution")
    execution = found if isinstance(found, Execution) else found.execution
    try:
        authorize(request.principal, operation, execution)
    except NotFoundError:
        # A line of the log and no record: the answer may not take longer than that of what is not there.
        target, span_id = _target(request)
        call = CALLS.get(operation, operation)
        log(_access(request, execution.execution_id, call, REFUSED, target, span_id))
        raise
    return found


def authorized_execution(request: ApiRequest, services: Services, operation: str) -> Execution:
    """Reads the execution that the path names, without its rows. Raises as `read_authorized` does."""
    return read_authorized(request, services, operation, services.traces.read_execution)


def stored_execution(request: ApiRequest, services: Services, operation: str) -> Execution:
    """Reads the execution that the path names from the store alone: what is a backend's is not changed here. Raises as
    `read_authorized` does."""
    return read_authorized(request, services, operation, services.store.read_execution)


def authorized_executions_of_trace(
    request: ApiRequest, services: Services, operation: str, trace_id: str
) -> list[Execution]:
    """Returns the executions that have spans of a trace and that the caller may see, the earliest first.

    Raises ForbiddenError without the scope. Those that the caller may not see are not there, and are logged.
    """
    may_call(request, services, operation)
    if not trace_id:
        return []
    tenant = request.principal.tenant
    found = services.store.executions_of_trace(tenant, trace_id, MOST_OF_A_TRACE)
    for execution in found:
        if not request.principal.sees(execution):
            call = CALLS.get(operation, operation)
            log(_access(request, execution.execution_id, call, REFUSED, "", ""))
    return [execution for execution in found if request.principal.sees(execution)]


def record_read(
    request: ApiRequest,
    services: Services,
    execution_id: str,
    call: str,
    outcome: str,
    *,
    target: str = "",
    span_id: str = "",
) -> None:
    """Records one access. `target` is the span id or artifact id. The access is durable when this returns.

    Raises StoreUnavailableError when it could not be stored, whatever the reason: the response is then 503 and holds
    no content.
    """
    access = _access(request, execution_id, call, outcome, target, span_id)
    try:
        services.access_records.record(access)
    except StoreUnavailableError:
        raise
    except Exception as error:
        raise StoreUnavailableError("the access could not be recorded") from error


def record_refusal(request: ApiRequest, services: Services, call: str) -> None:
    """Records a refused call with each execution that was asked for: by its id, or by the id of a trace.

    Where there is no such execution, the log says that somebody has asked, and the table nothing: it would fill up with
    whatever names a caller makes up. The answer is the same either way.
    """
    tenant = request.principal.tenant
    target, span_id = _target(request)
    asked, known = _named(request, services)
    if not known:
        log(_access(request, asked, call, REFUSED, target, span_id))
    for found in known:
        if call == ARTIFACT:
            span_id = _span_of_artifact(services, tenant, found, target)
        record_read(request, services, found, call, REFUSED, target=target, span_id=span_id)


def _named(request: ApiRequest, services: Services) -> tuple[str, list[str]]:
    """Returns the id that a path has, and the ids of the executions that it is of."""
    tenant = request.principal.tenant
    if "trace_id" in request.path:
        trace_id = trace_id_of(unquote(request.path["trace_id"])) or ""
        if not trace_id:
            return "", []
        found = services.store.executions_of_trace(tenant, trace_id, MOST_OF_A_TRACE)
        return trace_id, [execution.execution_id for execution in found]
    asked: tuple[str, ...] = ()
    with suppress(InvalidInputError):
        asked = parameters.execution_ids(request.path)
    known = next(filter(None, (_known_id(services, tenant, one) for one in asked)), None)
    return next(iter(asked), ""), [] if known is None else [known]


def _access(
    request: ApiRequest, execution_id: str, call: str, outcome: str, target: str, span_id: str
) -> Access:
    return Access(
        tenant=request.principal.tenant,
        execution_id=execution_id,
        access_id=new_span_id(),
        time_unix_nano=request.now_unix_nano,
        principal=request.principal.subject,
        principal_name=request.principal.name,
        action=call,
        outcome=outcome,
        request_id=request.request_id,
        target=target,
        span_id=span_id,
    )


def _target(request: ApiRequest) -> tuple[str, str]:
    """Returns the span or artifact that a path names, and the span; empty where it names none, or nothing possible."""
    span_id = unquote(request.path.get("span_id", ""))
    if is_span_id(span_id):
        return span_id, span_id
    artifact_id = unquote(request.path.get("artifact_id", ""))
    return (artifact_id, "") if is_name(artifact_id) else ("", "")


def _known_id(services: Services, tenant: str, execution_id: str) -> str | None:
    """Returns the id that an execution has now; None where there is none. One that cannot be read is
    there, and one of a backend that does not answer is not."""
    try:
        found = services.traces.read_execution(tenant, execution_id)
    except UnreadableItemError:
        return execution_id
    except SpanSourceError:
        return None
    return None if found is None else found.execution_id


def _span_of_artifact(services: Services, tenant: str, execution_id: str, artifact_id: str) -> str:
    if not artifact_id:
        return ""
    with suppress(UnreadableItemError):
        artifact = services.store.read_artifact(tenant, execution_id, artifact_id)
        return artifact.span_id if artifact else ""
    return ""
