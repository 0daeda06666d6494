"""The end of a durable execution that none of its invocations has told: it was stopped, or its time ran out, while it
was suspended, or the last invocation's spans were lost. Lambda is asked for it.

Source: AWS Lambda API reference, "GetDurableExecution". Its error is content, which has not been redacted: it is not
asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from aws_lambda_powertools import Logger

from spanvas import attributes as names
from spanvas.model import own_messages
from spanvas.model.durable import ENDED, function_name
from spanvas.model.execution import FAILED, OPEN, SUCCEEDED, Cause, Execution
from spanvas.model.ids import new_span_id, root_span_id_for
from spanvas.model.loss import failed_place, open_place
from spanvas.model.span import Span
from spanvas.model.units import DAY_SECONDS, NANO
from spanvas.storage.pages import Overdue
from spanvas.storage.port import CountedEnd, SpanBatch, TraceStore
from spanvas.storage.stored_trace import StoredTrace
from spanvas_api.ends import ended_root, first_end
from spanvas_api.errors import DurableServiceError
from spanvas_api.received.updates import Group, update_of
from spanvas_api.services import UNKNOWN, DurableService, DurableState

BEYOND_NANO: Final = 2 * DAY_SECONDS * NANO
"""Deadlines that are further away are those of durable executions: they have a year."""
GRACE_NANO: Final = 120 * NANO
"""Time for the last invocation's own spans: they say more."""
TURN_NANO: Final = 60 * NANO
"""The sweep's schedule: each run looks at another part of them."""
ERROR_TYPES: Final = {"TIMED_OUT": "Timeout", "STOPPED": "Stopped"}
FORGOTTEN: Final = Cause("Lost", own_messages.FORGOTTEN)

logger = Logger(service="sweep", child=True)


class EndedRoots(Protocol):
    """What is told of executions that a sweep has ended."""

    def ended(self, execution: Execution, span: Span) -> None:
        """Takes the workflow span that was written for one."""

    def lost(self, trace: StoredTrace, cause: Cause) -> None:
        """Takes one that has been closed as lost."""


class DurableSweep:
    """Asks Lambda for a part of the open durable executions, and ends those that have ended.

    `account` is the beginning of the ARNs of the account and region that Lambda is asked in.
    """

    def __init__(
        self,
        store: TraceStore,
        service: DurableService,
        account: str,
        now_unix_nano: int,
        is_time_left: Callable[[], bool],
        roots: EndedRoots | None = None,
    ) -> None:
        self._store = store
        self._roots = roots
        self._service = service
        self._account = account
        self._now = now_unix_nano
        self._is_time_left = is_time_left
        self.counted: list[CountedEnd] = []
        """What the metrics are to be told of those that were ended."""

    def run(self) -> int:
        """Returns how many have been ended. Raises StoreUnavailableError and DurableServiceError."""
        ended = 0
        part = self._now // TURN_NANO
        for place in self._store.open_beyond(self._now + BEYOND_NANO, part):
            if not self._is_time_left():
                break
            try:
                ended += self._look_at(place)
            except DurableServiceError:
                raise
            except Exception as error:  # noqa: BLE001 - one that cannot be ended stops no other, whatever it is
                logger.warning(
                    "durable execution not looked at",
                    tenant=place.tenant,
                    execution_id=place.execution_id,
                    reason=type(error).__name__,
                )
        return ended

    def _look_at(self, place: Overdue) -> bool:
        execution = self._store.read_execution(*place)
        arn = arn_of(execution) if execution is not None and execution.status in OPEN else ""
        if execution is None or not arn.startswith(f"{self._account}:"):
            return False
        state = self._service.state_of(arn)
        if state.status == UNKNOWN:
            is_closed = self._store.close_as_lost(execution, FORGOTTEN)
            if is_closed:
                self._note(first_end(execution, execution.counters))
                self._tell_lost(place)
            return is_closed
        if state.status not in ENDED or self._may_be_told(state):
            return False
        trace = self._store.read_trace(*place)
        if trace is None or trace.execution.status not in OPEN:
            return False
        root, counted = write_end(self._store, trace, arn, state)
        self._note(counted)
        if self._roots is not None:
            self._roots.ended(trace.execution, root)
        return True

    def _tell_lost(self, place: Overdue) -> None:
        trace = self._store.read_trace(*place) if self._roots is not None else None
        if trace is not None and self._roots is not None:
            self._roots.lost(trace, FORGOTTEN)

    def _note(self, counted: CountedEnd | None) -> None:
        self.counted += [counted] if counted is not None else []

    def _may_be_told(self, state: DurableState) -> bool:
        """Whether the last invocation's own spans may still come. Nobody tells that one was stopped or timed out."""
        is_told = state.status not in ERROR_TYPES
        return is_told and state.ended_at_unix_nano + GRACE_NANO >= self._now


