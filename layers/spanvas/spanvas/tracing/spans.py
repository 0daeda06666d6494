"""What is recorded inside of executions: spans of all kinds, nodes and their attempts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import Span as SdkSpan
from opentelemetry.trace import Link, SpanContext, SpanKind, TraceFlags, Tracer

from spanvas import attributes as names
from spanvas.model import ids, kinds
from spanvas.model.ids import as_name, display_name
from spanvas.propagation.state_machines import State
from spanvas.tracing.context import SpanScope, current_scope, innermost, opened_in, with_scope
from spanvas.tracing.execution_state import without_empty
from spanvas.tracing.handles import LiveSpan, RetriedNode
from spanvas.tracing.health import Health, guarded
from spanvas.tracing.span_ids import NextIds, next_ids
from spanvas.tracing.traces import Traces

N = TypeVar("N", bound=LiveSpan)

OUTSIDE: Final = "%s outside of a workflow(): it is not recorded"
STATE: Final = "state"
"""`spanvas.node.kind` of the states of a state machine."""


class SpanRecorder:
    """Opens and records spans below the one that is open where it is called. Guarded: returns None instead of raising.

    Where `keeps_content` is False, inputs, outputs and messages are not even encoded.
    """

    def __init__(
        self,
        tracer: Tracer,
        clock: Callable[[], int],
        health: Health,
        keeps_content: bool,
        traces: Traces,
    ) -> None:
        self.problems = health
        self.keeps_content = keeps_content
        self._traces = traces
        self._tracer = tracer
        self._clock = clock

    def now(self) -> int:
        """Returns the present time in unix nanoseconds, by the clock that everything is recorded with."""
        return self._clock()

    def scope(self, what: str) -> SpanScope | None:
        """Returns what is open; None outside of executions, which is reported once, and in discarded ones.

        In a thread that carries no context, that is the invocation which the sandbox runs.
        """
        scope = current_scope() or self._traces.present_scope()
        if scope is None:
            self.problems.say_once("outside", OUTSIDE, what)
        elif scope.run.is_discarded:
            return None
        return scope

    @guarded()
    def open_span(
        self,
        *,
        name: str,
        kind: str = kinds.OTHER,
        input: Any = None,
        attributes: Mapping[str, Any] | None = None,
        start_time_unix_nano: int | None = None,
        otel_kind: SpanKind = SpanKind.INTERNAL,
        links: Sequence[Link] = (),
        is_message: bool = False,
    ) -> LiveSpan | None:
        """Opens a span of any kind. `is_message`: it is about one message of several of the same execution."""
        scope = self.scope("span")
        if scope is None:
            return None
        all_attributes = {
            names.KIND: kind if kind in kinds.KINDS else kinds.OTHER,
            **(attributes or {}),
        }
        scope = scope._replace(is_message=scope.is_message or is_message)
        start = start_time_unix_nano
        live = self.open_in(LiveSpan, scope, name, all_attributes, None, start, otel_kind, links)
        return _with_input(live, input)

    @guarded()
    def open_invocation(
        self,
        make: type[N],
        name: str,
        attributes: Mapping[str, Any],
        otel_kind: SpanKind = SpanKind.SERVER,
        start_time_unix_nano: int | None = None,
        links: Sequence[Link] = (),
    ) -> N | None:
        """Opens the span of this function's part of the execution that is open."""
        scope = self.scope("invocation")
        if scope is None:
            return None
        all_attributes = {names.KIND: kinds.INVOCATION, **attributes}
        live = self.open_in(
            make, scope, name, all_attributes, None, start_time_unix_nano, otel_kind, links
        )
        scope.invocation.span = live
        return live

    @guarded()
    def open_node(
        self,
        *,
        node_id: str,
        name: str = "",
        kind: str = "",
        input: Any = None,
        attempt: int | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> LiveSpan | None:
        """Opens a node; with `attempt`, the node and that attempt of it, which may be one of several in other
        functions. The state that a state machine has called this function for is not opened twice."""
        scope = self.scope("node")
        if scope is None:
            return None
        called = name or display_name(node_id)
        node_id = as_name(node_id)
        all_attributes = {
            names.KIND: kinds.NODE,
            names.NODE_ID: node_id,
            names.NODE_NAME: called,
            **without_empty({names.NODE_KIND: kind, names.ATTEMPT: attempt}),
            **(attributes or {}),
        }
        state = scope.invocation.state
        if state is not None and scope.node_id == state.node_id == node_id:
            if not name and names.NODE_NAME not in (attributes or {}):
                del all_attributes[names.NODE_NAME]
            live = self._name_state(state, name, all_attributes)
        elif attempt is None:
            live = self.open_in(LiveSpan, scope, called, all_attributes, node_id)
        else:
            visit = (state.span_id,) if state is not None else ()
            retried = self._open_known(scope, visit, called, node_id, all_attributes, RetriedNode)
            retried.attempt = self.open_attempt(number=attempt)
            live = retried
        return _with_input(live, input)

    @guarded()
    def open_attempt(
        self,
        *,
        number: int,
        backoff_ms: int | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> LiveSpan | None:
        """Opens one attempt of the node that is open; `number` counts from 1."""
        scope = self.scope("attempt")
        if scope is None:
            return None
        all_attributes = {
            names.KIND: kinds.ATTEMPT,
            names.ATTEMPT: number,
            **without_empty({names.BACKOFF_MS: backoff_ms}),
            **(attributes or {}),
        }
        return self.open_in(LiveSpan, scope, f"attempt {number}", all_attributes)

    @guarded()
    def open_state(self, state: State) -> LiveSpan | None:
        """Opens the state that a state machine has called this function for: a node, whose retries are its attempts.

        All attempts compute the same span id, since they know when the state was entered.
        """
        scope = self.scope("state")
        if scope is None:
            return None
        node_id = as_name(state.name)
        index = "" if state.map_index is None else str(state.map_index)
        attributes = {
            names.KIND: kinds.NODE,
            names.NODE_ID: node_id,
            names.NODE_NAME: state.name,
            names.NODE_KIND: STATE,
            names.ATTEMPT: state.attempt,
            **({} if state.map_index is None else {names.MAP_INDEX: state.map_index}),
        }
        now = self.now()
        start = min(state.entered_at_unix_nano or now, now)
        visit = (state.entered, index)
        live = self._open_known(scope, visit, state.name, node_id, attributes, LiveSpan, start)
        scope.invocation.state = live
        return live

    def start(
        self,
        name: str,
        base: Context,
        attributes: Mapping[str, Any],
        start_time: int | None = None,
        otel_kind: SpanKind = SpanKind.INTERNAL,
        links: Sequence[Link] = (),
        known: tuple[str, str] | None = None,
        parent: trace.Span | None = None,
    ) -> tuple[SdkSpan, Context]:
        """Starts a span. Returns it and the context in which it is open. `base` has a scope. `known`: the span's trace
        id and span id, where they are given. `parent`: by default the innermost span of `base`."""
        start_time = start_time if start_time is not None else self._clock()
        scope = current_scope(base)
        assert scope is not None
        above = parent if parent is not None else self._traces.parent_for(scope, innermost(base))
        below = trace.set_span_in_context(above, base)
        token = next_ids.set(NextIds(*(int(id, 16) for id in known)) if known else None)
        try:
            span = self._tracer.start_span(
                str(name), below, otel_kind, dict(attributes), links, start_time
            )
        finally:
            next_ids.reset(token)
        assert isinstance(span, SdkSpan)
        return span, self.opened_in(base, scope, span)

    def opened_in(self, base: Context, scope: SpanScope, span: trace.Span) -> Context:
        """Returns a context in which that span is the innermost one."""
        return opened_in(base, scope, span, self._traces.is_apart)

    def open_in(
        self,
        make: type[N],
        scope: SpanScope,
        name: str,
        attributes: Mapping[str, Any],
        node_id: str | None = None,
        start_time: int | None = None,
        otel_kind: SpanKind = SpanKind.INTERNAL,
        links: Sequence[Link] = (),
    ) -> N:
        """Opens a span of that scope. `node_id` is that of a node; None for what is no node."""
        if node_id is not None:
            scope = scope._replace(node_id=node_id)
        span, context = self.start(
            name, with_scope(scope), attributes, start_time, otel_kind, links
        )
        return make(self, span, context, scope.run, scope.node_id, node_id is not None)

    def _name_state(self, state: LiveSpan, name: str, attributes: Mapping[str, Any]) -> LiveSpan:
        """The node is the very state that a state machine has called this function for."""
        if name:
            state.span.update_name(name)
        state.span.set_attributes(dict(attributes))
        here = otel_context.get_current()
        return LiveSpan(self, state.span, here, state.run, state.node_id, True, owns_span=False)

    def _open_known(
        self,
        scope: SpanScope,
        visit: tuple[str, ...],
        name: str,
        node_id: str,
        attributes: Mapping[str, Any],
        make: type[N],
        start_time: int | None = None,
    ) -> N:
        """A node whose attempts several functions report: below the state or the root, wherever it is opened."""
        run, state = scope.run, scope.invocation.state
        span_id = ids.node_span_id_for(run.tenant, run.execution_id, node_id, *visit)
        above = state.span_id if state is not None else run.root_span_id
        parent = SpanContext(int(run.trace_id, 16), int(above, 16), True, TraceFlags(1))
        span, context = self.start(
            name,
            with_scope(SpanScope(run, scope.invocation, node_id)),
            attributes,
            start_time,
            known=(run.trace_id, span_id),
            parent=trace.NonRecordingSpan(parent),
        )
        return make(self, span, context, run, node_id, True)


def _with_input(live: N, input: Any) -> N:
    if input is not None:
        live.set_input(input)
    return live
