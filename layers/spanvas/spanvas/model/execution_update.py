"""What a batch of spans says of its execution, and the execution that many batches add up to. Pure.

Nobody announces an execution that comes over OTLP: it is known by its spans, which arrive late, twice and in any
order. So an execution is the join of its updates: the earliest start and the latest end that are plausible
(`model.clock`), the identity that the earliest root gives, the session that the earliest root or else any span gives,
the status of the latest root that failed, or else of the latest root. Two updates in either order, or one of them
twice, leave the same execution.

A service that was called by another one has no root of its own. Its local root, the span with a remote parent, stands
in for the root until one comes: the caller may never send its spans here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from spanvas.model.clock import doubt, earliest, latest, plausible_times
from spanvas.model.control_flow import is_waiting
from spanvas.model.execution import (
    FAILED,
    LOST,
    OPEN,
    RUNNING,
    SUCCEEDED,
    WAITING,
    Cause,
    Execution,
    Origin,
)
from spanvas.model.row import Row

ROOT: Final = "0"
LOCAL_ROOT: Final = "0l"
ANY_SPAN: Final = "1"
"""Ranks of spans, in the order of text: a root, then a span whose parent is in another service (the root of what its
own service did), then any other span."""
BEFORE_ROOTS: Final = "-"
"""Sorts the end of a local root before the end of every root."""
DOUBTED: Final = "?"
"""Last character of the key of an end whose time, or that of another root, cannot be right."""


def identity_key(
    rank: str, start_time_unix_nano: int, span_id: str, *, is_open: bool = False
) -> str:
    """Sorts identities by rank, then by start: the first one counts. Of one span, what it said at its end goes before
    what it said while it was open."""
    return f"{rank}#{start_time_unix_nano:020d}#{span_id}{'+' if is_open else ''}"


def end_key(
    end_time_unix_nano: int, span_id: str, *, is_local: bool = False, is_doubted: bool = False
) -> str:
    """Returns a key that sorts ends by time. The end of a local root comes before that of every root."""
    before, after = BEFORE_ROOTS if is_local else "", DOUBTED if is_doubted else ""
    return f"{before}{end_time_unix_nano:020d}#{span_id}{after}"


@dataclass(frozen=True, slots=True)
class WorkflowIdentity:
    """What one span calls the workflow. `trace_id` is that span's, `key` is its `identity_key`."""

    key: str
    trace_id: str
    workflow_id: str
    workflow_name: str = ""
    workflow_version: str = ""
    expected_nodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """The session or conversation that a span is part of. `key` is the span's `identity_key`."""

    key: str
    session_id: str


@dataclass(frozen=True, slots=True)
class ExecutionEnd:
    """How roots say that the execution ended. `key` is the last one's `end_key`, `ended_at_unix_nano` the latest end of
    all roots; of all local roots, where no root has ended."""

    key: str
    status: str
    ended_at_unix_nano: int
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class ExecutionUpdate:
    """What one batch of spans says. An execution is given up `patience_nano` after it was last seen."""

    tenant: str
    execution_id: str
    started_at_unix_nano: int
    seen_at_unix_nano: int
    patience_nano: int
    identity: WorkflowIdentity
    end: ExecutionEnd | None = None
    started_by: str = ""
    session: Session | None = None
    external_id: str = ""
    interrupted: bool = False
    user_id: str = ""


def create_from(update: ExecutionUpdate) -> Execution:
    """Returns the execution that is known by this update alone."""
    identity, end, session = update.identity, update.end, update.session
    return Execution(
        tenant=update.tenant,
        execution_id=update.execution_id,
        trace_id=identity.trace_id,
        workflow_id=identity.workflow_id,
        workflow_name=identity.workflow_name,
        workflow_version=identity.workflow_version,
        expected_nodes=identity.expected_nodes,
        status=end.status if end else RUNNING,
        started_at_unix_nano=update.started_at_unix_nano,
        ended_at_unix_nano=end.ended_at_unix_nano if end else None,
        deadline_unix_nano=None if end else update.seen_at_unix_nano + update.patience_nano,
        cause=end.cause if end else None,
        started_by=update.started_by,
        external_id=update.external_id,
        user_id=update.user_id,
        session_id=session.session_id if session else "",
        origin=Origin(
            identity.key,
            end.key if end else "",
            session.key if session else "",
            update.interrupted,
        ),
    )


def merge_update(known: Execution, update: ExecutionUpdate) -> Execution:
    """Returns the execution after one more update; `known` itself where the update says nothing new.

    An execution that was registered by whoever runs it is never changed by what its spans say.
    """
    origin = known.origin
    if origin is None:
        return known
    execution = known
    identity, end, session = update.identity, update.end, update.session
    starts = (execution.started_at_unix_nano, update.started_at_unix_nano)
    start = earliest(starts, update.seen_at_unix_nano)
    if start != execution.started_at_unix_nano:
        execution = replace(execution, started_at_unix_nano=start)
    if update.interrupted and not origin.interrupted:
        origin = origin._replace(interrupted=True)
        execution = replace(execution, origin=origin)
    if update.external_id and not "" < execution.external_id <= update.external_id:
        execution = replace(execution, external_id=update.external_id)
    if update.user_id and not "" < execution.user_id <= update.user_id:
        execution = replace(execution, user_id=update.user_id)
    if identity.key < origin.identity:
        origin = origin._replace(identity=identity.key)
        execution = replace(
            execution,
            trace_id=identity.trace_id,
            workflow_id=identity.workflow_id,
            workflow_name=identity.workflow_name,
            workflow_version=identity.workflow_version,
            expected_nodes=identity.expected_nodes,
            origin=origin,
        )
    if session is not None and not "" < origin.session <= session.key:
        origin = origin._replace(session=session.key)
        execution = replace(execution, session_id=session.session_id, origin=origin)
    if end is not None:
        execution = _with_end(execution, end, update.seen_at_unix_nano)
    ended = execution.origin is not None and execution.origin.end
    return execution if ended else _kept_open(execution, update)


