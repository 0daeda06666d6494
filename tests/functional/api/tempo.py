"""What the tests of Tempo's API share: executions to search for, and its answers in protobuf."""

from __future__ import annotations

from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from spanvas.model.ids import trace_id_for
from spanvas.model.span import Span
from spanvas.otlp.wire import LEN, WireReader
from spanvas.storage.port import SpanBatch
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, make_execution, make_span

SERVICE = {"service.name": "orders-api"}


def fields_of(body: bytes) -> dict[int, bytes | int]:
    """Returns the fields of a message, by their numbers."""
    reader, at = WireReader(body), 0
    found: dict[int, bytes | int] = {}
    while at < len(body):
        number, wire, at = reader.tag(at)
        if wire == LEN:
            begin, at = reader.length(at, len(body))
            found[number] = body[begin:at]
        else:
            found[number], at = reader.varint(at)
    return found


def spans_in(data: bytes) -> dict[str, Any]:
    """Returns the spans of a trace in protobuf, by name."""
    return {
        span.name: span
        for resource in TracesData.FromString(data).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    }


def run_of(
    store: AuditedStore,
    execution_id: str,
    *spans: Span,
    start: float = 0,
    seconds: float = 3,
    status: str = "succeeded",
    **overrides: Any,
) -> str:
    """Stores an execution with a workflow span and others; returns its trace id."""
    trace_id = trace_id_for("acme", execution_id)
    store.start_execution(make_execution(execution_id, start=start, trace_id=trace_id, **overrides))
    root = make_span(
        "root",
        start=start,
        name="invoke_workflow Triage",
        kind="workflow",
        end_time_unix_nano=T0 + round((start + seconds) * SECOND),
        resource=SERVICE,
        trace_id=trace_id,
    )
    store.write(SpanBatch("acme", execution_id, [root, *spans]))
    end = T0 + round((start + seconds) * SECOND)
    store.end_execution("acme", execution_id, status, end)
    return trace_id


def call_of_model(label: str, model: str, **overrides: Any) -> Span:
    attributes = {
        "gen_ai.request.model": model,
        "gen_ai.provider.name": "openai",
        "gen_ai.usage.input_tokens": 120,
        "gen_ai.usage.output_tokens": 7,
    }
    return make_span(label, "root", 1, kind="model", attributes=attributes, **overrides)
