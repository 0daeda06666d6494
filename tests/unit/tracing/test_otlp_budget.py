"""An execution that a backend would cut arrives with its structure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

import spanvas
from spanvas.collector.results import ExportOutcome, ExportResult
from spanvas.model.span import Event, Link, Span
from spanvas.otlp.protobuf_export import encode_protobuf
from spanvas.tracing.health import Health
from spanvas.tracing.otlp_budget import exported_bytes, within_budget
from spanvas.tracing.otlp_exporter import OtlpExporter
from tests.support.builders import make_span, span_id
from tests.support.memory_store import MemoryTraceStore
from tests.support.recording import make_run, recording

CONTENT = {"spanvas.input": "what is it?", "gen_ai.request.model": "m", "n": 1}
CALL = make_span(
    "chat", kind="model", attributes=CONTENT, events=(Event("e", 1, {"text": "so it is"}),)
)


@pytest.mark.parametrize("used", [0, 599])
def test_a_span_is_sent_whole_while_there_is_room(used: int) -> None:
    assert within_budget(CALL, used, 1_000) is CALL


def test_content_goes_first() -> None:
    sent = within_budget(CALL, 600, 1_000)

    assert sent is not None
    assert sent.attributes == {
        "gen_ai.request.model": "m",
        "n": 1,
        "spanvas.previews.withheld": True,
    }
    assert sent.events == (Event("e", 1, {}),)
    assert sent.name == "chat"


@pytest.mark.parametrize(
    ("kind", "is_sent"),
    [("model", False), ("http", False), ("workflow", True), ("invocation", True), ("node", True)],
)
def test_what_a_trace_cannot_do_without_goes_at_any_time(kind: str, is_sent: bool) -> None:
    assert (within_budget(make_span("a", kind=kind), 10_000, 1_000) is not None) == is_sent


def test_without_a_limit_all_is_sent() -> None:
    assert within_budget(CALL, 10**9, 0) is CALL


@pytest.mark.parametrize(
    "span",
    [
        make_span("a"),
        CALL,
        make_span("ä" * 100, attributes={"text": "ü" * 5_000, "list": ["a"] * 200, "none": None}),
        make_span("a", attributes={"spanvas.output": "x" * 100_000, "b": {"c": [1, 2.5, True]}}),
        make_span("a", links=(Link("0" * 31 + "1", span_id("b"), {"why": "it"}),)),
    ],
)
def test_the_size_is_the_encoded_one_or_a_little_above(span: Span) -> None:
    encoded = len(encode_protobuf([span], lambda _: "/v1/executions/exec_1/spans/" + "a" * 16))

    assert encoded <= exported_bytes(span) <= 2 * encoded + 250


class Backend:
    """Takes the first bytes of a trace and discards the rest, as Tempo does."""

    def __init__(self, max_bytes: int) -> None:
        self.spans: dict[str, Span] = {}
        self.bytes = 0
        self._max_bytes = max_bytes

    def __call__(self, spans: Sequence[Span], place_of: Callable[[Span], str]) -> ExportResult:
        for span in spans:
            self.bytes += len(encode_protobuf([span], place_of))
            if self.bytes <= self._max_bytes:
                self.spans[span.span_id] = span
        return ExportResult(ExportOutcome.TAKEN)


def test_12000_spans_in_one_burst_leave_root_and_nodes_at_the_backend() -> None:
    backend, store = Backend(5_000_000), MemoryTraceStore()
    with (
        recording(store=store, make_sink=lambda: backend, scanner=None, content="full") as recorded,
        spanvas.workflow("burst", execution_id="e1"),
    ):
        for number in range(12):
            with spanvas.node(f"node-{number}"):
                for call in range(1_000):
                    attributes = {"spanvas.input": f"{call} " * 200}
                    with spanvas.span(f"call {call}", kind="tool", attributes=attributes):
                        pass

    assert recorded.engine.flush()
    trace = store.read_trace("default", "e1")
    assert trace is not None
    assert len(trace.rows) == 12_013
    by_kind: dict[Any, int] = {}
    for span in backend.spans.values():
        by_kind[span.kind] = by_kind.get(span.kind, 0) + 1
    assert (by_kind["workflow"], by_kind["node"]) == (1, 12)
    assert by_kind["tool"] > 3_000
    assert backend.bytes <= 5_000_000
    assert all(span.attributes["spanvas.execution.id"] == "e1" for span in backend.spans.values())
    health = trace.execution.exporter_health
    assert int(health["otlp_dropped"]) + by_kind["tool"] == 12_000
    assert recorded.engine.health()["otlp.trace_bytes"] > 0


def test_a_burst_pushes_out_no_node() -> None:
    sent: list[str] = []

    def sink(spans: Sequence[Span], place_of: Callable[[Span], str]) -> ExportResult:
        sent.extend(span.name for span in spans)
        return ExportResult(ExportOutcome.TAKEN)

    exporter = OtlpExporter(lambda: sink, Health())
    run = make_run()
    exporter.append(run, make_span("first", kind="node"))
    for number in range(20_001):
        exporter.append(run, make_span(f"call {number}", kind="tool"))
    assert exporter.work()
    assert sent[0] == "first"
    assert len(sent) == 20_001
    assert (run.export.otlp_dropped, run.export.otlp_dropped_by) == (1, {"memory"})
