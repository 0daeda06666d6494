"""An execution: one run of a workflow, and the mapping from its id to its trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from spanvas.model import kinds, own_messages
from spanvas.model.inference import may_count, repeated_calls
from spanvas.model.row import CANCELLED as CANCELLED_MARK
from spanvas.model.row import INTERRUPTED, Row
from spanvas.model.running_totals import with_own_figures
from spanvas.model.tree import state_of
from spanvas.model.usage import added, total

QUEUED: Final = "queued"
RUNNING: Final = "running"
SUCCEEDED: Final = "succeeded"
FAILED: Final = "failed"
LOST: Final = "lost"
UNTRACED: Final = "untraced"
"""Accepted while tracing was off: it may have run, but nothing was recorded."""
WAITING: Final = "waiting"
"""It has stopped, and goes on when somebody outside of the program, mostly a person, has answered."""
CANCELLED: Final = "cancelled"
"""Its root was cancelled: whoever wanted its result does not any more."""
DELETED: Final = "deleted"
"""Somebody has deleted it: ids, times and totals are left."""

STATUSES: Final = (QUEUED, RUNNING, SUCCEEDED, FAILED, LOST, UNTRACED, WAITING, CANCELLED, DELETED)
SUCCEEDED_WITH_ERRORS: Final = "succeeded_with_errors"
"""No status, but a filter: succeeded, and spans below have failed."""
FILTERS: Final = (*STATUSES, SUCCEEDED_WITH_ERRORS)
STATUS_BY_MARK: Final = {INTERRUPTED: WAITING, CANCELLED_MARK: CANCELLED}
"""The status of an execution whose root ended by control flow; after any other it has succeeded."""
OPEN: Final = frozenset({QUEUED, RUNNING})
UNCOUNTED: Final = frozenset({WAITING, LOST})
"""Ends that the metrics do not count where a function writes them: one goes on when it is answered, whoever closes the
other counts it."""

UNKNOWN_WORKFLOW: Final = "unknown"
"""The workflow of an execution of which nobody has said it, or whose spans alone had said it and are deleted."""

BY_FUNCTION: Final = "function"
BY_CALLER: Final = "caller"
BY_STATE_MACHINE: Final = "state_machine"
"""Who ends an execution: the function that it runs in; whoever has passed it on to that one; Step Functions."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an execution failed or was lost: the place, the type and one sentence."""

    error_type: str
    message: str
    node_id: str | None = None
    span_id: str | None = None


@dataclass(frozen=True, slots=True)
class Counters:
    """Sums over the spans of an execution: see `totalled` for which of them are counted when.

    `errors` counts spans that failed: their status is `error`, or they are lost. So every failed attempt counts, and
    an error that goes up the tree counts in each span that it makes fail. What a client library repeats inside of one
    call is no span and does not count.
    Tokens and cost count model calls (kind `model`), since agents and wrappers repeat what is below them; of those, the
    ones below which nothing reports any. They are None where nothing has reported any: that is not 0. `unpriced`
    counts model calls whose price is not known (a refused call that used no tokens has none to know),
    `unreported_calls` those of which no tokens were reported, refused ones left out. `dropped` counts spans that the
    exporter had to give up.
    """

    spans: int = 0
    errors: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    cost_nano_usd: int | None = None
    unpriced: int = 0
    dropped: int = 0
    unreported_calls: int = 0

    def __add__(self, other: Counters) -> Counters:
        names = self.__dataclass_fields__
        return Counters(*(added(getattr(self, name), getattr(other, name)) for name in names))  # type: ignore[arg-type]

    def __neg__(self) -> Counters:
        figures = [getattr(self, name) for name in self.__dataclass_fields__]
        return Counters(*(None if figure is None else -figure for figure in figures))  # type: ignore[arg-type]


class Origin(NamedTuple):
    """Where an execution that nobody registered takes its identity, its end and its session from: keys of
    `model.execution_update`. `interrupted`: one of its spans was interrupted, so its rows tell whether it waits."""

    identity: str
    end: str = ""
    session: str = ""
    interrupted: bool = False


class Deletion(NamedTuple):
    """Who has deleted an execution, and when, in unix nanoseconds. `status` is the one that it had before.

    `is_complete`: everything that it held is gone; else that is going on.
    """

    at_unix_nano: int
    by: str
    status: str
    is_complete: bool = False


class Hold(NamedTuple):
    """Who keeps an execution from expiring and from being deleted, and since when, in unix nanoseconds."""

    at_unix_nano: int
    by: str


