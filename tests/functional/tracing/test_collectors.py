"""OTLP endpoints, healthy and dead: spans arrive at the one, and no dead one holds the handler up."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import spanvas
from spanvas.otel_variables import OtlpTarget, traces_url
from spanvas.tracing.sinks import http_sink
from spanvas.tracing.span_ids import ExecutionIdGenerator
from tests.support.collector import collector
from tests.support.memory_store import MemoryTraceStore
from tests.support.recording import Recording, eventually, recording
from tests.support.stored_spans import stored_span

BUDGET_MS = 100


@contextmanager
def exporting(
    url: str, budget_ms: int = BUDGET_MS, content: str = "redacted"
) -> Iterator[Recording]:
    with recording(
        content=content,
        store=MemoryTraceStore(),
        make_sink=lambda: http_sink(OtlpTarget(traces_url(url), {"authorization": "Bearer t"})),
        flush_budget_ms=budget_ms,
        clock=time.time_ns,
        id_generator=ExecutionIdGenerator(),
    ) as recorded:
        yield recorded


def invoke(number: int) -> int:
    """One execution with a few spans: its result."""
    with spanvas.workflow("brief", execution_id=f"e{number}", input="x" * 2_000) as run:
        for _ in range(3):
            with spanvas.node("draft") as node:
                node.set_output("y" * 2_000)
        run.set_output(number)
        return number * 2


def test_spans_arrive_with_the_ids_of_the_store_and_content_cut_to_previews() -> None:
    with collector() as server, exporting(server.url, budget_ms=60_000):  # noqa: SIM117
        with spanvas.workflow("brief", execution_id="e1", input="x" * 5_000) as run:
            pass
    ((path, headers, request),) = server.requests
    assert path == "/v1/traces"
    assert headers["authorization"] == "Bearer t"
    assert headers["content-encoding"] == "gzip"
    (resource_spans,) = request.resource_spans
    assert [(item.key, item.value.string_value) for item in resource_spans.resource.attributes] == [
        ("service.name", "test")
    ]
    (span,) = resource_spans.scope_spans[0].spans
    assert span.trace_id.hex() == run.trace_id
    assert span.span_id.hex() == run.span_id
    attributes = {item.key: item.value for item in span.attributes}
    assert attributes["spanvas.input"].string_value == '"' + "x" * 2_047
    assert attributes["spanvas.preview.spanvas.input.bytes"].int_value == 5_002
    assert attributes["spanvas.preview.spanvas.input.ref"].string_value == (
        f"/v1/executions/e1/spans/{run.span_id}#spanvas.input"
    )


@pytest.mark.parametrize(
    ("content", "sent"), [("none", None), ("redacted", '"write to [REDACTED:email]"')]
)
def test_what_is_sent_obeys_the_content_mode_as_the_store_does(
    content: str, sent: str | None
) -> None:
    with collector() as server, exporting(server.url, 5_000, content) as recorded:  # noqa: SIM117
        with spanvas.workflow("brief", execution_id="e1", input="write to ada@example.org") as run:
            run.set_attribute("app.note", "ada@example.org")
    (span,) = server.spans()
    assert b"ada@example.org" not in span.SerializeToString()
    arrived = {item.key: item.value.string_value for item in span.attributes}
    stored = stored_span(recorded.store, "default", "e1", run.span_id)
    assert stored is not None
    assert (arrived.get("spanvas.input"), stored.attributes.get("spanvas.input")) == (sent, sent)


def test_model_and_provider_stay_whatever_number_of_messages_comes_after_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The SDK drops the first attributes when there are more than 128, or than a variable says."""
    monkeypatch.setenv("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "16")
    monkeypatch.setenv("OTEL_ATTRIBUTE_COUNT_LIMIT", "16")
    with collector() as server, exporting(server.url, budget_ms=60_000) as recorded:  # noqa: SIM117
        with (
            spanvas.workflow("brief", execution_id="e1"),
            spanvas.span("chat", kind="model") as span,
        ):
            span.set_attribute("gen_ai.request.model", "m")
            span.set_attribute("gen_ai.provider.name", "p")
            for number in range(200):
                name = f"llm.input_messages.{number}.message.content"
                span.set_attribute(name, f"message {number}")
    (sent,) = [found for found in server.spans() if found.name == "chat"]
    stored = stored_span(recorded.store, "default", "e1", span.span_id)
    assert stored is not None
    for attributes in (stored.attributes, {item.key: item.value for item in sent.attributes}):
        assert {"gen_ai.request.model", "gen_ai.provider.name"} < set(attributes)
        assert len([name for name in attributes if name.startswith("llm.input_messages.")]) == 200
    assert sent.dropped_attributes_count == 0


@contextmanager
def refusing() -> Iterator[str]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@contextmanager
def silent() -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def unavailable() -> Iterator[str]:
    with collector(503) as server:
        yield server.url


@contextmanager
def throttling() -> Iterator[str]:
    with collector(429, {"Retry-After": "60"}) as server:
        yield server.url


@contextmanager
def unresolvable() -> Iterator[str]:
    yield "http://collector.invalid:4318"


@pytest.mark.parametrize(
    "dead",
    [refusing, silent, unavailable, throttling, unresolvable],
    ids=lambda dead: dead.__name__,
)
def test_a_dead_endpoint_changes_no_result_and_is_soon_left_alone(dead) -> None:
    """How long it is waited for is the bench's figure."""
    with dead() as url, exporting(url) as recorded:
        assert [invoke(number) for number in range(30)] == [number * 2 for number in range(30)]
        exporter = recorded.engine.delivery._otlp
        assert exporter is not None
        worker = recorded.engine.delivery._otlp_worker
        eventually(lambda: exporter.state == "open" or worker.is_stuck(0))
    executions = recorded.store.list_executions("default", limit=50).items
    assert len(executions) == 30
    assert all(execution.counters.spans == 4 for execution in executions)


def test_an_endpoint_that_has_not_answered_is_told_as_that() -> None:
    with silent() as url, exporting(url, budget_ms=20) as recorded:
        invoke(0)
        invoke(1)
    execution = recorded.store.read_execution("default", "e1")
    assert execution is not None
    assert execution.exporter_health == {
        "store": "ok",
        "otlp": "failing",
        "otlp_reason": "no answer within 20 ms",
    }


def test_an_endpoint_that_comes_back_gets_what_has_waited() -> None:
    with collector() as server, exporting(server.url, budget_ms=60_000) as recorded:
        invoke(0)
        healthy = len(server.requests)
        server.status = 503
        invoke(1)
        assert spanvas.health()["otlp.failed"] == 1
        execution = recorded.store.read_execution("default", "e1")
        assert execution is not None
        assert execution.exporter_health["store"] == "ok"
        server.status = 200
        invoke(2)
    names = [
        span.name
        for _, _, request in server.requests[healthy + 1 :]
        for resource_spans in request.resource_spans
        for scope_spans in resource_spans.scope_spans
        for span in scope_spans.spans
    ]
    assert names == ["draft", "draft", "draft", "brief"] * 2
