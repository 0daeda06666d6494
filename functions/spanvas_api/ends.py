"""Executions whose end their functions cannot tell: the workflow's span that is written for one where AWS tells it, and
what the metrics are told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.model.execution import LOST, Cause, Counters, Execution
from spanvas.model.ids import root_span_id_for
from spanvas.model.span import ERROR, OK, Span
from spanvas.storage.port import CountedEnd


def first_end(execution: Execution, counters: Counters) -> CountedEnd | None:
    """Returns what the metrics are to be told of an execution that has been closed as lost, as it was before that.

    None where an end of it was counted before, and where no function has registered it: it came over OTLP.
    """
    if execution.counted_as or execution.origin is not None:
        return None
    return CountedEnd(replace(execution, status=LOST), True, counters)


def ended_root(
    execution: Execution,
    service: str,
    started_at_unix_nano: int,
    ended_at_unix_nano: int,
    cause: Cause | None,
    parent_span_id: str | None = None,
) -> Span:
    """Returns the workflow's span, ended: the same whenever it is asked for, so that it is kept once.

    `service` is its `service.name`. `cause`: why it failed; None where it succeeded.
    """
    attributes: dict[str, Any] = {
        names.KIND: kinds.WORKFLOW,
        names.TENANT: execution.tenant,
        names.EXECUTION_ID: execution.execution_id,
        names.WORKFLOW_ID: execution.workflow_id,
        names.WORKFLOW_NAME: execution.workflow_name or execution.workflow_id,
    }
    if execution.workflow_version:
        attributes[names.WORKFLOW_VERSION] = execution.workflow_version
    if execution.expected_nodes:
        attributes[names.WORKFLOW_EXPECTED_NODES] = list(execution.expected_nodes)
    if cause is not None:
        attributes[names.ERROR_TYPE] = cause.error_type
    return Span(
        trace_id=execution.trace_id,
        span_id=root_span_id_for(execution.tenant, execution.execution_id),
        parent_span_id=parent_span_id,
        name=execution.workflow_name or execution.workflow_id,
        kind=kinds.WORKFLOW,
        start_time_unix_nano=min(execution.started_at_unix_nano, started_at_unix_nano),
        end_time_unix_nano=ended_at_unix_nano,
        status=OK if cause is None else ERROR,
        status_message=cause.message if cause is not None else "",
        attributes=attributes,
        resource={names.SERVICE_NAME: service},
        recorded_at_unix_nano=ended_at_unix_nano,
    )
