"""The SDK's tracer provider, as executions need it, and how it meets the process's global one."""

from __future__ import annotations

import os
from contextvars import ContextVar
from typing import Any, Final, NamedTuple

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import NoOpTracer, Tracer

from spanvas import attributes as names
from spanvas.environment import LambdaEnvironment
from spanvas.settings import Settings

LAYER_VERSION: Final = "0.1.0"


class NextIds(NamedTuple):
    """Ids of the span that is started next, as integers."""

    trace_id: int
    span_id: int


next_ids: Final[ContextVar[NextIds | None]] = ContextVar("spanvas_next_ids", default=None)


class ExecutionIdGenerator(IdGenerator):
    """Digests for the root of an execution, `os.urandom` for all others: SnapStart clones the state of `random`."""

    def generate_trace_id(self) -> int:
        """Returns the trace id that the next span was given, or a random one."""
        given = next_ids.get()
        return given.trace_id if given else _random(16)

    def generate_span_id(self) -> int:
        """Returns the span id that the next span was given, or a random one."""
        given = next_ids.get()
        return given.span_id if given else _random(8)


class TracerProviders:
    """Our provider, and the global one that instrumentations use: ours, unless the function brought its own.

    Ours is always on: whether executions are traced is one setting, not a sampler's. Limits are raised, since
    flattened conventions need hundreds of attributes and the SDK drops the *first* ones, model and provider among
    them. All are given, so that no `OTEL_*` variable can raise while they are read.
    """

    def __init__(
        self,
        processor: SpanProcessor,
        resource: Resource,
        id_generator: IdGenerator,
        is_global: bool,
    ) -> None:
        limits = SpanLimits(
            max_attributes=4096,
            max_span_attributes=4096,
            max_event_attributes=512,
            max_link_attributes=128,
            max_events=1024,
            max_links=1024,
            max_attribute_length=SpanLimits.UNSET,
            max_span_attribute_length=SpanLimits.UNSET,
        )
        self.own = TracerProvider(
            sampler=ALWAYS_ON,
            resource=resource,
            shutdown_on_exit=False,
            id_generator=id_generator,
            span_limits=limits,
        )
        self.own.add_span_processor(processor)
        self._processor = processor
        self._is_to_join = is_global

    def tracer(self) -> Tracer:
        """Returns the tracer of our own spans. Raises RuntimeError where the SDK is switched off."""
        tracer = self.own.get_tracer("spanvas", LAYER_VERSION)
        if isinstance(tracer, NoOpTracer):
            raise RuntimeError("OTEL_SDK_DISABLED is set")
        return tracer

    def join_global(self) -> None:
        """Makes our provider the global one, or listens to the one that the function brought.

        Not before the first execution: a function sets its provider up when it is imported.
        """
        if not self._is_to_join:
            return
        self._is_to_join = False
        provider = trace.get_tracer_provider()
        if isinstance(provider, trace.ProxyTracerProvider):
            trace.set_tracer_provider(self.own)
        elif hasattr(provider, "add_span_processor"):
            provider.add_span_processor(self._processor)

    def instrumentation_options(self) -> dict[str, Any]:
        """Returns what instrumentations are switched on with: our providers, unless the function has its own."""
        self.join_global()
        provider = trace.get_tracer_provider()
        if provider is not self.own and hasattr(provider, "add_span_processor"):
            return {}
        from spanvas.tracing.log_events import SpanEventLoggerProvider

        return {"tracer_provider": self.own, "logger_provider": SpanEventLoggerProvider()}


def make_resource(settings: Settings, environment: LambdaEnvironment) -> Resource:
    """Returns the resource, without `Resource.create`, whose detectors look through every installed package."""
    attributes: dict[str, Any] = {
        names.SERVICE_NAME: settings.service_name or environment.function_name or "spanvas",
        names.SDK_NAME: "opentelemetry",
        names.SDK_LANGUAGE: "python",
        names.DISTRO_NAME: "spanvas",
        names.DISTRO_VERSION: LAYER_VERSION,
    }
    if environment.function_name:
        attributes |= {
            names.CLOUD_PROVIDER: "aws",
            names.CLOUD_PLATFORM: "aws_lambda",
            names.CLOUD_REGION: environment.region,
            names.FAAS_NAME: environment.function_name,
            names.FAAS_VERSION: environment.function_version,
            names.FAAS_INSTANCE: environment.log_stream_name,
            names.FAAS_MAX_MEMORY: environment.memory_mb * 1024 * 1024,
            names.LOG_GROUP_NAMES: [environment.log_group_name],
        }
    return Resource(attributes)


def _random(size: int) -> int:
    while True:
        number = int.from_bytes(os.urandom(size))
        if number:
            return number
