"""How complete a trace is, and a sentence that says why it is not."""

from __future__ import annotations

from typing import Final, NamedTuple

from spanvas.model.completeness import Completeness
from spanvas.model.execution import (
    DELETED,
    FAILED,
    LOST,
    OPEN,
    QUEUED,
    SUCCEEDED,
    UNTRACED,
    Execution,
)
from spanvas.storage.stored_trace import SpanOrigin

TITLES: Final = {"tempo": "Tempo", "jaeger": "Jaeger"}
"""Names for people of the backends that spans may be read from."""
COMPLETE: Final = "COMPLETE"
RUNNING: Final = "RUNNING"
PARTIAL: Final = "PARTIAL"
EMPTY: Final = "EMPTY"
NAMED_NODES: Final = 5

_EMPTY_REASONS: Final = {
    DELETED: "The execution was deleted: its ids, times and totals are left.",
    UNTRACED: "Tracing was off when this execution was started, so nothing was recorded.",
    QUEUED: "The execution is queued and has not started yet.",
    LOST: "The execution was lost before anything of it arrived.",
    FAILED: "The execution failed before anything of it arrived.",
    SUCCEEDED: "The execution has ended, but nothing of it arrived.",
}


class TraceStatus(NamedTuple):
    """`status` is COMPLETE, RUNNING, PARTIAL or EMPTY; `reason` is a sentence for a person, empty if none is needed."""

    status: str
    reason: str = ""


class ChunkCounts(NamedTuple):
    """How many chunks of a trace this version cannot decode, and how many a newer version has written, of which it may
    not know all fields."""

    unreadable: int = 0
    newer: int = 0


ALL_READ: Final = ChunkCounts()


def trace_status(
    execution: Execution,
    completeness: Completeness,
    *,
    rows: int,
    orphans: int,
    lost: int,
    chunks: ChunkCounts = ALL_READ,
    origin: SpanOrigin | None = None,
) -> TraceStatus:
    """Returns the status of a trace with this number of rows, of orphans among them and of spans that never ended.

    Nodes that are not there make a trace partial only when the execution succeeded: after a failure, and before the
    end, they were rightly not run. What cannot be read makes it partial at any time, and what may be in there is then
    not said to be missing.
    """
    if unread := _unread(chunks):
        if execution.status in OPEN:
            return TraceStatus(RUNNING, _sentence([unread]))
        if rows == 0:
            return TraceStatus(PARTIAL, _sentence([unread]))
    if rows == 0:
        reason = _EMPTY_REASONS.get(execution.status, "Nothing of it has arrived yet.")
        if origin is not None:
            reason = f"{reason} {TITLES[origin.backend]} has nothing of it, either."
        return TraceStatus(EMPTY, reason)
    if execution.status in OPEN:
        return TraceStatus(RUNNING)
    reasons = [unread] if unread else []
    reasons += _reasons(execution, completeness, orphans, lost, chunks)
    if origin is not None:
        reasons += _left_out(origin)
    if not reasons:
        return TraceStatus(COMPLETE)
    return TraceStatus(PARTIAL, _sentence(reasons))


def _reasons(
    execution: Execution, completeness: Completeness, orphans: int, lost: int, chunks: ChunkCounts
) -> list[str]:
    reasons = []
    if execution.status == LOST:
        reasons.append("the execution was lost: its deadline passed before it ended")
    missing = completeness.missing
    if missing and not chunks.unreadable and execution.status == SUCCEEDED:
        names = ", ".join(missing[:NAMED_NODES]) + (", …" if len(missing) > NAMED_NODES else "")
        reasons.append(f"{len(missing)} of {len(completeness.expected)} nodes are missing: {names}")
    if execution.counters.dropped:
        reasons.append(f"{_spans(execution.counters.dropped)} could not be delivered")
    if lost and not chunks.unreadable:
        reasons.append(f"{_spans(lost)} never ended")
    if orphans and not chunks.unreadable:
        reasons.append(f"{_spans(orphans)} came without the parent")
    return reasons


def _unread(chunks: ChunkCounts) -> str:
    reasons = []
    if chunks.unreadable:
        reasons.append(f"{_count(chunks.unreadable)} of the trace cannot be read")
    if chunks.newer:
        verb = "was" if chunks.newer == 1 else "were"
        reasons.append(
            f"{_count(chunks.newer)} {verb} written by a newer version and may not be shown completely"
        )
    return "; ".join(reasons)


def _left_out(origin: SpanOrigin) -> list[str]:
    title = TITLES[origin.backend]
    reasons = [f"{title} has answered a part of the trace"] if origin.is_part else []
    if origin.unread:
        reasons.append(f"{_spans(origin.unread)} of {title}'s answer could not be read")
    return reasons


def _sentence(reasons: list[str]) -> str:
    text = "; ".join(reasons)
    return text[0].upper() + text[1:] + "."


def _count(number: int) -> str:
    return "1 chunk" if number == 1 else f"{number} chunks"


def _spans(number: int) -> str:
    return "1 span" if number == 1 else f"{number} spans"
