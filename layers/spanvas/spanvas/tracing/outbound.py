"""What goes along to whoever continues an execution: below which span, and which execution that is."""

from __future__ import annotations

from typing import Final

from opentelemetry import baggage

from spanvas import attributes as names
from spanvas.propagation.carriers import SAMPLED, TRACESTATE, Parent, carried
from spanvas.tracing.context import innermost, with_scope
from spanvas.tracing.health import guarded
from spanvas.tracing.spans import SpanRecorder
from spanvas.tracing.traces import Traces

MAX_ATTRIBUTES: Final = 10
"""Of a message of SQS."""


class OutboundRecorder:
    """Tells what to pass on. Guarded: nothing raises."""

    def __init__(self, spans: SpanRecorder, traces: Traces) -> None:
        self.problems = spans.problems
        self._spans = spans
        self._traces = traces

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
        return headers
