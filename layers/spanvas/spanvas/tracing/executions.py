"""Executions, or the parts of them that run here: how they begin, who ends them, and what is passed on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Link, SpanContext, StatusCode, TraceFlags

from spanvas.model import ids
from spanvas.model.execution import BY_CALLER, BY_FUNCTION, FAILED, SUCCEEDED, Cause
from spanvas.propagation import carriers
from spanvas.semantics import attributes as names
from spanvas.settings import LambdaEnvironment, Settings
from spanvas.tracing.context import Place, current_place, with_place
from spanvas.tracing.handles import MAX_MESSAGE, LiveRun, error_type
from spanvas.tracing.health import guarded
from spanvas.tracing.nodes import NodeRecorder
from spanvas.tracing.run import Run
from spanvas.tracing.workflows import (
    Workflow,
    is_meant,
    make_workflow,
    root_attributes,
    workflow_of,
)

if TYPE_CHECKING:
    from spanvas.tracing.delivery import Delivery
    from spanvas.tracing.processor import RecordingProcessor

NANO: Final = 1_000_000_000
LAMBDA_LIMIT_SECONDS: Final = 900
ELSEWHERE_LIMIT_SECONDS: Final = 86_400
"""Deadlines of executions whose function tells none: nothing runs for ever."""


class ExecutionRecorder(NodeRecorder):
    """Opens executions. Guarded, as `SpanRecorder`."""

    settings: Settings
    environment: LambdaEnvironment
    processor: RecordingProcessor
    delivery: Delivery
    _provider: TracerProvider
    _is_global: bool

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
        """A new execution; the open one under its right name; or, inside a named one, a workflow within it."""
        workflow = make_workflow(workflow_id, name, version, expected_nodes)
        place = current_place()
        live: LiveRun | None
        if place is not None and place.run.is_disowned:
            return None
        if place is None or not is_meant(place.run, execution_id, tenant):
            run = self.new_run(workflow.workflow_id, execution_id, tenant, started_by)
            run.ended_by = BY_CALLER if is_final is False else BY_FUNCTION
            workflow.give_to(run)
            live = self.open_root(run, attributes)
        elif place.run.is_adopted or place.run.is_inherited:
            live = self._open_nested(place.run, workflow, attributes)
        else:
            live = self._adopt(place.run, workflow, attributes, is_final)
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
    ) -> Run:
        """An execution, or a part of one, that has not begun yet."""
        now = self._clock()
        owner = ids.as_name(tenant or self.settings.tenant)
        execution = ids.as_execution_id(execution_id) or ids.new_execution_id(now)
        return Run(
            tenant=owner,
            execution_id=execution,
            trace_id=ids.trace_id_for(owner, execution),
            workflow_id=ids.as_name(workflow_id),
            started_at_unix_nano=now,
            began_at_unix_nano=now,
            started_by=str(started_by),
            external_id=ids.external_id_of(execution_id),
            deadline_unix_nano=deadline_unix_nano or self._assumed_deadline(now),
            idle_nano=self.settings.idle_seconds * NANO,
        )

    @guarded()
    def open_root(
        self,
        run: Run,
        attributes: Mapping[str, Any] | None = None,
        parent: SpanContext | None = None,
    ) -> LiveRun | None:
        """Begin an execution with its workflow span, or a part of one that somebody else has begun.

        `parent` is the span of a caller in another process, or one that is current here and not ours: the execution
        joins that trace. Inside another execution it gets a trace of its own, linked to where it began.
        """
        self.join_global_provider()
        outer = trace.get_current_span().get_span_context()
        if parent is None and outer.is_valid and current_place() is None:
            parent = outer
        links = [Link(outer)] if outer.is_valid and parent is not outer else []
        if parent is not None:
            run.trace_id = f"{parent.trace_id:032x}"
        self.processor.register(run)
        caller = trace.INVALID_SPAN if parent is None else trace.NonRecordingSpan(parent)
        span, context = self._start(
            workflow_of(run).name,
            # Where somebody else has begun it, the caller is a span inside of it.
            with_place(
                Place(run),
                trace.set_span_in_context(trace.INVALID_SPAN if run.is_passed_on else caller),
            ),
            {**root_attributes(run), **(attributes or {})},
            run.started_at_unix_nano,
            links=links,
            known=(run.trace_id, run.root_span_id),
        )
        if run.is_passed_on:
            context = trace.set_span_in_context(caller, context)
        self.delivery.opened(run, span)
        return LiveRun(
            self,
            span,
            context,
            run,
            lambda cause: self._end_run(run, cause),
            left=self.processor.leave,
        )

    @guarded()
    def end_execution(self, error: BaseException | str | None = None) -> None:
        """The part that runs here is the last one: with it the execution ends."""
        place = self._place("end_execution")
        if place is None or place.run.is_inherited:
            return
        self._let_end(place.run, BY_FUNCTION)
        if error is not None:
            root = self.delivery.root_of(place.run)
            root.set_attribute(names.ERROR_TYPE, error_type(error))
            root.set_status(StatusCode.ERROR, str(error)[:MAX_MESSAGE])
            cause = Cause(error_type(error), str(error)[:MAX_MESSAGE], *self._here(place))
            place.run.note_failure(cause)

    @guarded(fallback={})
    def passed_on(self) -> dict[str, str]:
        """`traceparent` and `baggage` for whoever continues the execution: below the span that is open here."""
        from opentelemetry import baggage

        place, context = self._place("inject"), trace.get_current_span().get_span_context()
        if place is None or not context.is_valid:
            return {}
        entries = {str(name): str(value) for name, value in baggage.get_all().items()}
        entries |= {
            carriers.EXECUTION: place.run.execution_id,
            carriers.TENANT: place.run.tenant,
            carriers.WORKFLOW: place.run.workflow_id,
        }
        parent = carriers.Parent(
            f"{context.trace_id:032x}", f"{context.span_id:016x}", int(context.trace_flags)
        )
        return carriers.carried(parent, entries)

    def join_global_provider(self) -> None:
        """Instrumentations use the global provider: ours, unless the function brought its own, which we listen to.

        Not before the first execution: a function sets its provider up when it is imported.
        """
        if not self._is_global:
            return
        self._is_global = False
        provider = trace.get_tracer_provider()
        if isinstance(provider, trace.ProxyTracerProvider):
            trace.set_tracer_provider(self._provider)
        elif hasattr(provider, "add_span_processor"):
            provider.add_span_processor(self.processor)

    def _adopt(
        self,
        run: Run,
        workflow: Workflow,
        attributes: Mapping[str, Any] | None,
        is_final: bool | None,
    ) -> LiveRun:
        """The execution that the wrapper opened, now that its workflow is known.

        Where it does not end here, what the workflow says of itself is said of this part of it.
        """
        if is_final is not None:
            self._let_end(run, BY_FUNCTION if is_final else run.ended_elsewhere)
        workflow.give_to(run)
        root = self.delivery.root_of(run)
        root.update_name(workflow.name)
        root.set_attributes(workflow.attributes())
        self.delivery.named(run)
        part = None if run.is_ended_here else run.invocation
        span = root if part is None else part.span
        span.set_attributes(dict(attributes or {}))
        here = otel_context.get_current()
        return LiveRun(self, span, here, run, run.note_failure, owns_span=False, same=part)

    def _open_nested(
        self, run: Run, workflow: Workflow, attributes: Mapping[str, Any] | None
    ) -> LiveRun:
        """A workflow that another one calls: a span of it."""
        span, context = self._start(
            workflow.name,
            otel_context.get_current(),
            {**workflow.attributes(), **(attributes or {})},
        )
        return LiveRun(self, span, context, run)

    def _let_end(self, run: Run, who: str) -> None:
        """Change who ends an execution."""
        if run.leave_end_to(who):
            self.delivery.opened(run, self.delivery.root_of(run))

    def _end_run(self, run: Run, cause: Cause | None) -> None:
        """This function has done its part."""
        if run.is_inherited:
            return  # in a forked child, whose parent has not
        if not run.is_ended_here:
            run.rest()
        else:
            if cause is not None:
                cause = replace(cause, message=self._redact_text(cause.message))
            # The moment at which its workflow span has ended: an execution has one duration.
            ended_at = self.delivery.root_of(run).end_time or self._clock()
            run.end(SUCCEEDED if cause is None else FAILED, ended_at, cause)
        if run.closes_later is None:
            self.delivery.closed(run)
        else:
            run.closes_later.append(run)

    def _cut_short(self, run: Run) -> None:
        """The function's time is about to run out: what is open now is recorded as cut."""
        if run.is_ended:
            return
        node_id, span_id = self.processor.open_node(run)
        where = f" in node {node_id}" if node_id else ""
        if node_id is None and run.last_node is not None:
            node_id, span_id = run.last_node
            where = f" after node {node_id}"
        message = f"the function's time ran out{where}"
        self.processor.truncate(run, message)
        if run.is_ended_here:
            run.cut(self._clock(), Cause("Timeout", message, node_id, span_id))

    def _here(self, place: Place) -> tuple[str | None, str]:
        return place.node_id, f"{trace.get_current_span().get_span_context().span_id:016x}"

    def _assumed_deadline(self, now: int) -> int:
        in_lambda = bool(self.environment.function_name)
        seconds = LAMBDA_LIMIT_SECONDS if in_lambda else ELSEWHERE_LIMIT_SECONDS
        return now + seconds * NANO


def span_context(parent: carriers.Parent) -> SpanContext:
    """The SDK's form of a caller's span."""
    return SpanContext(
        int(parent.trace_id, 16), int(parent.span_id, 16), True, TraceFlags(parent.flags)
    )
