"""The engine of a process: what the door talks to.

Puts provider, processor, exporters and their threads together, and opens executions. Nothing raises from here into
the code of a user: every public method is guarded.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, ParamSpec, TypeVar

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import Link, NoOpTracer, SpanContext

from spanvas.model import ids
from spanvas.model.execution import FAILED, LOST, SUCCEEDED, Cause
from spanvas.privacy.redact import Redactor
from spanvas.privacy.scan import Scanner
from spanvas.settings import LambdaEnvironment, Settings, lambda_environment
from spanvas.storage.port import TraceStore
from spanvas.tracing.context import Place, bind, current_place, with_place
from spanvas.tracing.delivery import NANO, Delivery
from spanvas.tracing.exporters.otlp import SpanSink, stock_sink
from spanvas.tracing.handles import LiveRun
from spanvas.tracing.health import Health, guarded
from spanvas.tracing.identifiers import as_execution_id, as_name
from spanvas.tracing.processor import RecordingProcessor
from spanvas.tracing.provider import (
    LAYER_VERSION,
    ExecutionIdGenerator,
    NextIds,
    make_provider,
    make_resource,
    next_ids,
)
from spanvas.tracing.recorder import SpanRecorder
from spanvas.tracing.run import Run
from spanvas.tracing.workflows import (
    Workflow,
    is_meant,
    make_workflow,
    root_attributes,
    workflow_of,
)

P = ParamSpec("P")
R = TypeVar("R")

LAMBDA_LIMIT_SECONDS: Final = 900
ELSEWHERE_LIMIT_SECONDS: Final = 86_400
"""Deadlines of executions whose function tells none: nothing runs for ever."""


class Engine(SpanRecorder):
    """Everything that tracing needs, made once. Tests give their own store, clock and ids."""

    def __init__(
        self,
        settings: Settings,
        *,
        store: TraceStore | None,
        make_sink: Callable[[], SpanSink] | None = None,
        scanner: Scanner | None = None,
        resource: Resource | None = None,
        environment: LambdaEnvironment | None = None,
        clock: Callable[[], int] = time.time_ns,
        id_generator: IdGenerator | None = None,
        is_global: bool = True,
    ) -> None:
        health = Health()
        self.settings = settings
        self.environment = environment or lambda_environment()
        self._is_global = is_global
        redactor = Redactor(settings.content, settings.redaction_budget_ms, scanner)
        self.processor = RecordingProcessor(redactor, health, clock)
        self.delivery = Delivery(
            settings, store, make_sink, self.processor, health, clock, self._cut_short
        )
        self._provider = make_provider(
            self.processor,
            resource or make_resource(settings, self.environment),
            id_generator or ExecutionIdGenerator(),
        )
        tracer = self._provider.get_tracer("spanvas", LAYER_VERSION)
        if isinstance(tracer, NoOpTracer):
            raise RuntimeError("OTEL_SDK_DISABLED is set")
        super().__init__(
            settings,
            tracer,
            store,
            health,
            clock,
            self.delivery.unobserved,
            redactor.redact_text,
        )
        os.register_at_fork(after_in_child=self._after_fork)

    @classmethod
    def from_settings(cls, settings: Settings) -> Engine:
        """The real one: DynamoDB and S3, and the OTLP endpoint if there is one."""
        engine = cls(
            settings,
            store=_store_of(settings),
            make_sink=_sink_maker(settings),
            scanner=_scanner(),
        )
        if not settings.table:
            engine.problems.say_once(
                "store.none", "SPANVAS_TABLE is not set: executions are not stored"
            )
        return engine

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
        attributes: Mapping[str, Any] | None = None,
    ) -> LiveRun | None:
        """A new execution; the open one under its right name; or, inside a named one, a workflow within it."""
        workflow = make_workflow(workflow_id, name, version, expected_nodes)
        place = current_place()
        live: LiveRun | None
        if place is None or not is_meant(place.run, execution_id, tenant):
            run = self.new_run(workflow.workflow_id, execution_id, tenant, started_by)
            workflow.give_to(run)
            live = self.open_root(run, attributes)
        elif place.run.is_adopted:
            live = self._open_nested(place.run, workflow, attributes)
        else:
            live = self._adopt(place.run, workflow, attributes)
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
        """An execution that has not begun yet."""
        now = self._clock()
        owner = as_name(tenant or self.settings.tenant)
        execution = as_execution_id(execution_id or ids.new_execution_id(now))
        return Run(
            tenant=owner,
            execution_id=execution,
            trace_id=ids.trace_id_for(owner, execution),
            workflow_id=as_name(workflow_id),
            started_at_unix_nano=now,
            started_by=str(started_by),
            deadline_unix_nano=deadline_unix_nano or self._assumed_deadline(now),
        )

    @guarded()
    def open_root(
        self,
        run: Run,
        attributes: Mapping[str, Any] | None = None,
        parent: SpanContext | None = None,
    ) -> LiveRun | None:
        """Begin an execution with its workflow span.

        `parent` is the span of a caller in another process, or one that is current here and not ours: the execution
        joins that trace. Inside another execution it gets a trace of its own, linked to where it began.
        """
        self._join_global_provider()
        outer = trace.get_current_span().get_span_context()
        if parent is None and outer.is_valid and current_place() is None:
            parent = outer
        links = [Link(outer)] if outer.is_valid and parent is not outer else []
        if parent is not None:
            run.trace_id = f"{parent.trace_id:032x}"
        self.processor.register(run)
        base = trace.set_span_in_context(
            trace.INVALID_SPAN if parent is None else trace.NonRecordingSpan(parent)
        )
        root_span_id = ids.root_span_id_for(run.tenant, run.execution_id)
        token = next_ids.set(NextIds(int(run.trace_id, 16), int(root_span_id, 16)))
        try:
            span, context = self._start(
                workflow_of(run).name,
                with_place(Place(run), base),
                {**root_attributes(run), **(attributes or {})},
                run.started_at_unix_nano,
                links=links,
            )
        finally:
            next_ids.reset(token)
        self.delivery.opened(run, span)
        return LiveRun(self, span, context, run, lambda cause: self._end_run(run, cause))

    def bind(self, function: Callable[P, R]) -> Callable[P, R]:
        return bind(function)

    @guarded(fallback=False)
    def flush(self, timeout_ms: int | None = None) -> bool:
        place = current_place()
        deadline = place.run.deadline_unix_nano if place is not None else None
        return self.delivery.flush(deadline, timeout_ms)

    @guarded(fallback={})
    def health(self) -> dict[str, int]:
        return self.problems.counts()

    def _adopt(self, run: Run, workflow: Workflow, attributes: Mapping[str, Any] | None) -> LiveRun:
        """The execution that the wrapper opened, now that its workflow is known."""
        workflow.give_to(run)
        root = self.delivery.root_of(run)
        root.update_name(workflow.name)
        root.set_attributes({**workflow.attributes(), **(attributes or {})})
        self.delivery.named(run)
        here = otel_context.get_current()
        return LiveRun(self, root, here, run, run.note_failure, owns_span=False)

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

    def _end_run(self, run: Run, cause: Cause | None) -> None:
        if cause is not None:
            cause = replace(cause, message=self._redact_text(cause.message))
        run.end(SUCCEEDED if cause is None else FAILED, self._clock(), cause)
        self.delivery.closed(run)

    def _cut_short(self, run: Run) -> None:
        """The function's time is about to run out: what is open now is recorded as cut."""
        node_id, span_id = self.processor.open_node(run)
        where = f" in node {node_id}" if node_id else ""
        message = f"the function's time ran out{where}"
        self.processor.truncate(run, message)
        run.end(LOST, self._clock(), Cause("Timeout", message, node_id, span_id))

    def _assumed_deadline(self, now: int) -> int:
        in_lambda = bool(self.environment.function_name)
        seconds = LAMBDA_LIMIT_SECONDS if in_lambda else ELSEWHERE_LIMIT_SECONDS
        return now + seconds * NANO

    def _join_global_provider(self) -> None:
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

    def _after_fork(self) -> None:
        self.processor.after_fork()
        self.delivery.after_fork()


def _store_of(settings: Settings) -> TraceStore | None:
    if not settings.table:
        return None
    from spanvas.storage.dynamo import DynamoTraceStore

    return DynamoTraceStore(settings.table, settings.bucket, retention_days=settings.retention_days)


def _sink_maker(settings: Settings) -> Callable[[], SpanSink] | None:
    if not settings.otlp_endpoint:
        return None
    return lambda: stock_sink(settings.otlp_endpoint, settings.otlp_headers)


def _scanner() -> Scanner | None:
    """None where google-re2 is not installed: content is dropped then, see `privacy.redact`."""
    try:
        return Scanner()
    except ImportError:
        return None
