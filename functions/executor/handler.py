"""The Lambda function: one event is one execution.

Not responsible for tracing (the layer's public API is called, on or off) nor for running (`engine`). A workflow that
fails is a result, not an error of the function: raising would make Lambda run an asynchronous event again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from traceback import format_tb
from typing import Any, Protocol

from aws_lambda_powertools import Logger

import spanvas
from executor.bedrock import converse
from executor.catalogue import find_document
from executor.claims import ClaimResult, claims_in
from executor.document import WorkflowDocument
from executor.engine import run_workflow
from executor.errors import ExecutorError, InvalidWorkflowError, UnknownWorkflowError
from executor.resources import Resources
from executor.rules import check_run, parse_document
from executor.transport import send
from spanvas import settings
from spanvas.logs import LogFields
from spanvas.model import ids
from spanvas.storage.claims import Claim

logger = Logger(service="executor")
logger.addFilter(LogFields())

# An answer above Lambda's limit would turn a good execution into a failed invocation; what matters is in the trace.
MAX_OUTPUT_BYTES = 200_000


class LambdaContext(Protocol):
    """What is used of the runtime's context."""

    @property
    def aws_request_id(self) -> str:
        """The id of the invocation, as Lambda gives it."""

    def get_remaining_time_in_millis(self) -> int:
        """Returns the milliseconds until the function is ended."""


@dataclass(frozen=True, slots=True)
class Order:
    """What an event asks for. `document` is set when the event brings its own instead of naming one that ships;
    `event_id` is what all deliveries of it have in common."""

    execution_id: str
    event_id: str
    tenant: str | None
    workflow_id: str
    input: Mapping[str, Any] | None
    document: object
    started_by: str


def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Runs the event's workflow: `{execution_id, status, outputs, error?}`. Never raises for what the workflow does.

    An event that somebody else runs, or has run, is answered with the status `repeated`.
    """
    order = order_of(event, context.aws_request_id)
    logger.append_keys(execution_id=order.execution_id, workflow_id=order.workflow_id)
    try:
        with spanvas.defer_recording():
            claimed, held = _claim(order)
        if claimed is ClaimResult.REPEATED:
            spanvas.discard()
            logger.info("the event has come before: it is run once")
            return {"execution_id": order.execution_id, "status": "repeated"}
        with held:
            return _run(order, context)
    finally:
        logger.remove_keys(["execution_id", "workflow_id"])


def _claim(order: Order) -> tuple[ClaimResult, AbstractContextManager[None]]:
    """Whether the event is this function's to run, and what to run it in."""
    try:
        found = settings.load()
        if not found.table:
            return ClaimResult.UNKNOWN, nullcontext()
        claims = claims_in(found.table, found.store_budget_ms)
    except Exception as error:  # noqa: BLE001 - what is wrong is said where the workflow is run
        logger.warning("runs unclaimed: %s", error)
        return ClaimResult.UNKNOWN, nullcontext()
    tenant = order.tenant or found.tenant
    claim = Claim(tenant, order.execution_id, order.event_id, ids.new_span_id())
    claimed = claims.take(claim)
    return claimed, claims.held(claim) if claimed is ClaimResult.MINE else nullcontext()


def _without_message(cause: Mapping[str, str]) -> dict[str, str]:
    """Returns what of a cause may stand in a log: its message may be content, which the trace has for those who may
    read it."""
    return {name: value for name, value in cause.items() if name != "message"}


def _run(order: Order, context: LambdaContext) -> dict[str, Any]:
    outputs: dict[str, Any] = {}
    cause: dict[str, str] | None = None
    try:
        outputs = _execute(order, context.get_remaining_time_in_millis)
    except ExecutorError as error:
        cause = error.as_cause()
        logger.warning("execution failed", extra={"cause": _without_message(cause)})
    except Exception as error:  # noqa: BLE001 - the caller is answered
        cause = {"error_type": type(error).__name__, "message": str(error)}
        where = format_tb(error.__traceback__)
        logger.error(
            "execution failed in the executor itself",
            extra={"cause": _without_message(cause), "traceback": where},
        )
    else:
        logger.info("execution succeeded")
    if cause is None:
        return {
            "execution_id": order.execution_id,
            "status": "succeeded",
            "outputs": _bounded(outputs),
        }
    return {
        "execution_id": order.execution_id,
        "status": "failed",
        "outputs": {},
        "error": cause,
    }


def order_of(event: Mapping[str, Any], request_id: str) -> Order:
    """The event as an order; what an event lacks is made up, so that even a broken one leaves a trace.

    All deliveries of one event have Lambda's request id in common; a caller's own `event_id` is better, since it stays
    the same where the caller itself has sent the event twice.
    """
    document = event.get("document")
    named = document.get("id") if isinstance(document, dict) else event.get("workflow_id")
    execution_id = event.get("execution_id")
    tenant = event.get("tenant")
    event_id = event.get("event_id")
    given = event.get("input")
    return Order(
        execution_id=execution_id
        if isinstance(execution_id, str) and ids.is_execution_id(execution_id)
        else request_id,
        event_id=event_id
        if isinstance(event_id, str) and ids.is_execution_id(event_id)
        else request_id,
        tenant=tenant if isinstance(tenant, str) and ids.is_name(tenant) else None,
        workflow_id=named if isinstance(named, str) and ids.is_name(named) else "unknown",
        input=given if isinstance(given, dict) else None,
        document=document,
        started_by=str(event.get("started_by") or ""),
    )


def _execute(order: Order, remaining_ms: Callable[[], int]) -> dict[str, Any]:
    """The workflow's outputs. Raises ExecutorError, which the trace has seen as well."""
    found = _document_of(order)
    document = found if isinstance(found, WorkflowDocument) else None
    workflow_input: Mapping[str, Any] = {}
    if order.input is not None:
        workflow_input = order.input
    elif document is not None:
        workflow_input = document.sample_input
    connections = settings.load().connections
    with spanvas.workflow(
        order.workflow_id,
        execution_id=order.execution_id,
        tenant=order.tenant,
        version=document.version if document else "",
        name=document.name if document else "",
        expected_nodes=tuple(node.id for node in document.nodes) if document else (),
        input=workflow_input,
        started_by=order.started_by,
    ) as run:
        if isinstance(found, ExecutorError):
            raise found
        check_run(found, workflow_input, connections)
        resources = Resources(
            tracing=spanvas,
            converse=converse,
            send=send,
            connections=connections,
            remaining_ms=remaining_ms,
        )
        outcome = run_workflow(found, workflow_input, resources)
        if outcome.error is not None:
            raise outcome.error
        run.set_output(outcome.outputs)
        return outcome.outputs


def _document_of(order: Order) -> WorkflowDocument | ExecutorError:
    """The document, or why there is none: that is raised inside of the trace."""
    try:
        if order.document is not None:
            return parse_document(order.document)
        return find_document(order.workflow_id)
    except (UnknownWorkflowError, InvalidWorkflowError) as error:
        return error


def _bounded(outputs: dict[str, Any]) -> dict[str, Any]:
    size = len(json.dumps(outputs).encode())
    return outputs if size <= MAX_OUTPUT_BYTES else {"omitted_bytes": size}
