"""What goes along to whoever continues an execution: below which span, and which execution that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from spanvas import attributes as names
from spanvas.propagation.carriers import SAMPLED, TRACESTATE, Parent, carried
from spanvas.tracing.context import current_scope, innermost, with_scope
from spanvas.tracing.health import guarded
from spanvas.tracing.spans import SpanRecorder
from spanvas.tracing.traces import Traces

MAX_ATTRIBUTES: Final = 10
"""Of a message of SQS."""


class OutboundRecorder:
    """Tells what to pass on. Guarded: nothing raises. `propagators`: names of OpenTelemetry's propagators whose headers
    are added, where they are installed."""

    def __init__(
        self, spans: SpanRecorder, traces: Traces, propagators: Sequence[str] = ()
    ) -> None:
        self.problems = spans.problems
        self._spans = spans
        self._traces = traces
        self._wanted = propagators
        self._propagators: list[Any] | None = None

    @guarded(fallback={})
    def headers(self, taken: int = 0) -> dict[str, str]:
        """Returns the W3C's headers for whoever continues the execution below the span that is open here.

        `taken`: so many of the attributes of a message are there already; `tracestate` is left out where it is one too
        many.
        """
        scope = self._spans.scope("inject")
        if scope is None:
            return {}
        above = innermost(with_scope(scope))
        context = self._traces.parent_for(scope, above).get_span_context()
        if not context.is_valid:
            return {}
        from opentelemetry import baggage  # not at the top: most functions pass nothing on

        entries = {str(name): str(value) for name, value in baggage.get_all().items()}
        entries |= {
            names.EXECUTION_ID: scope.run.execution_id,
            names.TENANT: scope.run.tenant,
            names.WORKFLOW_ID: scope.run.workflow.workflow_id,
        }
        # What a sampler of the function's own has dropped is recorded for us all the same, here and there.
        flags = int(context.trace_flags) | SAMPLED
        parent = Parent(
            f"{context.trace_id:032x}",
            f"{context.span_id:016x}",
            flags,
            context.trace_state.to_header(),
        )
        headers = carried(parent, entries)
        if taken + len(headers) > MAX_ATTRIBUTES:
            headers.pop(TRACESTATE, None)
        others = self._of_others(context)
        fits = taken + len(headers | others) <= MAX_ATTRIBUTES
        return {**others, **headers} if fits else headers

    @guarded(fallback={})
    def log_fields(self) -> dict[str, str]:
        """Returns the ids of the span that is open here, and of its execution; nothing outside of one."""
        scope = current_scope()
        if scope is None or scope.run.is_discarded:
            return {}
        span = self._traces.parent_for(scope, innermost(with_scope(scope))).get_span_context()
        if not span.is_valid:
            return {}
        return {
            "trace_id": f"{span.trace_id:032x}",
            "span_id": f"{span.span_id:016x}",
            "execution_id": scope.run.execution_id,
        }

    def _of_others(self, context: SpanContext) -> dict[str, str]:
        """Returns the headers of the further propagators, for a span that is recorded."""
        if not self._wanted:
            return {}
        if self._propagators is None:
            self._propagators = [made for name in self._wanted if (made := self._propagator(name))]
        sampled = TraceFlags(int(context.trace_flags) | SAMPLED)
        seen = SpanContext(context.trace_id, context.span_id, False, sampled, context.trace_state)
        headers: dict[str, str] = {}
        for propagator in self._propagators:
            try:
                propagator.inject(headers, set_span_in_context(NonRecordingSpan(seen), Context()))
            except Exception as error:  # noqa: BLE001 - a propagator is code of others: ours go along without it
                self.problems.problem("propagator", error)
        return headers

    def _propagator(self, name: str) -> Any:
        """Returns a propagator of the function's packages; None where there is none of this name."""
        from spanvas.tracing.entry_points import made_by_name

        try:
            return made_by_name("opentelemetry_propagator", name)
        except Exception as error:  # noqa: BLE001 - a propagator is code of others
            told = "OTEL_PROPAGATORS: %r is not passed on (%s: %s)"
            kind = type(error).__name__
            self.problems.say_once(f"otel.propagator.{name}", told, name, kind, error)
            return None
