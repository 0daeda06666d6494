"""Steps of a workflow and their tries, in one function or over several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.trace import SpanContext, TraceFlags

from spanvas.model import ids, kinds
from spanvas.model.ids import as_name, display_name
from spanvas.propagation.state_machines import State
from spanvas.semantics import attributes as names
from spanvas.tracing.context import Place, with_place
from spanvas.tracing.handles import LiveSpan, TriedNode
from spanvas.tracing.health import guarded
from spanvas.tracing.recorder import SpanRecorder, present
from spanvas.tracing.run import Run

N = TypeVar("N", bound=LiveSpan)

STATE: Final = "state"
"""`spanvas.node.kind` of the states of a state machine."""


class NodeRecorder(SpanRecorder):
    """Opens nodes and attempts. Guarded, as `SpanRecorder`."""

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
        called = name or display_name(node_id)
        node_id = as_name(node_id)
        own = {
            names.KIND: kinds.NODE,
            names.NODE_ID: node_id,
            names.NODE_NAME: called,
            **present({names.NODE_KIND: kind, names.ATTEMPT: attempt}),
        }
        place = self._place("node")
        if place is None:
            return None
        state = place.run.state
        if state is not None and place.node_id == state.node_id == node_id:
            if not name:
                del own[names.NODE_NAME]
            return self._adopt_state(state, name, {**own, **(attributes or {})}, input)
        if attempt is None:
            return self._open("node", called, own, attributes, input, node_id)
        return self._open_try(place.run, called, own, attributes, input, attempt)

    @guarded()
    def open_attempt(
        self,
        *,
        number: int,
        backoff_ms: int | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> LiveSpan | None:
        own = {
            names.KIND: kinds.ATTEMPT,
            names.ATTEMPT: number,
            **present({names.BACKOFF_MS: backoff_ms}),
        }
        return self._open("attempt", f"attempt {number}", own, attributes)

    @guarded()
    def open_state(self, run: Run, state: State) -> LiveSpan | None:
        """The state that a state machine has called this function for: a node, every retry of it one more try.

        All tries know its id, since they know when the state was entered.
        """
        node_id = as_name(state.name)
        index = "" if state.map_index is None else str(state.map_index)
        visit = (state.entered, index)
        attributes = {
            names.KIND: kinds.NODE,
            names.NODE_ID: node_id,
            names.NODE_NAME: state.name,
            names.NODE_KIND: STATE,
            names.ATTEMPT: state.attempt,
            **({} if state.map_index is None else {names.MAP_INDEX: state.map_index}),
        }
        span_id = ids.node_span_id_for(run.tenant, run.execution_id, node_id, *visit)
        now = self.now()
        start = min(state.entered_at_unix_nano or now, now)
        live = self._open_known(run, span_id, state.name, attributes, LiveSpan, start)
        run.state = live
        return live

    def _adopt_state(
        self, state: LiveSpan, name: str, attributes: Mapping[str, Any], input: Any
    ) -> LiveSpan:
        """The node is the very state that a state machine has called this function for."""
        if name:
            state.span.update_name(name)
        state.span.set_attributes(dict(attributes))
        here = otel_context.get_current()
        live = LiveSpan(self, state.span, here, state.run, state.node_id, True, owns_span=False)
        if input is not None:
            live.set_input(input)
        return live

    def _open_known(
        self,
        run: Run,
        span_id: str,
        name: str,
        attributes: Mapping[str, Any],
        make: type[N],
        start_time_unix_nano: int | None = None,
    ) -> N:
        """A node whose tries are told by several functions: below the state or the root, wherever it is opened."""
        above = run.state.span_id if run.state is not None else run.root_span_id
        parent = SpanContext(int(run.trace_id, 16), int(above, 16), True, TraceFlags(1))
        node_id = str(attributes[names.NODE_ID])
        base = trace.set_span_in_context(
            trace.NonRecordingSpan(parent), with_place(Place(run, node_id))
        )
        span, context = self._start(
            name, base, attributes, start_time_unix_nano, known=(run.trace_id, span_id)
        )
        return make(self, span, context, run, node_id, True)

    def _open_try(
        self,
        run: Run,
        name: str,
        own: Mapping[str, Any],
        attributes: Mapping[str, Any] | None,
        input: Any,
        attempt: int,
    ) -> TriedNode:
        visit = (run.state.span_id,) if run.state is not None else ()
        node_id = str(own[names.NODE_ID])
        span_id = ids.node_span_id_for(run.tenant, run.execution_id, node_id, *visit)
        node = self._open_known(run, span_id, name, {**own, **(attributes or {})}, TriedNode)
        node.attempt = self.open_attempt(number=attempt)
        if input is not None:
            node.set_input(input)
        return node
