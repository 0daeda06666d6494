"""What is open where the code runs. It travels in OpenTelemetry's own context: what carries that carries ours."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from functools import wraps
from typing import Final, NamedTuple, ParamSpec, TypeVar

from opentelemetry import context as otel_context
from opentelemetry.context import Context

from spanvas.tracing.run import Run

P = ParamSpec("P")
R = TypeVar("R")

PLACE_KEY: Final = otel_context.create_key("spanvas-place")


class Place(NamedTuple):
    """The execution that is running, the node of it, and whether it is about one message of several."""

    run: Run
    node_id: str | None = None
    is_message: bool = False


def current_place(context: Context | None = None) -> Place | None:
    place = otel_context.get_value(PLACE_KEY, context)
    return place if isinstance(place, Place) else None


def with_place(place: Place, context: Context | None = None) -> Context:
    return otel_context.set_value(PLACE_KEY, place, context)


def bind(function: Callable[P, R]) -> Callable[P, R]:
    """The function in a copy of the present context. Every call has its own copy: one cannot be entered twice."""
    context = contextvars.copy_context()

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return context.copy().run(function, *args, **kwargs)

    return call
