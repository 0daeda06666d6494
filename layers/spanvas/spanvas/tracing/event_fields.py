"""What an invocation's event and context say about the execution it is part of. Pure.

An execution may go through many functions; all of them have to find the same id in what they are given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from opentelemetry.trace import SpanContext, TraceFlags

PLAIN_PATH: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
TRACEPARENT: Final = re.compile(
    r"[0-9a-f]{2}-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})(-.*)?"
)
STEP_FUNCTIONS_KEYS: Final = ("Execution", "StepFunctions", "_context", "Context", "context")
"""Where state machines pass `$$` or `$$.Execution` on: there is no fixed place."""


def value_at(path: str, event: Any) -> Any:
    """JMESPath of an event; None where there is nothing. Plain dotted paths need no `jmespath`.

    Raises ImportError for another path where `jmespath` is not installed, and what it raises for a wrong one.
    """
    if not path:
        return None
    if not PLAIN_PATH.fullmatch(path):
        import jmespath

        return jmespath.search(path, event)
    for name in path.split("."):
        if not isinstance(event, Mapping):
            return None
        event = event.get(name)
    return event


def text_at(path: str, event: Any) -> str | None:
    """A text or a number at that path, as text."""
    value = value_at(path, event)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value) or None


def step_functions_execution(event: Any) -> str | None:
    """The ARN of the state machine's execution, from the context object in the event."""
    if not isinstance(event, Mapping):
        return None
    for key in STEP_FUNCTIONS_KEYS:
        found = event.get(key)
        if isinstance(found, Mapping):
            execution = found.get("Execution", found)
            arn = execution.get("Id") if isinstance(execution, Mapping) else None
            if isinstance(arn, str) and ":states:" in arn:
                return arn
    return None


def caller_span(event: Any, context: Any) -> SpanContext | None:
    """The caller's span from a `traceparent` (W3C Trace Context): in HTTP headers, the event, or the client context."""
    for carrier in _carriers(event, context):
        for name, value in carrier.items():
            if isinstance(value, str) and str(name).lower() == "traceparent":
                match = TRACEPARENT.fullmatch(value.strip())
                if match:
                    trace_id, span_id, flags = (int(match[group], 16) for group in (1, 2, 3))
                    return SpanContext(trace_id, span_id, True, TraceFlags(flags))
    return None


def _carriers(event: Any, context: Any) -> list[Mapping[Any, Any]]:
    found: list[Any] = []
    if isinstance(event, Mapping):
        found += [event.get("headers"), event]
    w3c = getattr(context, "w3c", None)
    if callable(w3c):
        found.append(w3c())
    client = getattr(context, "client_context", None)
    found.append(getattr(client, "custom", None))
    return [carrier for carrier in found if isinstance(carrier, Mapping)]
