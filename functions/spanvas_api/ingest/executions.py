"""Which execution the traces of a request belong to. See docs/explanation/trace-binding.md.

A trace is one execution. Its spans name executions by `spanvas.execution.id`, on the span or its resource, or by the
first attribute that the setting SPANVAS_EXECUTION_ATTRIBUTES names: traces that name the same one are joined.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from typing import Final, NamedTuple

from spanvas.model.errors import TooLargeError
from spanvas.model.span import Span
from spanvas.storage.port import Binding, TraceStore
from spanvas_api.received.naming import attributed_execution_id, explicit_execution_id
from spanvas_api.received.updates import Group

MAX_REMEMBERED: Final = 20_000
MAX_NAMES: Final = 1_000
"""Of executions in one request: each is looked up, as each trace is."""
LOOKUPS: Final = 2
"""Calls of the store that ask where a trace belongs, besides one for each name of an execution."""


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
            binding = binding._replace(apart=binding.apart | known.binding.apart)
        self._known[key] = _Known(binding, frozenset(named))
        self._known.move_to_end(key)


def start_order(span: Span) -> tuple[int, str]:
    """Returns the key that sorts spans by their start."""
    return (span.start_time_unix_nano, span.span_id)