def settled(execution: Execution, rows: Iterable[Row], seen_at_unix_nano: int) -> Execution:
    """Returns an execution with what its merged rows alone show: whether it waits, and, where its root has no end that
    can be right, when the last of its spans ended that has one."""
    rows, origin = list(rows), execution.origin
    status, ended_at = execution.status, execution.ended_at_unix_nano
    if origin is not None and origin.interrupted and status in (SUCCEEDED, WAITING):
        status = WAITING if is_waiting(rows) else SUCCEEDED
    if origin is not None and origin.end.endswith(DOUBTED):
        ended_at = _last_end(rows, seen_at_unix_nano) or ended_at
    if (status, ended_at) == (execution.status, execution.ended_at_unix_nano):
        return execution
    return replace(execution, status=status, ended_at_unix_nano=ended_at)


def takes_rows(execution: Execution) -> bool:
    """Returns whether it takes the rows of an execution to know how or when it ended: see `settled`."""
    origin = execution.origin
    return origin is not None and (origin.interrupted or origin.end.endswith(DOUBTED))


def _last_end(rows: Iterable[Row], seen_at_unix_nano: int) -> int | None:
    """Returns the latest end of these rows that can be right; None where none can."""
    ends = []
    for row in rows:
        if row.end_time_unix_nano is not None:
            times = row.start_time_unix_nano, row.end_time_unix_nano
            ends.append(plausible_times(*times, seen_at_unix_nano)[1])
    return max((end for end in ends if not doubt(end, seen_at_unix_nano)), default=None)


def update_from(
    execution: Execution, seen_at_unix_nano: int, patience_nano: int
) -> ExecutionUpdate:
    """Returns what an execution that is known by its spans says of another that it turns out to be part of."""
    origin, ended_at = execution.origin, execution.ended_at_unix_nano
    assert origin is not None
    end = None
    if origin.end and ended_at is not None:
        end = ExecutionEnd(origin.end, execution.status, ended_at, execution.cause)
    return ExecutionUpdate(
        execution.tenant,
        execution.execution_id,
        execution.started_at_unix_nano,
        seen_at_unix_nano,
        patience_nano,
        WorkflowIdentity(
            origin.identity,
            execution.trace_id,
            execution.workflow_id,
            execution.workflow_name,
            execution.workflow_version,
            execution.expected_nodes,
        ),
        end,
        execution.started_by,
        Session(origin.session, execution.session_id) if origin.session else None,
        execution.external_id,
        origin.interrupted,
        execution.user_id,
    )


def _with_end(execution: Execution, end: ExecutionEnd, seen_at_unix_nano: int) -> Execution:
    """Returns the execution with one more end."""
    origin, ended_at = execution.origin, execution.ended_at_unix_nano
    assert origin is not None
    if origin.end and ended_at is not None:
        known = ExecutionEnd(origin.end, execution.status, ended_at, execution.cause)
        end = later_end(known, end, seen_at_unix_nano)
        if end == known:
            return execution
    return replace(
        execution,
        status=end.status,
        ended_at_unix_nano=end.ended_at_unix_nano,
        deadline_unix_nano=None,
        cause=end.cause,
        origin=origin._replace(end=end.key),
    )


def later_end(one: ExecutionEnd, other: ExecutionEnd, seen_at_unix_nano: int) -> ExecutionEnd:
    """Returns what two ends say together: the status of the later one, or of the one that failed, at the latest time of
    both. The end of a local root says nothing beside that of a root."""
    first, last = (one, other) if _end_order(one) < _end_order(other) else (other, one)
    if _is_local(first) and not _is_local(last):
        return last
    ends = (first.ended_at_unix_nano, last.ended_at_unix_nano)
    is_doubted = first.key.endswith(DOUBTED) or last.key.endswith(DOUBTED)
    key = last.key.removesuffix(DOUBTED) + (DOUBTED if is_doubted else "")
    return replace(last, key=key, ended_at_unix_nano=latest(ends, seen_at_unix_nano))


def _end_order(end: ExecutionEnd) -> tuple[bool, bool, str, str]:
    return not _is_local(end), end.status == FAILED, end.key, repr(end.cause)


def _is_local(end: ExecutionEnd) -> bool:
    return end.key.startswith(BEFORE_ROOTS)


def _kept_open(execution: Execution, update: ExecutionUpdate) -> Execution:
    """Moves the deadline on, and reopens a lost execution, since spans are still coming. The deadline moves in steps,
    not with every request."""
    deadline = update.seen_at_unix_nano + update.patience_nano
    known = execution.deadline_unix_nano or 0
    if execution.status == LOST:
        return replace(
            execution,
            status=RUNNING,
            ended_at_unix_nano=None,
            cause=None,
            deadline_unix_nano=max(deadline, known),
        )
    if execution.status in OPEN and deadline - known >= update.patience_nano // 4:
        return replace(execution, deadline_unix_nano=deadline)
    return execution
