"""What instrumentations log about a call, as events of its span.

Some write prompts and answers as events of OpenTelemetry's logs, which belong to the span that is open then. Nothing
else is done with logs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry import trace
from opentelemetry._logs import Logger, LoggerProvider, NoOpLogger

EVENT_NAME = "event.name"


class SpanEventLogger(NoOpLogger):
    """Adds log records that have an event's name to the span of their context."""

    def emit(self, record: Any = None, **fields: Any) -> None:
        """Adds a log record that has an event's name to the current span; drops any other.

        Takes a record, or its fields as newer versions of the API pass them.
        """
        given = fields.get if record is None else lambda name: getattr(record, name, None)
        attributes = dict(given("attributes") or {})
        name = given("event_name") or attributes.pop(EVENT_NAME, "")
        span = trace.get_current_span(given("context"))
        if not name or not span.is_recording():
            return
        body = given("body")
        if isinstance(body, Mapping):
            attributes |= body
        elif body is not None:
            attributes["body"] = body
        # Bodies nest, and the SDK takes no nested attributes of events: they are text, as JSON.
        span.add_event(
            str(name), {key: _flat(value) for key, value in attributes.items()}, given("timestamp")
        )

    def enabled(self, **_: Any) -> bool:
        """Whether the current span records events."""
        return trace.get_current_span().is_recording()


class SpanEventLoggerProvider(LoggerProvider):
    """Gives the instrumentations that we switch on loggers whose events go to spans."""

    def get_logger(self, name: str, *_: Any, **__: Any) -> Logger:
        """Returns a logger of events; version and schema of the library are not kept."""
        return SpanEventLogger(name)


def _flat(value: Any) -> Any:
    if isinstance(value, (str, bool, int, float)):
        return value
    from spanvas.tracing.convert import json_text

    return json_text(value)
