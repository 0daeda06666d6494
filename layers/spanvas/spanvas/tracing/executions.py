"""Executions, or the parts of them that run here: how they begin, who ends them, and what is passed on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.trace import Link, SpanContext, StatusCode

from spanvas import attributes as names
from spanvas.model import ids
from spanvas.model.execution import BY_CALLER, BY_FUNCTION, Cause
from spanvas.model.units import MS, NANO
from spanvas.settings import Settings
from spanvas.tracing.context import (
    Invocation,
    SpanScope,
    current_scope,
    innermost,
    recorded_span,
    with_scope,
)
from spanvas.tracing.convert import error_type, message_of
from spanvas.tracing.delivery import Delivery
from spanvas.tracing.execution_state import ExecutionState, ExportState, Workflow, make_workflow
from spanvas.tracing.handles import LiveRun
from spanvas.tracing.health import guarded
from spanvas.tracing.processor import DeferredRecording, RecordingProcessor
from spanvas.tracing.spans import SpanRecorder
from spanvas.tracing.traces import Traces

LAMBDA_LIMIT_SECONDS: Final = 900
ELSEWHERE_LIMIT_SECONDS: Final = 86_400
"""Deadlines of executions whose function tells none: nothing runs for ever."""


class ExecutionRecorder:
    """Opens, names, ends and discards executions. Guarded: returns None instead of raising.

    `join_global` is called before an execution begins. `is_sandbox`: the process runs one invocation at a time.
    """

    def __init__(
        self,
        spans: SpanRecorder,
        processor: RecordingProcessor,
        delivery: Delivery,
        settings: Settings,
        limit_seconds: int,
        join_global: Callable[[], None],
        traces: Traces,
        is_sandbox: bool,
    ) -> None:
        self.problems = spans.problems
        self._spans = spans
        self._processor = processor
        self._delivery = delivery
        self._settings = settings
        self._limit_seconds = limit_seconds
        self._join_global = join_global
        self._traces = traces
        self._is_sandbox = is_sandbox

    @guarded()
    def open_workflow(
        self,
        *,
        workflow_id: str,
        execution_id: str | None = None,
        tenant: str | None = None,
        version: str = "",
        name: str = "",
        expected_nodes: Sequence[str] = (),
        input: Any = None,
        started_by: str = "",
        is_final: bool | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> LiveRun | None:
        """Opens a new execution, names the open one, or opens a workflow inside a named one."""
        workflow = make_workflow(workflow_id, name, version, expected_nodes)
        scope = current_scope()
        live: LiveRun | None
        if scope is not None and scope.run.is_discarded:
            return None
        if scope is None or not scope.run.is_meant(execution_id, tenant):
            run = self.new_run(
                workflow.workflow_id,
                execution_id,
                tenant,
                started_by,
                ended_by=BY_CALLER if is_final is False else BY_FUNCTION,
            )
            run.name(workflow)
            live = self.open_root(run, attributes)
        elif scope.run.is_named or scope.run.is_inherited:
            live = self._open_nested(scope.run, workflow, attributes)
        else:
            live = self._name(scope, workflow, attributes, is_final)
        if live is not None and input is not None:
            live.set_input(input)
        return live

    def new_run(
        self,
        workflow_id: str,
        execution_id: str | None,
        tenant: str | None,
        started_by: str = "",
        deadline_unix_nano: int | None = None,
        workflow_version: str = "",
        is_held: bool = False,
        **state: Any,
    ) -> ExecutionState:
        """Returns an execution, or a part of one, that has not begun yet. `state`: further fields of it.

        `is_held`: it is not registered for one flush interval, so that a `workflow()` can still name it.
        """
        now = self._spans.now()
        owner = ids.as_tenant(tenant or self._settings.tenant)
        execution = ids.as_execution_id(execution_id) or ids.new_execution_id(now)
        hold_until = now + self._settings.flush_interval_ms * MS if is_held else 0
        values = {
            "started_at_unix_nano": now,
            "began_at_unix_nano": now,
            "idle_nano": self._settings.idle_seconds * NANO,
            **state,
        }
        values["started_at_unix_nano"] = min(values["started_at_unix_nano"], now)
        return ExecutionState(
            tenant=owner,
            execution_id=execution,
            trace_id=ids.trace_id_for(owner, execution),
            workflow=Workflow(ids.as_name(workflow_id), version=workflow_version),
            started_by=str(started_by),
            external_id=ids.external_id_of(execution_id),
            deadline_unix_nano=deadline_unix_nano or now + self._limit_seconds * NANO,
            export=ExportState(hold_until_unix_nano=hold_until),
            **values,
        )

    @guarded()
    def open_root(
        self,
        run: ExecutionState,
        attributes: Mapping[str, Any] | None = None,
        parent: SpanContext | None = None,
        invocation: Invocation | None = None,
        on_done: Callable[[ExecutionState], None] | None = None,
    ) -> LiveRun | None:
        """Begins an execution with its workflow span, or a part of one that somebody else has begun.

        `parent` is the span of a caller in another process, or one that is current here and not ours: the execution
        joins that trace. Inside another execution it gets a trace of its own, linked to where it began. `on_done` is
        called when this function has done its part, by default to write all of it.
        """
        self._join_global()
        outer, is_outermost = innermost().get_span_context(), current_scope() is None
        if parent is None and outer.is_valid and is_outermost:
            parent = outer
        links = [Link(outer)] if outer.is_valid and parent is not outer else []
        if parent is not None:
            run.join_trace(f"{parent.trace_id:032x}")
        self._traces.register(run)
        caller = trace.INVALID_SPAN if parent is None else trace.NonRecordingSpan(parent)
        scope = SpanScope(run, invocation or Invocation())
        span, context = self._spans.start(
            run.workflow.shown_name,
            with_scope(scope),
            {**run.root_attributes(), **(attributes or {})},
            run.started_at_unix_nano,
            links=links,
            known=(run.trace_id, run.root_span_id),
            # Where somebody else has begun it, the caller is a span inside of it.
            parent=trace.INVALID_SPAN if run.is_continued else caller,
        )
        if run.is_continued:
            context = self._spans.opened_in(context, scope, caller)
        if self._is_sandbox and is_outermost:
            self._traces.enter(scope._replace(span=caller if run.is_continued else span))
        self._delivery.opened(run, span)
        done = on_done or self._delivery.closed
        return LiveRun(
            self._spans,
            span,
            context,
            run,
            lambda cause: self._end_run(run, cause, done),
            left=self._processor.leave,
        )

    @guarded()
    def end_execution(self, error: BaseException | str | None = None) -> None:
        """Ends the execution with the part that runs here."""
        scope = self._spans.scope("end_execution")
        if scope is None or scope.run.is_inherited:
            return
        self._let_end(scope.run, BY_FUNCTION)
        if error is not None:
            kind, message = error_type(error), message_of(error)
            root = self._delivery.root_of(scope.run)
            root.set_attribute(names.ERROR_TYPE, kind)
            root.set_status(StatusCode.ERROR, message)
            span_id = f"{innermost().get_span_context().span_id:016x}"
            scope.run.note_failure(Cause(kind, message, scope.node_id, span_id))

    @guarded()
    def defer_recording(self) -> DeferredRecording | None:
        """Keeps the open execution in the process until the handle is closed."""
        scope = current_scope()
        if scope is None or scope.run.is_deferred or scope.run.is_discarded:
            return None
        return self._delivery.defer(scope.run)

    @guarded()
    def discard(self) -> None:
        """Records nothing more of the open execution; does nothing outside of one."""
        scope = current_scope()
        if scope is None or scope.run.is_discarded:
            return
        self.problems.count("executions.disowned")
        if scope.is_message:  # others of this execution are not repetitions
            part = recorded_span(scope)
            if part is not None:
                part.set_attribute(names.DISOWNED, True)
            return
        self._processor.discard(scope.run)
        self._delivery.discard(scope.run)

    def _name(
        self,
        scope: SpanScope,
        workflow: Workflow,
        attributes: Mapping[str, Any] | None,
        is_final: bool | None,
    ) -> LiveRun:
        """Names the execution that the wrapper opened, now that its workflow is known.

        Where it does not end here, what the workflow says of itself is said of this part of it.
        """
        run = scope.run
        if is_final is not None:
            self._let_end(run, BY_FUNCTION if is_final else run.ended_elsewhere)
        run.name(workflow)
        root = self._delivery.root_of(run)
        root.update_name(workflow.name)
        root.set_attributes(workflow.attributes())
        self._delivery.named(run)
        part = None if run.is_ended_here else scope.invocation.span
        span = root if part is None else part.span
        span.set_attributes(dict(attributes or {}))
        here = otel_context.get_current()
        return LiveRun(self._spans, span, here, run, run.note_failure, owns_span=False, same=part)

    def _open_nested(
        self, run: ExecutionState, workflow: Workflow, attributes: Mapping[str, Any] | None
    ) -> LiveRun:
        """Opens a workflow that another one calls, as a span of it."""
        span, context = self._spans.start(
            workflow.name,
            otel_context.get_current(),
            {**workflow.attributes(), **(attributes or {})},
        )
        return LiveRun(self._spans, span, context, run)

    def _let_end(self, run: ExecutionState, who: str) -> None:
        """Changes who ends an execution, and registers it anew: how long it may rest has changed."""
        was_registered = run.is_registered
        if run.leave_end_to(who) and was_registered:
            self._delivery.opened(run, self._delivery.root_of(run))

    def _end_run(
        self,
        run: ExecutionState,
        cause: Cause | None,
        done: Callable[[ExecutionState], None],
    ) -> None:
        """Closes this function's part of an execution."""
        self._traces.leave(run)
        if run.is_inherited:
            return  # in a forked child, whose parent has not
        if run.is_ended_here:
            # The moment at which its workflow span has ended: an execution has one duration.
            ended_at = self._delivery.root_of(run).end_time or self._spans.now()
            run.end(run.status_after(cause), ended_at, cause)
        done(run)
