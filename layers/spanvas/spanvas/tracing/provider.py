"""The SDK's tracer provider, as executions need it, and how it meets the process's global one."""

from __future__ import annotations

from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, Sampler
from opentelemetry.trace import NoOpTracer, Tracer

from spanvas import attributes as names
from spanvas.environment import LambdaEnvironment
from spanvas.otel_variables import OtelVariables
from spanvas.settings import Settings
from spanvas.tracing.other_providers import OtherProviders
from spanvas.tracing.traces import Traces
from spanvas.version import VERSION


class TracerProviders:
    """Our providers, and how they meet the one that the function may have.

    `own` makes the spans of the public API and of the instrumentations that we switch on. `stand_in` is the global
    provider until the function sets one of its own, which may be late, and which then makes all spans but those of
    `own`: as without the layer.

    Ours are always on: whether executions are traced is one setting, not a sampler's. Limits are raised, since
    flattened conventions need hundreds of attributes and the SDK drops the *first* ones, model and provider among
    them. All are given, so that no `OTEL_*` variable can raise while they are read.
    """

    def __init__(
        self,
        processor: SpanProcessor,
        resource: Resource,
        id_generator: IdGenerator,
        traces: Traces,
        is_global: bool,
    ) -> None:
        self._processor = processor
        self._id_generator = id_generator
        self._traces = traces
        self._is_global = is_global
        self._others: OtherProviders | None = None
        self.own = self.make(resource)
        self.stand_in = self.make(resource)

    def make(self, resource: Resource, sampler: Sampler = ALWAYS_ON) -> TracerProvider:
        """Returns a provider whose spans are recorded for us alone."""
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
        made = TracerProvider(
            sampler=sampler,
            resource=resource,
            shutdown_on_exit=False,
            id_generator=self._id_generator,
            span_limits=limits,
        )
        made.add_span_processor(self._processor)
        return made

    def tracer(self) -> Tracer:
        """Returns the tracer of our own spans. Raises RuntimeError where the SDK is switched off."""
        tracer = self.own.get_tracer("spanvas", VERSION)
        if isinstance(tracer, NoOpTracer):
            raise RuntimeError("OTEL_SDK_DISABLED is true")
        return tracer

    def has_other(self) -> bool:
        """Returns whether the function has a tracer provider of its own by now."""
        return self._is_global and self.other() is not None

    def other(self) -> trace.TracerProvider | None:
        """Returns the function's own tracer provider; None where it has set none."""
        provider = global_provider()
        is_ours = provider is self.stand_in or isinstance(provider, trace.ProxyTracerProvider)
        return None if is_ours else provider

    def join_global(self) -> None:
        """Makes our stand-in the global provider, or listens to the one that the function has set.

        Not before the first execution: a function sets its provider up when it is imported. One that does so later
        replaces the stand-in, which is why that is not set by `set_tracer_provider`: it takes one provider alone.
        """
        if not self._is_global:
            return
        if self._others is None:
            self._others = OtherProviders(self, self._processor, self._traces)
            self._others.install()
            if isinstance(global_provider(), trace.ProxyTracerProvider):
                vars(trace)["_TRACER_PROVIDER"] = self.stand_in
        other = self.other()
        self._traces.is_apart = other is not None
        if other is not None:
            self._others.listen_to(other)

    def instrumentation_options(self) -> dict[str, Any]:
        """Returns what instrumentations are switched on with: our providers, so that the function's own exporters get
        nothing that they do not get without the layer."""
        self.join_global()
        from spanvas.tracing.log_events import SpanEventLoggerProvider

        return {"tracer_provider": self.own, "logger_provider": SpanEventLoggerProvider()}


def global_provider() -> trace.TracerProvider:
    """Returns the process's tracer provider; the placeholder where `OTEL_PYTHON_TRACER_PROVIDER` names none that is
    installed, for which OpenTelemetry raises each time it is asked."""
    try:
        return trace.get_tracer_provider()
    except Exception:  # noqa: BLE001 - whatever a provider of somebody's raises when it is made
        return trace.ProxyTracerProvider()


def make_resource(
    settings: Settings, environment: LambdaEnvironment, variables: OtelVariables | None = None
) -> Resource:
    """Returns the resource, without `Resource.create`, whose detectors look through every installed package.

    `variables` add the attributes that they name, and those of the detectors that they ask for.
    """
    variables = variables or OtelVariables({})
    attributes: dict[str, Any] = {
        **_detected(variables),
        **variables.resource_attributes(),
        names.SERVICE_NAME: settings.service_name
        or variables.service_name
        or environment.function_name
        or "spanvas",
        names.SDK_NAME: "opentelemetry",
        names.SDK_LANGUAGE: "python",
        names.DISTRO_NAME: "spanvas",
        names.DISTRO_VERSION: VERSION,
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


def _detected(variables: OtelVariables) -> dict[str, Any]:
    """Returns what the wanted resource detectors of the function's packages say. One that fails says nothing."""
    wanted = variables.detectors()
    if not wanted:
        return {}
    from spanvas.tracing.entry_points import made_by_name

    found: dict[str, Any] = {}
    for name in wanted:
        try:
            found |= made_by_name("opentelemetry_resource_detector", name).detect().attributes
        except Exception as error:  # noqa: BLE001 - a detector is code of others
            variables.problems.append(
                f"OTEL_EXPERIMENTAL_RESOURCE_DETECTORS={name!r}: {type(error).__name__}: {error}"
            )
    return found
