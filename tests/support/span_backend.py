"""Stand-ins for Tempo and Jaeger, which answer what those were seen to answer; the real Jaeger is in `tests.dialects`.

A trace is encoded as the layer sends it. Tempo's answers were recorded on Tempo 3.1: `/api/traces/{id}` is a Trace in
protobuf, or 404; `/api/v2/traces/{id}` a TraceByIDResponse around one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from spanvas.model.execution import Execution
from spanvas.model.ids import root_span_id_for, trace_id_for
from spanvas.model.span import Span
from spanvas.otlp.conventions import as_exported, labels_of
from spanvas.otlp.export import encode_json
from spanvas.otlp.protobuf_export import encode_protobuf
from tests.support.builders import SECOND, T0, make_execution, make_span, span_id
from tests.support.scripted_server import Server

TRACE_ID = trace_id_for("acme", "exec_1")
ROOT = root_span_id_for("acme", "exec_1")
QUESTION, ANSWER = "Where is the parcel of Ada?", "On its way to Zürich."


def own_execution(**changes: Any) -> Execution:
    return make_execution(trace_id=TRACE_ID, **changes)


def run_spans(execution: Execution | None = None) -> list[Span]:
    """What the layer sends of one execution: run (workflow) > classify (node) > chat (model, with content)."""
    execution = execution or own_execution()
    trace_id = execution.trace_id
    messages = [{"role": "user", "parts": [{"type": "text", "content": QUESTION}]}]
    answers = [{"role": "assistant", "parts": [{"type": "text", "content": ANSWER}]}]
    spans = [
        make_span(
            "run",
            trace_id=trace_id,
            span_id=ROOT,
            kind="workflow",
            end_time_unix_nano=T0 + 3 * SECOND,
            attributes={"spanvas.kind": "workflow"},
        ),
        make_span(
            "classify",
            trace_id=trace_id,
            parent_span_id=ROOT,
            attributes={"spanvas.kind": "node", "spanvas.node.id": "classify"},
        ),
        make_span(
            "chat",
            "classify",
            0.2,
            trace_id=trace_id,
            kind="model",
            attributes={
                "spanvas.kind": "model",
                "gen_ai.request.model": "gpt-4o",
                "gen_ai.provider.name": "openai",
                "gen_ai.usage.input_tokens": 1000,
                "gen_ai.usage.output_tokens": 100,
                "gen_ai.input.messages": messages,
                "gen_ai.output.messages": answers,
            },
        ),
    ]
    labels = labels_of(execution)
    return [as_exported(span, labels) for span in spans]


def protobuf(spans: Sequence[Span]) -> bytes:
    return encode_protobuf(spans, lambda span: "")


def otlp_json(spans: Sequence[Span]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(encode_json(spans))
    return found


def answer(
    body: bytes, media_type: str = "application/protobuf", status: int = 200, **headers: str
) -> bytes:
    """An HTTP response; `retry_after` is the header `Retry-After`."""
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body)}"]
    if media_type:
        lines.append(f"content-type: {media_type}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


NOT_THERE = answer(b"trace not found", "text/plain; charset=utf-8", 404)
JAEGER_NOT_THERE = answer(
    b'{"error":{"httpCode":404,"message":"No traces found"}}\n', "text/plain; charset=utf-8", 404
)
SILENCE = b""
"""Nothing is answered, and the connection stays open."""


@contextmanager
def backend(*script: bytes | None) -> Iterator[Server]:
    """A server on loopback that answers one request after the other with these; None hangs up."""
    server = Server(*script)
    try:
        yield server
    finally:
        server.close()


def chat_id() -> str:
    return span_id("chat")
