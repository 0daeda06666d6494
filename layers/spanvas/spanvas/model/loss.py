"""Why an execution was lost, and where: from what has arrived of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from spanvas.model import kinds
from spanvas.model.execution import BY_FUNCTION, LOST, OVERDUE, Cause, Execution
from spanvas.model.own_messages import LEFT, OUT_OF_TIME, SILENCE
from spanvas.model.row import Row
from spanvas.model.span import ERROR

TIMEOUT: Final = "Timeout"
KILLED: Final = "Killed"
ABANDONED: Final = "Abandoned"
TRUNCATED_MARK: Final = "truncated"


def with_loss_cause(execution: Execution, rows: Iterable[Row]) -> Execution:
    """Returns a lost execution with the cause that its rows show; any other execution unchanged."""
    if execution.status != LOST or execution.cause != OVERDUE:
        return execution
    return replace(execution, cause=cause_of_loss(execution, rows))


def cause_of_loss(execution: Execution, rows: Iterable[Row]) -> Cause:
    """Returns why an execution has passed its deadline without an end.

    | type      | what has arrived                                                                   |
    |-----------|------------------------------------------------------------------------------------|
    | Timeout   | a function has recorded, just before, that its time was running out                |
    | Killed    | no such record, and a span is open, or its own function was to end the execution   |
    | Abandoned | all spans that began have ended, and the execution was to go on elsewhere          |
    | Lost      | nothing, of an execution that no function has registered                           |

    The place is the last known node: the deepest that was open, else the last that had ended.
    """
    parts = [row for row in rows if row.kind != kinds.WORKFLOW]
    if cut := [row for row in parts if _ran_out_of_time(row)]:
        place, where = _place(cut, parts)
        return _cause(TIMEOUT, OUT_OF_TIME.format(where), place)
    if open_ := [row for row in parts if row.end_time_unix_nano is None]:
        place, where = _place(open_, parts)
        return _cause(KILLED, SILENCE.format(where), place)
    if not parts:
        is_function = execution.ended_by == BY_FUNCTION
        return Cause(KILLED, SILENCE.format("")) if is_function else OVERDUE
    place = _last(parts, _end)
    if execution.ended_by == BY_FUNCTION:
        return _cause(KILLED, SILENCE.format(_in(place, "after")), place)
    return _cause(ABANDONED, LEFT.format(_in(place, "after")), place)


def _ran_out_of_time(row: Row) -> bool:
    """Whether the layer ended it when the function's time was over; what a limit has cut has the mark alone."""
    return TRUNCATED_MARK in row.marks and row.status == ERROR and row.error_type in (None, TIMEOUT)


def failed_place(rows: Iterable[Row]) -> Row | None:
    """Returns the last node that failed; where no node has, the last span of any kind that did."""
    failed = [row for row in rows if row.status == ERROR and row.kind != kinds.WORKFLOW]
    return _last(failed, _end) if failed else None


def open_place(rows: Iterable[Row]) -> Row | None:
    """Returns the last node that is still open; where no node is, the last open span. The root does not count."""
    open_ = [row for row in rows if row.end_time_unix_nano is None and row.kind != kinds.WORKFLOW]
    return _last(open_, _start) if open_ else None


def _place(stopped: list[Row], parts: list[Row]) -> tuple[Row, str]:
    """Returns where it stopped, and the words for it.

    That is the last node among `stopped`, else the node that ended last, else the last of `stopped`.
    """
    place = _last(stopped, _start)
    if place.kind == kinds.NODE:
        return place, _in(place)
    before = _last(parts, _end)
    return (before, _in(before, "after")) if before.kind == kinds.NODE else (place, _in(place))


def _last(rows: list[Row], moment: Callable[[Row], int]) -> Row:
    """Returns the row of the last node; where there is no node, the last row."""
    nodes = [row for row in rows if row.kind == kinds.NODE]
    return max(nodes or rows, key=lambda row: (moment(row), row.start_time_unix_nano, row.span_id))


def _start(row: Row) -> int:
    return row.start_time_unix_nano


def _end(row: Row) -> int:
    return row.end_time_unix_nano or row.start_time_unix_nano


def _in(row: Row, word: str = "in") -> str:
    return f" {word} node {row.node_id}" if row.node_id else ""


def _cause(error_type: str, message: str, row: Row) -> Cause:
    return Cause(error_type, message, row.node_id, row.span_id)
