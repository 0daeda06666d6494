"""The tracer provider that a function has set up for itself: it samples and exports as it does without the layer.

Its tracers do not see our spans: the parent, the trace id and the sampling of what they start are those that they have
without the layer. What they start is recorded for us as well. A span that the function's sampler has dropped is
replaced by a twin of the same ids, which records for us alone: the function's processors never see it, and its trace
flags say "not sampled" to whatever is started below it and to other services.

The SDK has no place to do this but where its tracers start spans (`opentelemetry.sdk.trace.Tracer.start_span`): those
that a function has made when it was imported are to be met, too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, Protocol

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace import Tracer as SdkTracer
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import Span

from spanvas.tracing.context import OTHERS, current_scope, innermost, with_scope
from spanvas.tracing.health import Health, guarded
from spanvas.tracing.span_ids import NextIds, next_ids
from spanvas.tracing.traces import Traces

BENEATH: Final = "__spanvas_beneath__"
"""Attribute of a span of ours: the function's own span that was open where it began."""

SET_PROVIDER: Final = "_set_tracer_provider"
"""Of `opentelemetry.trace`: what sets the global provider, whoever calls it."""

StartSpan = Callable[..., Span]


class RecordOnly(Sampler):
    """Records everything, and calls nothing sampled."""

    def should_sample(
        self,
        parent_context: Any,
        trace_id: int,
        name: str,
        kind: Any = None,
        attributes: Any = None,
        *_: Any,
        **__: Any,
    ) -> SamplingResult:
        """Returns that the span is recorded, and not sampled."""
        return SamplingResult(Decision.RECORD_ONLY, attributes)

    def get_description(self) -> str:
        """Returns the sampler's name."""
        return "RecordOnly"


class OurProviders(Protocol):
    """`tracing.provider.TracerProviders`."""

    own: TracerProvider
    stand_in: TracerProvider

    def make(self, resource: Resource, sampler: Sampler) -> TracerProvider:
        """Returns a provider whose spans are recorded for us alone."""

    def join_global(self) -> None:
        """Looks which provider is the global one now."""

    def other(self) -> trace.TracerProvider | None:
        """Returns the function's own tracer provider; None where it has set none."""


