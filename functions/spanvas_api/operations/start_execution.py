"""Starting an execution: kept as queued first, then handed to the executor function."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from spanvas.model.errors import NotFoundError, StoreUnavailableError
from spanvas.model.execution import FAILED, QUEUED, UNTRACED, Cause, Execution
from spanvas.model.ids import new_execution_id, trace_id_for
from spanvas.model.own_messages import NOT_INVOKED, with_error
from spanvas.model.units import NANO
from spanvas_api.auth import authorize
from spanvas_api.errors import ExecutorUnavailableError, InvalidBodyError
from spanvas_api.http import parameters
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.services import Services

QUEUE_SECONDS: Final = 3600
"""Lambda keeps an event no longer (`MaximumEventAgeInSeconds` of the executor): not begun by then, never begun."""


def start_execution(request: ApiRequest, services: Services) -> ApiResponse:
    """Starts an execution and returns `wire.StartExecutionResponse`.

    Raises NotFoundError for an unknown workflow, or one that the caller may not see, InvalidBodyError or TooLargeError
    for an input that does not fit, and ExecutorUnavailableError when the executor did not take it; the execution is
    then kept as failed, with the cause.
    """
    authorize(request.principal, "start_execution")
    workflow_id = parameters.workflow_id(request.path)
    parameters.only(request.query)
    workflow_input = parameters.workflow_input(request.body)
    workflow = services.workflows.get(workflow_id)
    if workflow is None or not request.principal.sees_workflow(workflow.id):
        raise NotFoundError("no such workflow")
    missing = services.missing_input(workflow, workflow_input)
    if missing:
        raise InvalidBodyError("input", "; ".join(missing))
    tenant = request.principal.tenant
    execution_id = new_execution_id(request.now_unix_nano)
    services.store.start_execution(
        Execution(
            tenant=tenant,
            execution_id=execution_id,
            trace_id=trace_id_for(tenant, execution_id),
            workflow_id=workflow.id,
            workflow_name=workflow.name,
            workflow_version=workflow.version,
            status=QUEUED if services.settings.enabled else UNTRACED,
            started_at_unix_nano=request.now_unix_nano,
            deadline_unix_nano=request.now_unix_nano + QUEUE_SECONDS * NANO,
            expected_nodes=tuple(node.id for node in workflow.nodes),
            started_by=request.principal.subject,
        )
    )
    event = {
        "execution_id": execution_id,
        # One start is one event, however often it is sent and delivered: the executor runs it once.
        "event_id": execution_id,
        "tenant": tenant,
        "workflow_id": workflow.id,
        "workflow_version": workflow.version,
        "input": workflow_input,
        "started_by": request.principal.subject,
    }
    try:
        services.executor.start(event)
    except ExecutorUnavailableError as error:
        _keep_as_failed(services, tenant, execution_id, error)
        raise
    return ApiResponse({"execution_id": execution_id, "status": QUEUED}, status=202)


def _keep_as_failed(
    services: Services, tenant: str, execution_id: str, error: ExecutorUnavailableError
) -> None:
    cause = Cause("ExecutorUnavailable", with_error(NOT_INVOKED, str(error)))
    # Where that fails too, its deadline will close it as lost; the caller learns of the first failure either way.
    with suppress(StoreUnavailableError):
        services.store.end_execution(tenant, execution_id, FAILED, services.clock(), cause)
