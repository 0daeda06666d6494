"""What the spans of one execution say of it, whoever sent them: when it ran, how it ended, what it is a run of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import Final

from spanvas import attributes as names
from spanvas.model import durable, own_messages
from spanvas.model.clock import doubt, earliest, plausible_times
from spanvas.model.execution import FAILED, STATUS_BY_MARK, SUCCEEDED, Cause
from spanvas.model.execution_update import (
    ANY_SPAN,
    LOCAL_ROOT,
    ROOT,
    ExecutionEnd,
    ExecutionUpdate,
    Session,
    end_key,
    later_end,
)
from spanvas.model.row import INTERRUPTED
from spanvas.model.span import ERROR, Span
from spanvas.model.units import NANO
from spanvas.semantics.outcome import SpanOutcome, outcome_of
from spanvas.semantics.summary import has_remote_parent, row_of, user_in
from spanvas_api.received.naming import (
    external_id,
    key_of,
    session_id_of,
    workflow_identity_of,
)

MESSAGE_CHARACTERS: Final = 1000


@dataclass(slots=True)
class Group:
    """Spans of one request that belong to one execution. `is_new` where nobody has written to it yet, as it seems."""

    execution_id: str
    is_new: bool = False
    spans: list[Span] = field(default_factory=list)


def update_of(
    group: Group,
    tenant: str,
    subject: str,
    seen_at_unix_nano: int,
    patience_seconds: int,
    candidates: Sequence[str] = (),
) -> ExecutionUpdate:
    """What the spans of a group say of their execution."""
    spans = sorted(group.spans, key=_identity_order)
    outcomes = [outcome_of(span) for span in spans]
    return ExecutionUpdate(
        tenant=tenant,
        execution_id=group.execution_id,
        started_at_unix_nano=_start(spans, seen_at_unix_nano),
        seen_at_unix_nano=seen_at_unix_nano,
        patience_nano=_patience_nano(spans, patience_seconds),
        identity=workflow_identity_of(spans[0], rank_of(spans[0])),
        end=_end(spans, outcomes, seen_at_unix_nano),
        started_by=subject,
        session=_session(spans),
        external_id=external_id(spans, candidates),
        user_id=user_in(spans),
        interrupted=any(outcome.mark == INTERRUPTED for outcome in outcomes),
    )


def _patience_nano(spans: Iterable[Span], seconds: int) -> int:
    """How long an execution may rest: a durable one may be suspended for as long as it may take at all."""
    is_durable = any(durable.is_durable(span.attributes) for span in spans)
    return durable.LONGEST_NANO if is_durable else seconds * NANO


def _identity_order(span: Span) -> tuple[str, int, str, bool]:
    """Sorts spans as `identity_key` does."""
    is_open = span.end_time_unix_nano is None
    return rank_of(span), span.start_time_unix_nano, span.span_id, is_open


def _session(spans: Iterable[Span]) -> Session | None:
    """Returns the session that the first of these spans says."""
    for span in spans:
        if session_id := session_id_of(span):
            return Session(key_of(span, rank_of(span)), session_id)
    return None


def rank_of(span: Span) -> str:
    """Returns how much a span says of its execution: `ROOT`, `LOCAL_ROOT` or `ANY_SPAN` of `execution_update`.

    Of a durable execution, every span knows what it is one of, and the one that says how it ended is the root: what AWS
    puts above it stands for the invocations' trace and has no duration.
    """
    if durable.is_durable(span.attributes):
        return ROOT if names.DURABLE_EXECUTION_STATUS in span.attributes else LOCAL_ROOT
    if span.parent_span_id is None:
        return ROOT
    return LOCAL_ROOT if has_remote_parent(span) else ANY_SPAN


def _says_end(span: Span) -> bool:
    """Whether the end of a span is the end of its execution. An invocation of a durable function may be one of many."""
    if durable.is_durable(span.attributes):
        return durable.end_of(span.attributes) != ""
    return rank_of(span) != ANY_SPAN


def _end(
    spans: Iterable[Span], outcomes: Iterable[SpanOutcome], seen_at_unix_nano: int
) -> ExecutionEnd | None:
    """Returns how the roots among these spans say that the execution ended; where no root has ended, how the local
    roots do."""
    ends = [
        _end_of(span, outcome, seen_at_unix_nano)
        for span, outcome in zip(spans, outcomes, strict=True)
        if span.end_time_unix_nano is not None and _says_end(span)
    ]
    return reduce(partial(later_end, seen_at_unix_nano=seen_at_unix_nano), ends) if ends else None


def _end_of(root: Span, outcome: SpanOutcome, seen_at_unix_nano: int) -> ExecutionEnd:
    """Returns how one root or local root that has ended says that the execution ended."""
    assert root.end_time_unix_nano is not None
    times = root.start_time_unix_nano, root.end_time_unix_nano
    _, ended_at = plausible_times(*times, seen_at_unix_nano)
    status, cause = STATUS_BY_MARK.get(outcome.mark or "", SUCCEEDED), None
    said = durable.end_of(root.attributes)
    if outcome.status == ERROR or said not in ("", "SUCCEEDED"):
        row = row_of(root)
        message = (row.error_message or own_messages.DURABLE_ENDS.get(said, ""))[
            :MESSAGE_CHARACTERS
        ]
        status = FAILED
        cause = Cause(row.error_type or "Error", message, row.node_id, root.span_id)
    key = end_key(
        ended_at,
        root.span_id,
        is_local=rank_of(root) == LOCAL_ROOT,
        is_doubted=doubt(root.end_time_unix_nano, seen_at_unix_nano) > 0,
    )
    return ExecutionEnd(key, status, ended_at, cause)


def _start(spans: Iterable[Span], seen_at_unix_nano: int) -> int:
    """Returns the earliest start of these spans that is plausible, in Unix nanoseconds."""
    starts = []
    for span in spans:
        start = span.start_time_unix_nano
        end = span.end_time_unix_nano
        if end is not None:
            start, _ = plausible_times(start, end, seen_at_unix_nano)
        starts.append(start)
    return earliest(starts, seen_at_unix_nano)
