"""The engine of a process: what the public API talks to.

Puts provider, processor, recorders and delivery together. Nothing raises from here into the code of a user: every
public method is guarded.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.id_generator import IdGenerator

from spanvas.attributes import SERVICE_NAME
from spanvas.environment import LambdaEnvironment, aws_variables, lambda_environment
from spanvas.otel_variables import OtelVariables, OtlpTarget
from spanvas.privacy.records import RecordRedaction
from spanvas.privacy.redact import NONE, Redactor
from spanvas.privacy.rule_set import RuleError, rule_set
from spanvas.privacy.scan import Scanner
from spanvas.settings import Settings
from spanvas.storage.port import TraceStore
from spanvas.tracing.artifacts import ArtifactRecorder
from spanvas.tracing.context import current_scope, unobserved
from spanvas.tracing.delivery import Delivery
from spanvas.tracing.executions import (
    ELSEWHERE_LIMIT_SECONDS,
    LAMBDA_LIMIT_SECONDS,
    ExecutionRecorder,
)
from spanvas.tracing.generation import GenerationRecorder
from spanvas.tracing.health import Health, guarded
from spanvas.tracing.messages import MessageRecorder
from spanvas.tracing.metrics import MetricRecorder
from spanvas.tracing.outbound import OutboundRecorder
from spanvas.tracing.processor import RecordingProcessor
from spanvas.tracing.provider import TracerProviders, make_resource
from spanvas.tracing.span_ids import ExecutionIdGenerator
from spanvas.tracing.spans import SpanRecorder
from spanvas.tracing.traces import Traces

if TYPE_CHECKING:
    from spanvas.tracing.otlp_exporter import SpanSink

REMEMBERED_CHARACTERS: Final = 1_000_000


class Engine:
    """Holds everything that tracing needs, made once in a process. Tests pass their own store, clock and ids.

    `spans`, `generations` and `artifacts` record inside of executions, `executions` and `messages` open them,
    `delivery` writes them. `gives_way`: nothing is sent over OTLP where the function has a tracer provider of its own.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        store: TraceStore | None,
        make_sink: Callable[[], SpanSink] | None = None,
        scanner: Scanner | None = None,
        resource: Resource | None = None,
        environment: LambdaEnvironment | None = None,
        propagators: Sequence[str] = (),
        clock: Callable[[], int] = time.time_ns,
        id_generator: IdGenerator | None = None,
        is_global: bool = True,
        gives_way: bool = False,
    ) -> None:
        self.problems = health = Health()
        self.settings = settings
        self.environment = environment or lambda_environment()
        redactor = make_redactor(settings, scanner)
        self.traces = Traces()
        self.processor = RecordingProcessor(redactor, health, clock, self.traces)
        resource = resource or make_resource(settings, self.environment)
        records = RecordRedaction(redactor)
        name = self.environment.function_name
        self.metrics = None
        if name and settings.metrics:
            service = str(resource.attributes.get(SERVICE_NAME, name))
            self.metrics = MetricRecorder(service, health, clock, records.execution)
        self.delivery = Delivery(
            settings,
            store,
            make_sink,
            self.processor,
            health,
            clock,
            records,
            self.metrics,
            # Where only OpenTelemetry's variables name the endpoint, a provider of the function's own sends there.
            lambda: not (gives_way and self.providers.has_other()),
        )
        self.providers = TracerProviders(
            self.processor,
            resource,
            id_generator or ExecutionIdGenerator(),
            self.traces,
            is_global,
        )
        self.spans = SpanRecorder(
            self.providers.tracer(), clock, health, settings.content != NONE, self.traces
        )
        self.generations = GenerationRecorder(self.spans, self.processor.last_moment_in)
        self.artifacts = ArtifactRecorder(self.spans, store, settings, redactor, unobserved)
        self.executions = ExecutionRecorder(
            self.spans,
            self.processor,
            self.delivery,
            settings,
            LAMBDA_LIMIT_SECONDS if name else ELSEWHERE_LIMIT_SECONDS,
            self.providers.join_global,
            self.traces,
            is_sandbox=bool(name),
        )
        self.outbound = OutboundRecorder(self.spans, self.traces, propagators)
        self.messages = MessageRecorder(
            self.spans, self.executions, self.delivery, settings, name or "lambda"
        )
        children = self.delivery.children
        os.register_at_fork(
            before=children.before,
            after_in_parent=children.in_parent,
            after_in_child=self._after_fork,
        )

    @classmethod
    def from_settings(cls, settings: Settings) -> Engine:
        """Returns the engine for DynamoDB and S3, and for the OTLP endpoint if there is one."""
        scanner, refused = _scanner(settings)
        variables = OtelVariables(aws_variables())
        variables.check()
        target = variables.target(
            settings.otlp_endpoint, settings.otlp_headers, settings.otlp_certificate
        )
        engine = cls(
            settings,
            store=_store_of(settings),
            make_sink=(lambda: engine._sink(target)) if target is not None else None,
            gives_way=target is not None and not target.is_ours,
            scanner=scanner,
            resource=make_resource(settings, lambda_environment(), variables),
            propagators=variables.propagators(),
        )
        for problem in variables.problems:
            name = problem.partition(":")[0].partition("=")[0]
            engine.problems.say_once(f"otel.{name}", "%s", problem)
        if refused:
            engine.problems.say_once("redaction.rules", "%s: content is not kept", refused)
        if not settings.table:
            engine.problems.say_once(
                "store.none", "SPANVAS_TABLE is not set: executions are not stored"
            )
        return engine

    @guarded(fallback=False)
    def flush(self, timeout_ms: int | None = None) -> bool:
        """Writes what waits. Returns whether all of it is durable."""
        scope = current_scope()
        deadline = scope.run.deadline_unix_nano if scope is not None else None
        is_inherited = scope is not None and scope.run.is_inherited
        return self.delivery.flush(deadline, timeout_ms, with_parent=is_inherited)

    @guarded(fallback={})
    def health(self) -> dict[str, int]:
        """Returns how often each internal problem has occurred."""
        return self.problems.counts()

    def _sink(self, target: OtlpTarget) -> SpanSink:
        from spanvas.tracing.sinks import sink_to

        return sink_to(target, self.settings.otlp_exporter, self.problems)

    def _after_fork(self) -> None:
        """Leaves what is open to the parent, in a forked child. What begins here is this process's own."""
        self.problems.after_fork()
        children = self.delivery.children
        children.in_child()
        self.processor.after_fork(children.parent)
        self.delivery.after_fork()


def make_redactor(settings: Settings, scanner: Scanner | None) -> Redactor:
    """Returns a redactor that remembers clean texts, 1 or 2 MB: agents repeat their conversation in every span."""
    return Redactor(
        settings.content,
        settings.redaction_budget_ms,
        scanner,
        is_remembering=True,
        max_remembered=REMEMBERED_CHARACTERS,
    )


def _store_of(settings: Settings) -> TraceStore | None:
    if not settings.table:
        return None
    from spanvas.storage.dynamo import DynamoTraceStore

    return DynamoTraceStore(
        settings.table,
        settings.bucket,
        retention_days=settings.retention_days,
        content_retention_days=settings.content_retention_days,
    )


def _scanner(settings: Settings) -> tuple[Scanner | None, str]:
    """Returns a scanner with the chosen rules; none, and why, where the choice cannot be carried out.

    There is none either where google-re2 is not installed. Content is dropped then: see `privacy.redact`.
    """
    try:
        return Scanner(rule_set(settings.redaction_rules, settings.redaction_patterns)), ""
    except ImportError:
        return None, ""
    except RuleError as error:
        return None, str(error)
