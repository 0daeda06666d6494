"""What is open where the code runs. It travels in OpenTelemetry's own context: what carries that carries ours."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Token
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, NamedTuple, ParamSpec, TypeVar

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import (
    _SUPPRESS_HTTP_INSTRUMENTATION_KEY,
    _SUPPRESS_INSTRUMENTATION_KEY,
    Context,
)
from opentelemetry.sdk.trace import Span as SdkSpan
from opentelemetry.trace import Span

from spanvas.handles import Handle
from spanvas.tracing.execution_state import ExecutionState
from spanvas.tracing.handles import LiveSpan

P = ParamSpec("P")
R = TypeVar("R")

SCOPE_KEY: Final = otel_context.create_key("spanvas-scope")
OTHERS: Final = "__spanvas_others__"
"""Attribute of a span that the function's own tracer provider has made, for its own exporters."""


@dataclass(slots=True, eq=False)
class Invocation:
    """This function's part of an execution. Each field is assigned by one module alone, which its comment names.

    `is_of_one_message`: the function was invoked for a single message, and this is that message's execution.
    """

    is_of_one_message: bool = False
    span: LiveSpan | None = None
    """`spans`: the span of the part, where the wrapper or a message has opened one."""
    state: LiveSpan | None = None
    """`spans`: the state of a state machine that the function is called for."""
    open_message: Callable[[Any], Handle | None] | None = None
    """`invocation`: opens the part of one of several messages; returns None for a record that is none of them."""


class SpanScope(NamedTuple):
    """The execution and the part of it that are open, the enclosing node, and whether a message of several is.

    `span` is the innermost span that was opened through the public API or by the wrapper, and `shown` what was
    OpenTelemetry's current span then: the same one, or the function's own where it has a tracer provider of its own.
    """

    run: ExecutionState
    invocation: Invocation
    node_id: str | None = None
    is_message: bool = False
    span: Span | None = None
    shown: Span = trace.INVALID_SPAN


def current_scope(context: Context | None = None) -> SpanScope | None:
    """Returns what is open in that context, by default in the current one."""
    scope = otel_context.get_value(SCOPE_KEY, context)
    return scope if isinstance(scope, SpanScope) else None


def with_scope(scope: SpanScope, context: Context | None = None) -> Context:
    """Returns a context in which that is open."""
    return otel_context.set_value(SCOPE_KEY, scope, context)


def innermost(context: Context | None = None) -> Span:
    """Returns the innermost open span of that context, be it one of ours or of the function's own tracer provider."""
    scope, current = current_scope(context), trace.get_current_span(context)
    if scope is not None and scope.span is not None and current is scope.shown:
        return scope.span
    return current


def recorded_span(scope: SpanScope | None) -> SdkSpan | None:
    """Returns the innermost open span that is written for us alone, to add something to it; None where none is open."""
    for span in (innermost(), scope.span if scope is not None else None):
        if isinstance(span, SdkSpan) and not hasattr(span, OTHERS):
            return span
    return None


def opened_in(base: Context, scope: SpanScope, span: Span, is_apart: bool) -> Context:
    """Returns a context in which a span of ours is open. `is_apart`: OpenTelemetry's current span stays as it is."""
    shown = trace.get_current_span(base) if is_apart else span
    context = base if is_apart else trace.set_span_in_context(span, base)
    return with_scope(scope._replace(span=span, shown=shown), context)


def bind(function: Callable[P, R]) -> Callable[P, R]:
    """Returns a function that runs in a copy of the present context.

    Each call has its own, since none can be entered twice.
    """
    context = contextvars.copy_context()

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return context.copy().run(function, *args, **kwargs)

    return call


def suppress_instrumentation() -> Token[Context]:
    """Hides all later calls of this thread from instrumentations: our own calls are not the workflow's."""
    context = otel_context.set_value(_SUPPRESS_INSTRUMENTATION_KEY, True)
    return otel_context.attach(
        otel_context.set_value(_SUPPRESS_HTTP_INSTRUMENTATION_KEY, True, context)
    )


@contextmanager
def unobserved() -> Iterator[None]:
    """Hides the calls of the block from instrumentations."""
    token = suppress_instrumentation()
    try:
        yield
    finally:
        otel_context.detach(token)
