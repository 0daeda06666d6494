"""Which execution a span belongs to, and where in it: by its context, by its trace, or by the sandbox it runs in.

A span may have a trace of its own: the function's own tracer provider begins one where nothing of its own is open, as
it does without the layer, and so does a thread that knows nothing of the spans of the one that has started it. In the
execution it has the execution's trace id, and a parent there.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import SpanContext

from spanvas import attributes as names
from spanvas.model.durable import is_durable
from spanvas.tracing.context import Invocation, SpanScope, current_scope, innermost
from spanvas.tracing.convert import Placement
from spanvas.tracing.execution_state import ExecutionState

MAX_RUNS: Final = 256
MAX_TRACES: Final = 4_096
MAX_FRAMES: Final = 1_024
SYNTHETIC_ROOT: Final = "durable.execution.synthetic_root"
PLUGIN_IDS: Final = "aws_durable_execution_sdk_python_otel.deterministic_id_generator"
"""The plugin's module that makes the id of its `Workflow`, which is written by the last invocation alone."""


class Traces:
    """What is known of executions and traces. Used by all threads.

    A sandbox of Lambda runs one invocation at a time: while one alone is open, spans of threads that carry no context
    are its own.
    """

    def __init__(self) -> None:
        self.is_apart = False
        """Whether the function has a tracer provider of its own: our spans are then kept out of OpenTelemetry's
        current span, which its samplers and propagators read."""
        self._lock = Lock()
        self._frames = DurableFrames()
        self._runs: OrderedDict[int, ExecutionState] = OrderedDict()
        self._others: OrderedDict[int, ExecutionState] = OrderedDict()
        self._open: dict[int, SpanScope] = {}

    def after_fork(self) -> None:
        """Starts with a lock of its own in a forked child, whose copies of executions are the parent's."""
        self._lock = Lock()
        self._frames.after_fork()
        for run in self._runs.values():
            run.is_inherited = True

    def register(self, run: ExecutionState) -> None:
        """Makes spans of its trace belong to that execution, also after its end."""
        with self._lock:
            self._runs[int(run.trace_id, 16)] = run
            while len(self._runs) > MAX_RUNS:
                self._runs.popitem(last=False)

    def add(self, trace_id: int, run: ExecutionState) -> None:
        """Makes spans of another trace belong to that execution."""
        if self._others.get(trace_id) is run:
            return
        with self._lock:
            self._others[trace_id] = run
            while len(self._others) > MAX_TRACES:
                self._others.popitem(last=False)

    def run_of(self, trace_id: int) -> ExecutionState | None:
        """Returns the execution that a trace belongs to; None where none is known."""
        return self._runs.get(trace_id) or self._others.get(trace_id)

    def enter(self, scope: SpanScope) -> None:
        """Says that the sandbox has begun an invocation, whose execution that is."""
        with self._lock:
            self._open[id(scope.run)] = scope

    def leave(self, run: ExecutionState) -> None:
        """Says that the sandbox has done its part of that execution."""
        with self._lock:
            self._open.pop(id(run), None)

    def present_scope(self) -> SpanScope | None:
        """Returns the part of an execution that the sandbox runs now; None where it is none, or not one alone."""
        with self._lock:
            scopes = list(self._open.values())
        if len(scopes) != 1:
            return None
        scope = scopes[0]
        part = scope.invocation.span
        return scope if part is None else scope._replace(span=part.span)

    def scope_of(
        self, context: Context | None, trace_id: int, parent: SpanContext | None
    ) -> SpanScope | None:
        """Returns what a span belongs to that is started in that context, in a trace of that id.

        A parent in another process says nothing of it: several executions may be called from one trace.
        """
        scope = current_scope(context)
        if scope is not None:
            return scope
        is_called = parent is not None and parent.is_remote
        run = None if is_called else self.run_of(trace_id)
        for scope in (current_scope(), self.present_scope()):
            if scope is not None and run in (None, scope.run):
                return scope
        return self.scope_by_trace(trace_id)

    def scope_by_trace(self, trace_id: int) -> SpanScope | None:
        """Returns what a span of that trace belongs to, if nothing else is known of it."""
        run = self.run_of(trace_id)
        return SpanScope(run, Invocation()) if run is not None else None

    def takes_for_ours(self, span: Any, scope: SpanScope) -> bool:
        """Returns whether a span that starts says what one of ours says already, so that it is not recorded."""
        if not self._frames.take(span, scope):
            return False
        self.add(span.context.trace_id, scope.run)
        return True

    def is_taken_for_ours(self, span_id: int) -> bool:
        """Returns whether `takes_for_ours` was true of a span."""
        return self._frames.ours_for(span_id) is not None

    def placement_of(
        self, span: Any, scope: SpanScope, context: Context | None
    ) -> Placement | None:
        """Returns where in its execution a span has its place that starts in that context; None where its own ids say
        it."""
        own, parent = span.context, span.parent
        ours = scope.span if innermost(context) is scope.span else None
        run_trace_id = int(scope.run.trace_id, 16)
        if own.trace_id == run_trace_id:
            above = None if ours is None else ours.get_span_context()
            if above is None or parent is None or above.span_id == parent.span_id:
                return None
        else:
            self.add(own.trace_id, scope.run)
        return Placement(scope.run.trace_id, self._parent_in(scope, ours, parent, span))

    def placement_by_trace(self, span: Any, scope: SpanScope) -> Placement | None:
        """Returns the same for a span of which the start was not seen."""
        if span.context.trace_id == int(scope.run.trace_id, 16):
            return None
        return Placement(scope.run.trace_id, self._parent_in(scope, None, span.parent, span))

    def parent_for(self, scope: SpanScope, above: trace.Span) -> trace.Span:
        """Returns the span that ours is opened below, in the execution's trace; `above` is the innermost one."""
        context = above.get_span_context()
        ours = self._frames.ours_for(context.span_id)
        if ours is not None:
            return _in_trace(scope.run, int(ours, 16), context)
        if not context.is_valid or context.trace_id == int(scope.run.trace_id, 16):
            return above
        if not self._is_in(scope.run, context):
            return scope.span if scope.span is not None else above
        return _in_trace(scope.run, context.span_id, context)

    def _parent_in(
        self, scope: SpanScope, ours: trace.Span | None, parent: SpanContext | None, span: Any
    ) -> str:
        """Below the innermost span of ours; below a parent that is in the execution, too; else where the part began,
        or below the root what AWS's plugin writes at each invocation of a durable execution."""
        if ours is not None:
            return f"{ours.get_span_context().span_id:016x}"
        stands_in = None if parent is None else self._frames.ours_for(parent.span_id)
        if stands_in is not None:
            return stands_in
        if parent is not None and self._is_in(scope.run, parent):
            return f"{parent.span_id:016x}"
        if scope.span is None or is_durable(span.attributes or {}):
            return scope.run.root_span_id
        return f"{scope.span.get_span_context().span_id:016x}"

    def _is_in(self, run: ExecutionState, span: SpanContext) -> bool:
        """Whether a span of another trace is one of the execution: what the function has read from its event is not."""
        return not span.is_remote and self.run_of(span.trace_id) is run


