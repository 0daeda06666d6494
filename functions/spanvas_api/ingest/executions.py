"""Which execution the traces of a request belong to, and what the spans of one say of it. See
docs/explanation/trace-binding.md.

A trace is one execution. Its spans name executions by `spanvas.execution.id`, on the span or its resource, or by the
first attribute that the setting SPANVAS_EXECUTION_ATTRIBUTES names: traces that name the same one are joined.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from typing import Final, NamedTuple

from spanvas import attributes as names
from spanvas.model import durable, own_messages
from spanvas.model.clock import doubt, earliest, plausible_times
from spanvas.model.errors import TooLargeError
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
from spanvas.storage.port import Binding, TraceStore
from spanvas_api.ingest.naming import (
    attributed_execution_id,
    explicit_execution_id,
    external_id,
    key_of,
    session_id_of,
    workflow_identity_of,
)

MAX_REMEMBERED: Final = 20_000
MAX_NAMES: Final = 1_000
"""Of executions in one request: each is looked up, as each trace is."""
LOOKUPS: Final = 2
"""Calls of the store that ask where a trace belongs, besides one for each name of an execution."""
MESSAGE_CHARACTERS: Final = 1000


@dataclass(slots=True)
class Group:
    """Spans of one request that belong to one execution. `is_new` where nobody has written to it yet, as it seems."""

    execution_id: str
    is_new: bool = False
    spans: list[Span] = field(default_factory=list)


class Grouped(NamedTuple):
    """The spans of a request by execution, and how many calls of the store it has cost at least to find that out."""

    groups: list[Group]
    lookups: int


class _Trace(NamedTuple):
    """Spans of one trace, each with its own `spanvas.execution.id` or "", and all names of executions among them."""

    trace_id: str
    spans: list[tuple[Span, str]]
    names: set[str]


class _Known(NamedTuple):
    """A binding, and the names that it has been made with."""

    binding: Binding
    names: frozenset[str]


class Bindings:
    """Remembers where traces go, as far as this process has seen: what is remembered is never wrong for long, since
    the store sends on what comes to an execution that has moved. `attributes` are those that may name an execution."""

    def __init__(self, attributes: Sequence[str]) -> None:
        self._attributes = attributes
        self._known: OrderedDict[tuple[str, str], _Known] = OrderedDict()

    def groups(
        self, store: TraceStore, tenant: str, spans: Iterable[Span], pool: Executor
    ) -> Grouped:
        """Returns the spans by execution. Raises TooLargeError and StoreUnavailableError."""
        traces = self._by_trace(spans)
        if len(set[str]().union(*(trace.names for trace in traces))) > MAX_NAMES:
            raise TooLargeError(
                "spans", f"name more than {MAX_NAMES:,} executions; send smaller requests"
            )
        asked = [trace for trace in traces if not self._knows(tenant, trace)]
        found = pool.map(
            lambda trace: store.bind_trace(tenant, trace.trace_id, sorted(trace.names)), asked
        )
        new = set()
        for trace, binding in zip(asked, found, strict=True):
            self._remember(tenant, trace.trace_id, binding, trace.names)
            if binding.is_new:
                new.add(binding.execution_id)
        groups: dict[str, Group] = {}
        for trace in traces:
            binding = self._known[tenant, trace.trace_id].binding
            for span, name in trace.spans:
                execution_id = name if name in binding.apart else binding.execution_id
                group = groups.setdefault(execution_id, Group(execution_id, execution_id in new))
                group.spans.append(span)
        while len(self._known) > MAX_REMEMBERED:
            self._known.popitem(last=False)
        lookups = sum(LOOKUPS + len(trace.names) for trace in asked)
        return Grouped(list(groups.values()), lookups)

    def follow(self, tenant: str, group: Group, kept_at: str) -> None:
        """Notes that the store has kept a group elsewhere, since its execution has moved: so have its traces."""
        for trace_id in {span.trace_id for span in group.spans}:
            known = self._known.get((tenant, trace_id))
            if known and known.binding.execution_id == group.execution_id:
                binding = Binding(kept_at, apart=known.binding.apart)
                self._remember(tenant, trace_id, binding, known.names)

    def _by_trace(self, spans: Iterable[Span]) -> list[_Trace]:
        traces: dict[str, _Trace] = {}
        for span in sorted(spans, key=start_order):
            trace = traces.get(span.trace_id)
            if trace is None:
                trace = traces[span.trace_id] = _Trace(span.trace_id, [], set())
            name = explicit_execution_id(span)
            trace.spans.append((span, name))
            trace.names.add(name or attributed_execution_id(span, self._attributes))
        for trace in traces.values():
            trace.names.discard("")
        return list(traces.values())

    def _knows(self, tenant: str, trace: _Trace) -> bool:
        """A trace whose spans name one more execution is asked for again: the two may have to be joined."""
        known = self._known.get((tenant, trace.trace_id))
        return known is not None and trace.names <= known.names

    def _remember(self, tenant: str, trace_id: str, binding: Binding, named: Iterable[str]) -> None:
        key = (tenant, trace_id)
        known = self._known.get(key)
        if known:
            named = known.names.union(named)
            binding = replace(binding, apart=binding.apart | known.binding.apart)
        self._known[key] = _Known(binding, frozenset(named))
        self._known.move_to_end(key)


def start_order(span: Span) -> tuple[int, str]:
    """Returns the key that sorts spans by their start."""
    return (span.start_time_unix_nano, span.span_id)


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
