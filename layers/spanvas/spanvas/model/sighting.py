"""What spans from elsewhere say of their execution, and what is known of it after many such sayings.

Nobody announces an execution that comes over OTLP: it is known by its spans, which arrive late, twice and in any
order. So what is known is a join: earliest start, the name that the earliest root gives, the end that the latest root
gives. Two requests in either order, or one of them twice, leave the same execution.

A service that was called by another one has no root of its own. Its local root, the span with a remote parent, stands
in for the root until one comes: the caller may never send its spans here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from spanvas.model.execution import LOST, OPEN, RUNNING, Cause, Execution, Origin

ROOT: Final = "0"
LOCAL_ROOT: Final = "0l"
ANY_SPAN: Final = "1"
"""Ranks of names, in the order of text: that of a root, then that of a span whose parent is in another service (the
root of what its own service did), then what was gathered from any other span."""
BEFORE_ROOTS: Final = "-"
"""Sorts the end of a local root before the end of every root."""


def naming_key(rank: str, start_time_unix_nano: int, span_id: str) -> str:
    """Sorts names: by rank, then by start; the first one counts."""
    return f"{rank}#{start_time_unix_nano:020d}#{span_id}"


def ending_key(end_time_unix_nano: int, span_id: str, *, is_local: bool = False) -> str:
    """Sorts ends: the last one counts; that of a local root only where no root has ended."""
    return f"{BEFORE_ROOTS if is_local else ''}{end_time_unix_nano:020d}#{span_id}"


@dataclass(frozen=True, slots=True)
class Naming:
    """What one span calls the workflow. `trace_id` is that span's."""

    key: str
    trace_id: str
    workflow_id: str
    workflow_name: str = ""
    workflow_version: str = ""
    expected_nodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """How one root says that it ended."""

    key: str
    status: str
    ended_at_unix_nano: int
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one batch of spans says. An execution is given up `patience_nano` after it was last seen."""

    tenant: str
    execution_id: str
    started_at_unix_nano: int
    seen_at_unix_nano: int
    patience_nano: int
    naming: Naming
    ending: Ending | None = None
    started_by: str = ""
    external_id: str = ""


def first_seen(sighting: Sighting) -> Execution:
    """The execution that is known by this sighting alone."""
    naming, ending = sighting.naming, sighting.ending
    return Execution(
        tenant=sighting.tenant,
        execution_id=sighting.execution_id,
        trace_id=naming.trace_id,
        workflow_id=naming.workflow_id,
        workflow_name=naming.workflow_name,
        workflow_version=naming.workflow_version,
        expected_nodes=naming.expected_nodes,
        status=ending.status if ending else RUNNING,
        started_at_unix_nano=sighting.started_at_unix_nano,
        ended_at_unix_nano=ending.ended_at_unix_nano if ending else None,
        deadline_unix_nano=None if ending else sighting.seen_at_unix_nano + sighting.patience_nano,
        cause=ending.cause if ending else None,
        started_by=sighting.started_by,
        origin=Origin(naming.key, ending.key if ending else ""),
        external_id=sighting.external_id,
    )


def seen_again(known: Execution, sighting: Sighting) -> Execution:
    """The execution after one more sighting; the very same object where that says nothing new.

    An execution that was registered by whoever runs it is never changed by what its spans say.
    """
    origin = known.origin
    if origin is None:
        return known
    execution = known
    naming, ending = sighting.naming, sighting.ending
    if sighting.started_at_unix_nano < execution.started_at_unix_nano:
        execution = replace(execution, started_at_unix_nano=sighting.started_at_unix_nano)
    if sighting.external_id and not execution.external_id:
        execution = replace(execution, external_id=sighting.external_id)
    if naming.key < origin.naming:
        execution = replace(
            execution,
            trace_id=naming.trace_id,
            workflow_id=naming.workflow_id,
            workflow_name=naming.workflow_name,
            workflow_version=naming.workflow_version,
            expected_nodes=naming.expected_nodes,
            origin=origin._replace(naming=naming.key),
        )
    if ending is not None and ending.key > origin.ending:
        assert execution.origin is not None
        return replace(
            execution,
            status=ending.status,
            ended_at_unix_nano=ending.ended_at_unix_nano,
            cause=ending.cause,
            origin=execution.origin._replace(ending=ending.key),
        )
    return execution if origin.ending else _kept_open(execution, sighting)


def sighting_of(execution: Execution, seen_at_unix_nano: int, patience_nano: int) -> Sighting:
    """What an execution that is known by its spans says of another that it turns out to be part of."""
    assert execution.origin is not None
    naming = Naming(
        execution.origin.naming,
        execution.trace_id,
        execution.workflow_id,
        execution.workflow_name,
        execution.workflow_version,
        execution.expected_nodes,
    )
    ended_at = execution.ended_at_unix_nano
    ending = None
    if execution.origin.ending and ended_at is not None:
        ending = Ending(execution.origin.ending, execution.status, ended_at, execution.cause)
    return Sighting(
        execution.tenant,
        execution.execution_id,
        execution.started_at_unix_nano,
        seen_at_unix_nano,
        patience_nano,
        naming,
        ending,
        execution.started_by,
        execution.external_id,
    )


def _kept_open(execution: Execution, sighting: Sighting) -> Execution:
    """Alive as of now, given up or not: spans are still coming. The deadline moves in steps, not with every request."""
    deadline = sighting.seen_at_unix_nano + sighting.patience_nano
    known = execution.deadline_unix_nano or 0
    if execution.status == LOST:
        return replace(
            execution,
            status=RUNNING,
            ended_at_unix_nano=None,
            cause=None,
            deadline_unix_nano=max(deadline, known),
        )
    if execution.status in OPEN and deadline - known >= sighting.patience_nano // 4:
        return replace(execution, deadline_unix_nano=deadline)
    return execution
