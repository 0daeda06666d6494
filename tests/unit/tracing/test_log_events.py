"""Events of logs become events of the span that is open."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry._logs import LogRecord
from opentelemetry.context import Context

import spanvas
from spanvas.tracing.log_events import SpanEventLoggerProvider
from tests.support.recording import SECOND, recording

LOGGER = SpanEventLoggerProvider().get_logger("acme")


@pytest.mark.parametrize(
    "given",
    [
        {
            "event_name": "gen_ai.user.message",
            "attributes": {"gen_ai.system": "acme"},
            "body": {"content": "hello", "parts": [{"n": 1}], "ok": True},
        },
        {
            "attributes": {"event.name": "gen_ai.user.message", "gen_ai.system": "acme"},
            "body": {"content": "hello", "parts": [{"n": 1}], "ok": True},
        },
    ],
)
@pytest.mark.parametrize("as_record", [True, False])
def test_an_event_is_added_with_its_body(given: dict[str, Any], as_record: bool) -> None:
    with recording() as recorded, spanvas.workflow("brief"):
        if as_record:
            LOGGER.emit(LogRecord(timestamp=7 * SECOND, **given))
        else:
            LOGGER.emit(timestamp=7 * SECOND, **given)
    (event,) = recorded.span("brief").events
    assert (event.name, event.time_unix_nano) == ("gen_ai.user.message", 7 * SECOND)
    assert event.attributes == {
        "gen_ai.system": "acme",
        "content": "hello",
        "parts": '[{"n": 1}]',
        "ok": True,
    }


def test_a_body_that_is_no_object_is_kept_as_such() -> None:
    with recording() as recorded, spanvas.workflow("brief"):
        LOGGER.emit(LogRecord(event_name="note", body="text"))
        LOGGER.emit(event_name="bare")
    assert [dict(event.attributes) for event in recorded.span("brief").events] == [
        {"body": "text"},
        {},
    ]


def test_the_span_of_its_own_context_is_the_one() -> None:
    with recording() as recorded, spanvas.workflow("brief"):
        context = trace.set_span_in_context(trace.get_current_span())
        with spanvas.node("draft"):
            LOGGER.emit(event_name="note", context=context)
    assert len(recorded.span("brief").events) == 1


def test_without_a_name_or_a_span_nothing_happens() -> None:
    with recording() as recorded, spanvas.workflow("brief"):
        LOGGER.emit(LogRecord(body="a log line"))
        LOGGER.emit(event_name="lost", context=Context())
        assert LOGGER.enabled()
    assert recorded.span("brief").events == ()
    assert not LOGGER.enabled()
