"""The engine of a process: what the door talks to.

Puts provider, processor, exporters and their threads together. Nothing raises from here into the code of a user:
every public method is guarded.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import NoOpTracer

from spanvas.privacy.redact import Redactor
from spanvas.privacy.scan import Scanner
from spanvas.settings import LambdaEnvironment, Settings, lambda_environment
from spanvas.storage.port import TraceStore
from spanvas.tracing.context import bind, current_place
from spanvas.tracing.delivery import Delivery
from spanvas.tracing.exporters.otlp import SpanSink, http_sink
from spanvas.tracing.health import Health, guarded
from spanvas.tracing.parts import PartRecorder
from spanvas.tracing.processor import RecordingProcessor
from spanvas.tracing.provider import (
    LAYER_VERSION,
    ExecutionIdGenerator,
    make_provider,
    make_resource,
)

REMEMBERED_CHARACTERS: Final = 1_000_000

P = ParamSpec("P")
R = TypeVar("R")


class Engine(PartRecorder):
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
        redactor = make_redactor(settings, scanner)
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
        children = self.delivery.children
        os.register_at_fork(
            before=children.before,
            after_in_parent=children.in_parent,
            after_in_child=self._after_fork,
        )

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

    def bind(self, function: Callable[P, R]) -> Callable[P, R]:
        return bind(function)

    @guarded(fallback=False)
    def flush(self, timeout_ms: int | None = None) -> bool:
        place = current_place()
        deadline = place.run.deadline_unix_nano if place is not None else None
        is_inherited = place is not None and place.run.is_inherited
        return self.delivery.flush(deadline, timeout_ms, with_parent=is_inherited)

    @guarded(fallback={})
    def health(self) -> dict[str, int]:
        return self.problems.counts()

    def instrumentation_options(self) -> dict[str, Any]:
        """What instrumentations are switched on with: our providers, unless the function has set up its own."""
        self.join_global_provider()
        provider = trace.get_tracer_provider()
        if provider is not self._provider and hasattr(provider, "add_span_processor"):
            return {}
        from spanvas.tracing.log_events import SpanEventLoggerProvider

        return {
            "tracer_provider": self._provider,
            "logger_provider": SpanEventLoggerProvider(),
        }

    def _after_fork(self) -> None:
        """In a child: what the parent has open is the parent's; what begins here is this process's own."""
        self.problems.after_fork()
        children = self.delivery.children
        children.in_child()
        self.processor.after_fork(children.parent)
        self.delivery.after_fork()


def make_redactor(settings: Settings, scanner: Scanner | None) -> Redactor:
    """An agent repeats its conversation in every span: what was clean once is remembered, in a megabyte or two."""
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

    return DynamoTraceStore(settings.table, settings.bucket, retention_days=settings.retention_days)


def _sink_maker(settings: Settings) -> Callable[[], SpanSink] | None:
    if not settings.otlp_endpoint:
        return None
    return lambda: http_sink(
        settings.otlp_endpoint, settings.otlp_headers, settings.otlp_certificate
    )


def _scanner() -> Scanner | None:
    """None where google-re2 is not installed: content is dropped then, see `privacy.redact`."""
    try:
        return Scanner()
    except ImportError:
        return None
