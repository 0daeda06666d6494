"""The OTLP sink takes what an exporter sends and refuses the rest."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from local.http_message import Headers, Request, Response
from local.otlp_sink import OtlpSink

BODY = ExportTraceServiceRequest(
    resource_spans=[
        ResourceSpans(
            scope_spans=[
                ScopeSpans(
                    spans=[
                        Span(
                            trace_id=bytes.fromhex("0af7651916cd43dd8448eb211c80319c"),
                            span_id=bytes.fromhex("b7ad6b7169203331"),
                            name="plan",
                            start_time_unix_nano=1,
                            end_time_unix_nano=2,
                        )
                    ]
                )
            ]
        )
    ]
).SerializeToString()


def post(sink: OtlpSink, body: bytes, path: str = "/v1/traces", **headers: str) -> Response:
    fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return sink.handle(Request("POST", path, "", Headers(fields), body))


@pytest.mark.parametrize("is_gzip", [True, False])
def test_spans_are_kept_by_their_ids(tmp_path: Path, is_gzip: bool) -> None:
    sink = OtlpSink(tmp_path)
    headers = {"content_type": "application/x-protobuf"}
    if is_gzip:
        headers["content_encoding"] = "gzip"
    response = post(sink, gzip.compress(BODY) if is_gzip else BODY, **headers)
    assert response.status == 200
    assert (sink.requests, sink.spans) == (1, 1)
    (span,) = sink.read_spans()
    assert span["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert span["span_id"] == "b7ad6b7169203331"
    assert (span["name"], span["end_time_unix_nano"]) == ("plan", "2")


@pytest.mark.parametrize(
    ("body", "path", "content_type", "status"),
    [
        (b"\xff", "/v1/traces", "application/x-protobuf", 400),
        (b"{}", "/v1/traces", "application/json", 415),
        (BODY, "/v1/logs", "application/x-protobuf", 404),
    ],
)
def test_anything_else_is_refused(
    tmp_path: Path, body: bytes, path: str, content_type: str, status: int
) -> None:
    sink = OtlpSink(tmp_path)
    assert post(sink, body, path, content_type=content_type).status == status
    assert sink.read_spans() == []
