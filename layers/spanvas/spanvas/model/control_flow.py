"""Exceptions by which programs steer, not fail: waiting for a person, being cancelled, leaving a stream early, passing
control on. A span that such an exception ended is no error; a mark of its row says what happened.

Types are known by their last name (`GraphInterrupt` of `langgraph.errors.GraphInterrupt`), since instrumentations write
them with or without their module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from spanvas.lazy_pattern import LazyPattern
from spanvas.model.row import CANCELLED, INTERRUPTED, LEFT_EARLY, Row

PASSED_ON: Final = "passed_on"
"""It handed control to another node, another run or a later time."""
MARKS: Final = frozenset({INTERRUPTED, CANCELLED, LEFT_EARLY, PASSED_ON})

_TYPES: Final = {
    INTERRUPTED: (
        # LangGraph; Strands; pydantic-ai; CrewAI; Haystack; Prefect
        "GraphInterrupt", "NodeInterrupt", "InterruptException", "ApprovalRequired", "CallDeferred",
        "HumanFeedbackPending", "BreakpointException", "PausedRun", "Pause",
    ),
    CANCELLED: (
        # Python, trio, Temporal; .NET; Java and Kotlin; Go; gRPC; JavaScript and its client libraries; Prefect
        "CancelledError", "Cancelled", "TaskCancelled", "CancelledFailure", "CancelledRun", "KeyboardInterrupt",
        "OperationCanceledException", "TaskCanceledException", "CancellationException", "JobCancellationException",
        "InterruptedException", "Canceled", "AbortError", "ABORT_ERR", "APIUserAbortError", "UserAbortError",
        "CanceledError", "ERR_CANCELED", "ResponseAborted", "WorkflowCancelledByUser", "CancelledException",
        "CanceledException",
    ),
    LEFT_EARLY: ("GeneratorExit", "StopIteration", "StopAsyncIteration", "ClientDisconnect"),
    PASSED_ON: (
        # LangGraph; Temporal; durable functions; Airflow; Vercel's workflows; Prefect
        "ParentCommand", "Command", "GraphBubbleUp", "ContinueAsNew", "ContinueAsNewError", "CompleteAsyncError",
        "_CompleteAsyncError", "SuspendExecution", "TimedSuspendExecution", "TaskDeferred", "WorkflowSuspension",
    ),
}  # fmt: skip
_BY_TYPE: Final = {name.lower(): mark for mark, names in _TYPES.items() for name in names}

_MESSAGES: Final = {
    "this operation was aborted": CANCELLED,
    "the operation was aborted": CANCELLED,
    "the user aborted a request": CANCELLED,
    "request was aborted": CANCELLED,
    "signal is aborted without reason": CANCELLED,
}
"""Messages of exceptions whose type says nothing: JavaScript's `DOMException`."""
_ENDS: Final = LazyPattern(r"(?:^|: )context canceled$|^rpc error: code = Canceled\b")
"""Of messages of Go, where whoever passes an error on writes something before it."""
_PAYLOADS: Final = (
    (re.compile(r"[(\[]Interrupt\("), INTERRUPTED),
    (re.compile(r"Command\((?:graph|update|resume|goto)="), PASSED_ON),
)
"""What LangGraph's exceptions hold, which is all that a message says that was made by `str`."""
_TRACEBACK: Final = "Traceback (most recent call last):"
_RAISED: Final = LazyPattern(r"^(?:\w+\.)*[A-Z]\w*(?=:|\s*$)", re.MULTILINE)
"""The line of a traceback that says what was raised: the only one that is not indented."""
_GENERIC: Final = frozenset({
    "", "error", "exception", "_other", "domexception",
    # Go
    "errorstring", "wraperror", "wraperrors", "joinerror", "operror", "withstack", "withmessage", "fundamental",
})  # fmt: skip
_EXIT_WITHOUT_ERROR: Final = LazyPattern(r"\s*(SystemExit)?[:(]?\s*(0|None|False)?\)?\s*")
_SEPARATORS: Final = LazyPattern(r"[./\\$:]+")
_FIRST_TYPE: Final = LazyPattern(r"(?:[a-z_]\w*\.)*_?[A-Z][a-z]+[A-Z]\w+(?=$|[(:])")
"""A type of several words: a message may begin with a single word of any meaning."""


def control_flow_of(type_name: str, message: str = "") -> str | None:
    """Returns the mark for an exception's type, with or without its module; None where it is an error. The message
    counts of Python's `SystemExit` alone: it is the code of the exit."""
    name = _last_name(type_name)
    if name == "systemexit":
        return LEFT_EARLY if _EXIT_WITHOUT_ERROR.fullmatch(message) else None
    return _BY_TYPE.get(name)


def control_flow_in(message: str) -> str | None:
    """Returns the mark for a text that begins with an exception's type (`GraphInterrupt(...)`, `CancelledError: x`), is
    the message of one, or a traceback; None where it is an error."""
    message = message.strip()
    known = _MESSAGES.get(message.rstrip(".").lower())
    if known is not None:
        return known
    if _ENDS.search(message):
        return CANCELLED
    for payload, mark in _PAYLOADS:
        if payload.match(message):
            return mark
    if message.startswith(_TRACEBACK):
        raised = _RAISED.search(message, message.rindex(_TRACEBACK) + len(_TRACEBACK))
        return control_flow_of(raised[0]) if raised else None
    first = _FIRST_TYPE.match(message)
    return control_flow_of(first[0], message) if first else None


def control_flow_of_exception(error: BaseException) -> str | None:
    """Returns the mark for an exception, which may be of a subclass; None where it is an error. A group of exceptions
    is an error where one of them is."""
    if isinstance(error, BaseExceptionGroup):
        marks = [control_flow_of_exception(one) for one in error.exceptions]
        return marks[0] if all(marks) else None
    if isinstance(error, SystemExit):
        return None if error.code else LEFT_EARLY
    for kind in type(error).__mro__:
        mark = control_flow_of(kind.__name__)
        if mark is not None:
            return mark
    return None


def is_generic(type_name: str) -> bool:
    """Returns whether a type of error says nothing: `Error`, `_OTHER`, a number."""
    name = _last_name(type_name)
    return name in _GENERIC or name.isdecimal()


def is_waiting(rows: Iterable[Row]) -> bool:
    """Returns whether the last interruption among merged rows has not been answered.

    It is, where a span of the same name or node, or a root, began after it: what waited has been resumed.
    """
    rows = list(rows)
    interrupted = [row for row in rows if INTERRUPTED in row.marks and row.end_time_unix_nano]
    if not interrupted:
        return False
    last = max(row.end_time_unix_nano or 0 for row in interrupted)
    called = {row.name for row in interrupted} | {row.node_id for row in interrupted} - {None}
    return not any(
        row.start_time_unix_nano >= last
        and (not row.parent_span_id or row.name in called or row.node_id in called)
        for row in rows
    )


def _last_name(type_name: str) -> str:
    last: str = _SEPARATORS.split(type_name.strip().strip("*"))[-1]
    return last.lower()