def arn_of(execution: Execution) -> str:
    """Returns the ARN of the durable execution that an execution is; "" where it is none."""
    return next(
        (name for name in (execution.external_id, execution.execution_id) if function_name(name)),
        "",
    )


def account_of(function_arn: str) -> str:
    """Returns the beginning of the ARNs of a function's account and region: `arn:PARTITION:lambda:REGION:ACCOUNT`."""
    return ":".join(function_arn.split(":")[:5])


def write_end(
    store: TraceStore, trace: StoredTrace, arn: str, state: DurableState
) -> tuple[Span, CountedEnd | None]:
    """Ends the execution of a durable execution. Returns its root, and what the metrics are to be told.

    Raises StoreUnavailableError.

    The span first, as `state_machines.write_end`. What is known by its spans alone is ended by this one.
    """
    execution = trace.execution
    cause = _cause(trace, state)
    root = _root(trace, arn, state, cause)
    batch = SpanBatch(execution.tenant, execution.execution_id, [root])
    if execution.origin is not None:
        group = Group(execution.execution_id, spans=[root])
        now, patience = state.ended_at_unix_nano, 0
        update = update_of(group, execution.tenant, execution.started_by, now, patience)
        store.receive(batch, update, is_new=False)
        return root, None
    store.write(batch)
    status = SUCCEEDED if cause is None else FAILED
    ended_at = state.ended_at_unix_nano
    counted = store.end_execution(
        execution.tenant,
        execution.execution_id,
        status,
        ended_at,
        cause,
        counted_as=new_span_id(),
    )
    return root, counted


def _cause(trace: StoredTrace, state: DurableState) -> Cause | None:
    """With its place: the last node that failed, or of what was stopped or timed out, the last one that was open."""
    said = own_messages.DURABLE_ENDS.get(state.status)
    if said is None:
        return None
    if state.status not in ERROR_TYPES:
        place = failed_place(trace.rows)
        if place is not None and place.error_message:
            error_type = place.error_type or "Error"
            return Cause(error_type, place.error_message, place.node_id, place.span_id)
        return Cause("Error", said)
    error_type = ERROR_TYPES[state.status]
    place = open_place(trace.rows)
    if place is None:
        return Cause(error_type, said)
    where = f"{said} in node {place.node_id}" if place.node_id else said
    return Cause(error_type, where, place.node_id, place.span_id)


def _root(trace: StoredTrace, arn: str, state: DurableState, cause: Cause | None) -> Span:
    execution = trace.execution
    ended_at = state.ended_at_unix_nano
    root_id = root_span_id_for(execution.tenant, execution.execution_id)
    known = next((row for row in trace.rows if row.span_id == root_id), None)
    parent = known.parent_span_id if known is not None else None
    started_at = execution.started_at_unix_nano
    service = function_name(arn) or execution.workflow_id
    root = ended_root(execution, service, started_at, ended_at, cause, parent)
    said = {names.DURABLE_EXECUTION_ARN: arn, names.DURABLE_EXECUTION_STATUS: state.status}
    return replace(root, attributes={**root.attributes, **said})
