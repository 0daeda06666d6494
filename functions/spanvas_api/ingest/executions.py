"""Which execution each span belongs to, and what the spans of one say of it.

`spanvas.execution.id` on a span or its resource decides for that span. All other spans go where their trace goes: to
the execution that the trace is bound to, else to what the first of the setting's attributes names, else to an
execution that is named after the trace.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from spanvas.model.execution import FAILED, SUCCEEDED, Cause
from spanvas.model.execution_update import (
    ANY_SPAN,
    LOCAL_ROOT,
    ROOT,
    ExecutionEnd,
    ExecutionUpdate,
    end_key,
)
from spanvas.model.span import ERROR, Span
from spanvas.semantics import has_remote_parent, row_of
from spanvas.storage.port import TraceStore
from spanvas_api.ingest.naming import (
    explicit_execution_id,
    wanted_execution_id,
    workflow_identity_of,
)

NANO: Final = 1_000_000_000
MAX_REMEMBERED: Final = 20_000
MESSAGE_CHARACTERS: Final = 1000


@dataclass(slots=True)
class Group:
    """Spans of one request that belong to one execution. `is_new` where nobody has written to it yet, as it seems."""

    execution_id: str
    is_new: bool = False
    spans: list[Span] = field(default_factory=list)


class Bindings:
    """Where traces go, as far as this process has seen: what is remembered is never wrong for long, since the store
    sends on what comes to an execution that has moved. `candidates` are the attributes that may name an execution."""

    def __init__(self, candidates: Sequence[str]) -> None:
        self._candidates = candidates
        self._known: OrderedDict[tuple[str, str], str] = OrderedDict()

    def groups(
        self, store: TraceStore, tenant: str, spans: Iterable[Span], pool: Executor
    ) -> list[Group]:
        """The spans by execution. Raises StoreUnavailableError."""
        by_trace: dict[str, list[Span]] = {}
        for span in sorted(spans, key=start_order):
            by_trace.setdefault(span.trace_id, []).append(span)
        wishes = [self._wish(trace_id, members) for trace_id, members in by_trace.items()]
        asked = [wish for wish in wishes if not self._knows(tenant, wish)]
        found = pool.map(
            lambda wish: store.bind_trace(
                tenant, wish.trace_id, wish.wanted, is_explicit=any(wish.explicit.values())
            ),
            asked,
        )
        new = set()
        for wish, binding in zip(asked, found, strict=True):
            self._remember(tenant, wish.trace_id, binding.execution_id)
            if binding.is_new:
                new.add(binding.execution_id)
        groups: dict[str, Group] = {}
        for wish in wishes:
            bound_to = self._known[tenant, wish.trace_id]
            for span in by_trace[wish.trace_id]:
                execution_id = wish.explicit[span.span_id] or bound_to
                group = groups.setdefault(execution_id, Group(execution_id, execution_id in new))
                group.spans.append(span)
        self._forget()
        return list(groups.values())

    def follow(self, tenant: str, group: Group, kept_at: str) -> None:
        """The store has kept a group elsewhere, since its execution has moved: so have its traces."""
        for trace_id in {span.trace_id for span in group.spans}:
            if self._known.get((tenant, trace_id)) == group.execution_id:
                self._remember(tenant, trace_id, kept_at)

    def _wish(self, trace_id: str, members: Sequence[Span]) -> _Wish:
        explicit = {span.span_id: explicit_execution_id(span) for span in members}
        wanted = next((name for name in explicit.values() if name), "")
        return _Wish(trace_id, explicit, wanted or wanted_execution_id(members, self._candidates))

    def _knows(self, tenant: str, wish: _Wish) -> bool:
        """A trace that is bound to itself is asked for again when it is wanted elsewhere: it may have to move."""
        known = self._known.get((tenant, wish.trace_id))
        return known is not None and (known != wish.trace_id or wish.wanted in ("", wish.trace_id))

    def _remember(self, tenant: str, trace_id: str, execution_id: str) -> None:
        self._known[tenant, trace_id] = execution_id
        self._known.move_to_end((tenant, trace_id))

    def _forget(self) -> None:
        while len(self._known) > MAX_REMEMBERED:
            self._known.popitem(last=False)


class _Wish(NamedTuple):
    """What the spans of one trace say: each span's own execution (or nothing), and where the trace should go."""

    trace_id: str
    explicit: Mapping[str, str]
    wanted: str


def start_order(span: Span) -> tuple[int, str]:
    return (span.start_time_unix_nano, span.span_id)


def update_of(
    group: Group, tenant: str, subject: str, seen_at_unix_nano: int, patience_seconds: int
) -> ExecutionUpdate:
    """What the spans of a group say of their execution."""
    spans = sorted(group.spans, key=start_order)
    namer = min(spans, key=lambda span: (rank_of(span), start_order(span)))
    return ExecutionUpdate(
        tenant=tenant,
        execution_id=group.execution_id,
        started_at_unix_nano=spans[0].start_time_unix_nano,
        seen_at_unix_nano=seen_at_unix_nano,
        patience_nano=patience_seconds * NANO,
        identity=workflow_identity_of(namer, rank_of(namer)),
        end=_end(spans),
        started_by=subject,
    )


def rank_of(span: Span) -> str:
    """Returns how much a span says of its execution: `ROOT`, `LOCAL_ROOT` or `ANY_SPAN` of `execution_update`."""
    if span.parent_span_id is None:
        return ROOT
    return LOCAL_ROOT if has_remote_parent(span) else ANY_SPAN


def _end(spans: Iterable[Span]) -> ExecutionEnd | None:
    """That of the root that ended last; where no root has ended, that of the local root that ended last."""
    ended = [
        (
            end_key(
                span.end_time_unix_nano, span.span_id, is_local=span.parent_span_id is not None
            ),
            span,
        )
        for span in spans
        if rank_of(span) != ANY_SPAN and span.end_time_unix_nano is not None
    ]
    if not ended:
        return None
    key, root = max(ended, key=lambda item: item[0])
    assert root.end_time_unix_nano is not None
    status, cause = SUCCEEDED, None
    if root.status == ERROR:
        row = row_of(root)
        message = (row.error_message or "")[:MESSAGE_CHARACTERS]
        status = FAILED
        cause = Cause(row.error_type or "Error", message, row.node_id, root.span_id)
    return ExecutionEnd(key, status, root.end_time_unix_nano, cause)