class OtherProviders:
    """Stands where the SDK's tracers start spans, once in a process: the last one installed is asked."""

    installed: OtherProviders | None = None

    def __init__(self, ours: OurProviders, processor: SpanProcessor, traces: Traces) -> None:
        self.problems: Health = processor.problems  # type: ignore[attr-defined]
        self._ours = ours
        self._processor = processor
        self._traces = traces
        self._ours_by_processor = {
            id(_processor_of(provider)): provider for provider in (ours.own, ours.stand_in)
        }
        self._listened_to: trace.TracerProvider | None = None
        self._twins: TracerProvider | None = None

    def install(self) -> None:
        """Takes its place before the SDK's method, which it calls for every span."""
        OtherProviders.installed = self
        original = SdkTracer.start_span
        if hasattr(original, BENEATH):
            return

        @wraps(original)
        def start_span(
            tracer: SdkTracer, name: str, context: Context | None = None, *args: Any, **named: Any
        ) -> Span:
            installed = OtherProviders.installed
            if installed is None:
                return original(tracer, name, context, *args, **named)
            return installed.start(original, tracer, name, context, *args, **named)

        setattr(start_span, BENEATH, original)
        SdkTracer.start_span = start_span  # type: ignore[method-assign, assignment]

        set_provider = getattr(trace, SET_PROVIDER, None)
        if set_provider is not None:

            @wraps(set_provider)
            def set_and_meet(*args: Any, **named: Any) -> None:
                set_provider(*args, **named)
                if OtherProviders.installed is not None:
                    OtherProviders.installed.meet()

            vars(trace)[SET_PROVIDER] = set_and_meet

    @guarded()
    def meet(self) -> None:
        """Steps back, in the present context too, when the function has set a provider of its own."""
        self._ours.join_global()
        if self._traces.is_apart:
            current = otel_context.get_current()
            otel_context.attach(
                _without_ours(current, _beneath(trace.get_current_span())) or current
            )

    def listen_to(self, provider: trace.TracerProvider) -> None:
        """Gets the spans that a provider of the function records. Its own processors come first."""
        if self._listened_to is not provider and hasattr(provider, "add_span_processor"):
            self._listened_to = provider
            provider.add_span_processor(self._processor)

    def start(
        self,
        start_span: StartSpan,
        tracer: SdkTracer,
        name: str,
        context: Context | None,
        *args: Any,
        **named: Any,
    ) -> Span:
        """Starts a span as the SDK does; one of the function's own without ours above it."""
        beneath = _beneath(trace.get_current_span(context))
        provider = self._ours_by_processor.get(id(getattr(tracer, "span_processor", None)))
        if provider is not None:
            return self._start_ours(
                provider, start_span, tracer, beneath, name, context, *args, **named
            )
        own = _without_ours(context, beneath)
        span = start_span(tracer, name, own, *args, **named)
        try:
            return self._recorded(start_span, tracer, span, name, own, *args, **named)
        except Exception as error:  # noqa: BLE001 - the function has its span, whatever this was
            self.problems.problem("other_providers", error)
            return span

    def _start_ours(
        self,
        provider: TracerProvider,
        start_span: StartSpan,
        tracer: SdkTracer,
        beneath: Span,
        *args: Any,
        **named: Any,
    ) -> Span:
        """Starts a span of ours, or, where the function has replaced our stand-in, one of its own."""
        successor = self._ours.other() if provider is self._ours.stand_in else None
        if successor is not None:
            scope = tracer._instrumentation_scope
            own = successor.get_tracer(scope.name, scope.version or None, scope.schema_url)
            return own.start_span(*args, **named)
        span = start_span(tracer, *args, **named)
        setattr(span, BENEATH, beneath)
        return span

    def _recorded(
        self,
        start_span: StartSpan,
        tracer: SdkTracer,
        span: Span,
        name: str,
        own: Context | None,
        *args: Any,
        **named: Any,
    ) -> Span:
        """Returns the span, or its twin, so that it is recorded for us too if its provider is the global one."""
        if span.is_recording():
            setattr(span, OTHERS, True)
        provider = self._ours.other()
        if provider is None or _processor_of(provider) is not tracer.span_processor:
            return span
        if span.is_recording():
            if self._listened_to is not provider:
                self.listen_to(provider)
                self._processor.on_start(span, own)  # type: ignore[arg-type]
            return span
        ids = span.get_span_context()
        parent = trace.get_current_span(own).get_span_context()
        if ids is parent:
            return span  # of a tracer that is switched off
        scope = self._traces.scope_of(own, ids.trace_id, parent)
        if scope is None or scope.run.is_discarded:
            return span
        token = next_ids.set(NextIds(ids.trace_id, ids.span_id))
        try:
            twin = start_span(self._twin_of(tracer), name, own, *args, **named)
        finally:
            next_ids.reset(token)
        # As the function's own has it: its flags and its trace state.
        vars(twin)["_context"] = ids
        return twin

    def _twin_of(self, tracer: SdkTracer) -> trace.Tracer:
        """Returns a tracer of the same name and resource, whose spans are recorded for us alone."""
        if self._twins is None or self._twins.resource is not tracer.resource:
            self._twins = self._ours.make(tracer.resource, RecordOnly())
        scope = tracer._instrumentation_scope
        return self._twins.get_tracer(scope.name, scope.version or None, scope.schema_url)


def _processor_of(provider: Any) -> Any:
    return getattr(provider, "_active_span_processor", None)


def _beneath(span: Span) -> Span:
    """Returns the innermost span of the function's own that is open where that one is."""
    while hasattr(span, BENEATH):
        span = getattr(span, BENEATH)
    return span


def _without_ours(context: Context | None, beneath: Span) -> Context | None:
    """Returns a context whose current span is one of the function's own, and which knows what of ours is open."""
    if beneath is trace.get_current_span(context):
        return context
    scope = current_scope(context)
    if scope is not None:
        above = scope._replace(span=innermost(context), shown=beneath)
        context = with_scope(above, context)
    return trace.set_span_in_context(beneath, context)