@dataclass(frozen=True, slots=True)
class Execution:
    """`origin` is None where whoever ran the execution has registered it; what its spans say then changes nothing.

    It starts when it is first registered, queued or running, and its start stays; where it is known by its spans, it
    starts with the earliest of them. `queued_until_unix_nano` is when its function began, where that was later.
    `listed_at_unix_nano` is its place in the history, where that is not its start: see `storage.items.listed_at`.

    `began_at_unix_nano` is not kept: when the function began its part that registers or continues the execution, where
    that is not the execution's own start.
    """

    tenant: str
    execution_id: str
    trace_id: str
    workflow_id: str
    started_at_unix_nano: int
    status: str = RUNNING
    workflow_name: str = ""
    workflow_version: str = ""
    ended_at_unix_nano: int | None = None
    deadline_unix_nano: int | None = None
    cause: Cause | None = None
    counters: Counters = Counters()
    expected_nodes: tuple[str, ...] = ()
    exporter_health: Mapping[str, str] = field(default_factory=dict)
    started_by: str = ""
    expires_at: int = 0
    revision: int = 0
    """Grows with every write that is visible to readers; the ETag of live polling is made from it."""
    origin: Origin | None = None
    ended_by: str = BY_FUNCTION
    began_at_unix_nano: int | None = None
    is_provisional: bool = False
    """Its function has begun, and what is known of it beyond that is still to come."""
    is_newer: bool = False
    """Its item was written by a newer version of Spanvas: there may be more to it than is known here."""
    queued_until_unix_nano: int | None = None
    listed_at_unix_nano: int | None = None
    external_id: str = ""
    """What its sender calls it, where that is no execution id: see `ids.external_id_of`."""
    session_id: str = ""
    """The session or conversation that the execution is part of, as its spans say; "" where they say nothing."""
    user_id: str = ""
    """The user on whose behalf it ran, as its spans say; "" where they say nothing."""
    deletion: Deletion | None = None
    """Set where it has been deleted; nothing of it changes any more, whatever else comes."""
    hold: Hold | None = None
    """Set while it neither expires nor may be deleted."""
    counted_as: str = ""
    """A random name of the end that the metrics have counted it by; "" while they have not."""

    def is_overdue(self, now_unix_nano: int) -> bool:
        """Returns whether it is open and past its deadline: whatever ran it can no longer end it."""
        deadline = self.deadline_unix_nano
        return self.status in OPEN and deadline is not None and deadline < now_unix_nano


def is_of(execution: Execution, wanted: str) -> bool:
    """Returns whether an execution is one of those that a list is filtered by: of `FILTERS`."""
    if wanted == SUCCEEDED_WITH_ERRORS:
        return execution.status == SUCCEEDED and execution.counters.errors > 0
    return execution.status == wanted


def place_of(execution: Execution) -> int:
    """Returns the time that the history is sorted by, in unix nanoseconds."""
    listed = execution.listed_at_unix_nano
    return execution.started_at_unix_nano if listed is None else listed


def run_nano(execution: Execution) -> int | None:
    """Returns how long it ran, in nanoseconds, without its time in a queue; None while it has not ended."""
    if execution.ended_at_unix_nano is None:
        return None
    begun = execution.queued_until_unix_nano or execution.started_at_unix_nano
    return max(execution.ended_at_unix_nano - begun, 0)


def count(rows: Iterable[Row], dropped: int = 0, *, is_part: bool = False) -> Counters:
    """Returns the counters of those merged rows that have ended.

    A model call that was recorded twice, by itself and by what wraps it, is counted once (`inference.repeated_calls`).
    `is_part`: rows of one batch, which adds to stored totals. Wrappers do not count then, since what is below them may
    have come before.
    """
    rows = list(rows)
    if is_part:
        rows = with_own_figures(rows)
    candidates = [row for row in rows if (row.kind == kinds.MODEL if is_part else may_count(row))]
    repeated = repeated_calls(rows, candidates)
    statuses = [row.status for row in rows if row.end_time_unix_nano is not None]
    calls = [
        row
        for row in candidates
        if row.end_time_unix_nano is not None and row.span_id not in repeated
    ]
    usage = total(row.usage for row in calls if row.usage is not None)
    costs = [row.cost_nano_usd for row in calls if row.cost_nano_usd is not None]
    return Counters(
        len(statuses),
        statuses.count("error"),
        *usage,
        sum(costs) if costs else None,
        sum([_is_unpriced(row) for row in calls]),
        dropped,
        sum([row.usage is None and row.status != "error" for row in calls]),
    )


def _is_unpriced(call: Row) -> bool:
    return call.cost_nano_usd is None and (call.usage is not None or call.status != "error")


def totals(
    rows: Iterable[Row], dropped: int = 0, *, is_open: bool = False, now_unix_nano: int = 0
) -> Counters:
    """Returns the totals of all rows of an execution, which are merged.

    Every row counts as a span, ended or not; a lost one (`tree.state_of`) is an error. `is_open`: the execution has not
    ended; `now` matters only then.
    """
    rows = list(rows)
    counters = count(rows, dropped)
    if counters.spans < len(rows):
        unended = [row for row in rows if row.end_time_unix_nano is None]
        lost = sum(state_of(row, now_unix_nano, is_open) == "lost" for row in unended)
        counters = replace(counters, spans=len(rows), errors=counters.errors + lost)
    return counters


def totalled(execution: Execution, rows: Iterable[Row], now_unix_nano: int = 0) -> Execution:
    """Returns the execution with the `totals` of its rows; of a deleted one the totals are what is left.

    The stored totals of an open execution count ended spans alone.
    """
    if execution.deletion is not None:
        return execution
    is_open = execution.status in OPEN
    dropped = execution.counters.dropped
    counters = totals(rows, dropped, is_open=is_open, now_unix_nano=now_unix_nano)
    return execution if counters == execution.counters else replace(execution, counters=counters)


OVERDUE: Final = Cause("Lost", own_messages.OVERDUE)
UNSTARTED: Final = Cause("NotStarted", own_messages.UNSTARTED)
UNENDED: Final = Cause("Lost", own_messages.UNENDED)
"""Why an execution is lost, as far as it says itself: one that a function has registered, one that is queued, and one
that is known by its spans alone. `model.loss` knows more, from its rows."""


def seen_at(execution: Execution, now_unix_nano: int) -> Execution:
    """Returns the execution as it is at a time: an overdue one is lost, swept or not."""
    if not execution.is_overdue(now_unix_nano):
        return execution
    return replace(
        execution,
        status=LOST,
        ended_at_unix_nano=execution.deadline_unix_nano,
        cause=execution.cause or _cause_of_silence(execution),
    )


def _cause_of_silence(execution: Execution) -> Cause:
    if execution.status == QUEUED and not execution.is_provisional:
        return UNSTARTED
    return OVERDUE if execution.origin is None else UNENDED
