"""The end of an execution that Step Functions runs: nobody else knows when it has ended, and how.

EventBridge tells of it ("Step Functions Execution Status Change", standard workflows only; delivered at least once,
with best effort: what does not come is closed by its deadline). The end is written with the workflow's own span, which
no function could end.
Source: AWS Step Functions developer guide, "Automating Step Functions event delivery with EventBridge".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from spanvas.model.execution import BY_FUNCTION, FAILED, SUCCEEDED, Cause, Execution
from spanvas.model.ids import as_execution_id, as_tenant, new_span_id
from spanvas.model.loss import failed_place
from spanvas.model.own_messages import MACHINE_ENDS, with_error
from spanvas.model.span import Span
from spanvas.model.units import MS
from spanvas.propagation.carriers import remote_context_in
from spanvas.propagation.paths import text_at
from spanvas.propagation.state_machines import machine_name
from spanvas.settings import Settings
from spanvas.storage.port import CountedEnd, SpanBatch, TraceStore
from spanvas.storage.stored_trace import StoredTrace
from spanvas_api.ends import ended_root

SOURCE: Final = "aws.states"
DETAIL_TYPE: Final = "Step Functions Execution Status Change"
ENDS: Final = frozenset({"SUCCEEDED", *MACHINE_ENDS})
UNNAMED: Final = "state machine"
"""The service of a state machine whose ARN has no name."""
ERROR_TYPES: Final = {"TIMED_OUT": "Timeout", "ABORTED": "Aborted"}


class WrittenEnd(NamedTuple):
    """An execution that was ended, its root, and what the metrics are to be told of it."""

    execution: Execution
    root: Span
    counted: CountedEnd | None


class MachineEnd(NamedTuple):
    """`error` is the name of the error that the state machine ended with."""

    arn: str
    status: str
    started_at_unix_nano: int
    ended_at_unix_nano: int
    error: str
    input: Any


def machine_end_of(event: Any) -> MachineEnd | None:
    """What an event says; None where it is another event, or not the end of an execution."""
    if not isinstance(event, Mapping) or event.get("detail-type") != DETAIL_TYPE:
        return None
    detail = event.get("detail")
    if event.get("source") != SOURCE or not isinstance(detail, Mapping):
        return None
    arn, status = detail.get("executionArn"), detail.get("status")
    started, ended = detail.get("startDate"), detail.get("stopDate")
    if not isinstance(arn, str) or status not in ENDS or not isinstance(ended, int):
        return None
    return MachineEnd(
        arn,
        status,
        (started if isinstance(started, int) else ended) * MS,
        ended * MS,
        str(detail.get("error") or ERROR_TYPES.get(status, "Error")),
        _parsed(detail.get("input")),
    )


def write_end(store: TraceStore, settings: Settings, end: MachineEnd) -> WrittenEnd | None:
    """End the execution that the state machine ran, and answer it with its root; None where there is none.

    Raises StoreUnavailableError.
    The span first: an end that is written says that everything has arrived. Both may be written again.
    """
    trace = _find(store, settings, end)
    if trace is None:
        return None
    execution = trace.execution
    cause = _cause(trace, end)
    root = _root(trace, end, cause)
    store.write(SpanBatch(execution.tenant, execution.execution_id, [root]))
    counted = store.end_execution(
        execution.tenant,
        execution.execution_id,
        FAILED if cause else SUCCEEDED,
        end.ended_at_unix_nano,
        cause,
        counted_as=new_span_id(),
    )
    return WrittenEnd(execution, root, counted)


def _find(store: TraceStore, settings: Settings, end: MachineEnd) -> StoredTrace | None:
    """By the ids and tenants that its functions may have found: in what it was started with, or by its ARN."""
    passed = remote_context_in(end.input)
    named = _at(settings.execution_id_path, end.input)
    tenants = (_at(settings.tenant_path, end.input), passed.tenant, settings.tenant)
    for tenant in dict.fromkeys(as_tenant(tenant) for tenant in tenants if tenant):
        for execution_id in dict.fromkeys(as_execution_id(id) for id in (named, end.arn) if id):
            execution = store.read_execution(tenant, execution_id)
            if execution is not None and execution.ended_by != BY_FUNCTION:
                return store.read_trace(tenant, execution_id)
    return None


def _at(path: str, value: Any) -> str | None:
    """What is at a path; None too where the path is none, which the functions have complained of already."""
    try:
        return text_at(path, value)
    except ValueError:
        return None


def _cause(trace: StoredTrace, end: MachineEnd) -> Cause | None:
    """With the last node that failed as its place. Its message has been redacted; the machine's own `cause` has not."""
    said = MACHINE_ENDS.get(end.status)
    if said is None:
        return None
    place = failed_place(trace.rows)
    if place is None:
        return Cause(end.error, with_error(said, end.error if end.error != "Error" else ""))
    error_type = ERROR_TYPES.get(end.status) or place.error_type or end.error
    return Cause(error_type, place.error_message or said, place.node_id, place.span_id)


def _root(trace: StoredTrace, end: MachineEnd, cause: Cause | None) -> Span:
    execution = trace.execution
    passed = remote_context_in(end.input)
    parent = passed.parent
    is_callers = (
        parent is not None
        and parent.trace_id == execution.trace_id
        and passed.execution_id != execution.execution_id
    )
    return ended_root(
        execution,
        machine_name(end.arn) or UNNAMED,
        end.started_at_unix_nano,
        end.ended_at_unix_nano,
        cause,
        parent.span_id if parent is not None and is_callers else None,
    )


def _parsed(text: Any) -> Any:
    """The input that the execution was started with; None where it was too large for the event."""
    if not isinstance(text, str):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None