def _in_trace(run: ExecutionState, span_id: int, context: SpanContext) -> trace.Span:
    """A span of the execution's trace with that id, and what else a context says."""
    flags = trace.TraceFlags(context.trace_flags | trace.TraceFlags.SAMPLED)
    return trace.NonRecordingSpan(
        SpanContext(int(run.trace_id, 16), span_id, False, flags, context.trace_state)
    )


class DurableFrames:
    """What AWS's OpenTelemetry plugin writes around the operations of a durable execution. Used by all threads.

    Its root, its `Workflow` and its `Invocation` say what our workflow and invocation say. They are not recorded, and
    what is below them is placed below ours. The function's own exporters have them, as without the layer.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._ours: OrderedDict[int, str] = OrderedDict()

    def after_fork(self) -> None:
        """Starts with a lock of its own in a forked child."""
        self._lock = Lock()

    def ours_for(self, span_id: int) -> str | None:
        """Returns the id of our span that stands for that one; None where it is none of the plugin's frames."""
        return self._ours.get(span_id)

    def take(self, span: Any, scope: SpanScope) -> bool:
        """Returns whether a span that starts is one of the plugin's frames, and notes it."""
        if not scope.run.is_durable:
            return False
        attributes = span.attributes or {}
        ours = _ours_for(attributes, scope)
        if ours is None:
            return False
        self._note(span.context.span_id, ours)
        derive = getattr(sys.modules.get(PLUGIN_IDS), "derive_workflow_span_id", None)
        if derive is not None:
            self._note(derive(attributes[names.DURABLE_EXECUTION_ARN]), scope.run.root_span_id)
        return True

    def _note(self, span_id: int, ours: str) -> None:
        with self._lock:
            self._ours[span_id] = ours
            while len(self._ours) > MAX_FRAMES:
                self._ours.popitem(last=False)


def _ours_for(attributes: Mapping[str, Any], scope: SpanScope) -> str | None:
    if not is_durable(attributes) or names.DURABLE_OPERATION_ID in attributes:
        return None
    if SYNTHETIC_ROOT in attributes or names.DURABLE_EXECUTION_STATUS in attributes:
        return scope.run.root_span_id
    part = scope.invocation.span
    if part is not None and names.DURABLE_INVOCATION_FIRST in attributes:
        return f"{part.span.get_span_context().span_id:016x}"
    return None
