"""Spans of OpenTelemetry that did not come through the public API, and whose provider is the global one."""

from __future__ import annotations

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import Span as SdkSpan
from opentelemetry.sdk.trace import TracerProvider as SdkTracerProvider

import spanvas
from spanvas.model.ids import trace_id_for
from tests.support.recording import execution_of, recording


def test_plain_opentelemetry_spans_belong_to_the_execution_around_them() -> None:
    with recording() as recorded:
        tracer = recorded.engine.providers.own.get_tracer("some.library", "1.2")
        with spanvas.workflow("brief", execution_id="e1"), spanvas.node("draft") as node:
            with tracer.start_as_current_span("inside") as inside:
                pass
            outside = tracer.start_span(
                "own trace", context=trace.set_span_in_context(trace.INVALID_SPAN)
            )
            outside.end()
        tracer.start_span("no execution").end()
        late = tracer.start_span(
            "late",
            context=trace.set_span_in_context(trace.NonRecordingSpan(inside.get_span_context())),
        )
        late.end()
        assert spanvas.health() == {"spans.without_execution": 1}
    assert recorded.names == ["inside", "own trace", "draft", "brief", "late"]
    assert recorded.span("inside").parent_span_id == node.span_id
    assert recorded.span("inside").attributes["spanvas.node.id"] == "draft"
    assert recorded.span("inside").scope_name == "some.library"
    assert recorded.span("late").trace_id == trace_id_for("default", "e1")


def test_a_span_that_began_before_its_execution_was_known_is_found_by_its_trace() -> None:
    with recording() as recorded:
        tracer = recorded.engine.providers.own.get_tracer("server")
        with tracer.start_as_current_span("request") as request:  # noqa: SIM117
            with spanvas.workflow("brief", execution_id="e1") as run:
                pass
        context = request.get_span_context()
    assert run.trace_id == f"{context.trace_id:032x}"
    assert recorded.span("brief").parent_span_id == f"{context.span_id:016x}"
    assert recorded.names == ["brief", "request"]
    assert execution_of(recorded).trace_id == run.trace_id


def test_ours_stands_in_for_a_global_provider_until_the_function_sets_one(
    fresh_process: None, caplog: pytest.LogCaptureFixture
) -> None:
    kept = trace.get_tracer("kept since the import")
    with recording(is_global=True) as recorded:
        assert isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)
        with spanvas.workflow("brief", execution_id="e1") as run:
            with kept.start_as_current_span("before"):
                pass
            theirs = SdkTracerProvider(shutdown_on_exit=False)
            trace.set_tracer_provider(theirs)
            assert trace.get_tracer_provider() is theirs
            with kept.start_as_current_span("after") as after:
                pass
    assert caplog.text == ""
    assert {span.name: span.parent_span_id for span in recorded.spans} == {
        "before": run.span_id,
        "after": run.span_id,
        "brief": None,
    }
    # Made by their provider, as it would be without ours: nothing above it, in a trace of its own.
    assert isinstance(after, SdkSpan)
    assert after.parent is None
    assert f"{after.get_span_context().trace_id:032x}" != run.trace_id
    assert recorded.span("after").trace_id == run.trace_id


def test_a_provider_that_cannot_be_listened_to_is_left_alone(
    fresh_process: None,
) -> None:
    trace.set_tracer_provider(trace.NoOpTracerProvider())
    with recording(is_global=True) as recorded, spanvas.workflow("brief"):
        assert trace.get_current_span() is trace.INVALID_SPAN
        with trace.get_tracer("theirs").start_as_current_span("theirs"):
            pass
    assert recorded.names == ["brief"]


def test_a_disabled_sdk_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    with pytest.raises(RuntimeError, match="OTEL_SDK_DISABLED"), recording():
        pass


def test_limits_in_the_environment_cannot_break_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "many")
    with recording() as recorded, spanvas.workflow("brief") as run:
        for number in range(500):
            run.set_attribute(f"a{number}", number)
    assert len(recorded.span("brief").attributes) > 500


def test_tables_of_open_spans_and_known_executions_are_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("spanvas.tracing.processor.MAX_OPEN", 2)
    monkeypatch.setattr("spanvas.tracing.traces.MAX_RUNS", 1)
    with recording() as recorded:
        with spanvas.workflow("brief", execution_id="e1"):  # noqa: SIM117
            with spanvas.span("a"), spanvas.span("b"), spanvas.span("c"):
                assert len(recorded.engine.processor._open) == 2
        with spanvas.workflow("brief", execution_id="e2"):
            assert len(recorded.engine.traces._runs) == 1
    # Found by their trace, though no longer known as open.
    assert recorded.names[:4] == ["c", "b", "a", "brief"]


def test_sdk_flushes_do_not_wait_for_ours() -> None:
    with recording() as recorded:
        assert recorded.engine.providers.own.force_flush()
        recorded.engine.providers.own.shutdown()
