"""An OTLP/HTTP endpoint that takes every trace and keeps a line per span: what an operator's collector would get.

Not a trace store: it is there so that the second exporter of the layer has somewhere real to send to, and so that
tests can read what arrived.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from pathlib import Path

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from local.http_message import Request, Response
from local.logs import append_line

PROTOBUF = "application/x-protobuf"


class OtlpSink:
    """Answers `POST /v1/traces`; spans go to `folder`/spans.jsonl."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "spans.jsonl"
        self._path.write_bytes(b"")
        self._lock = threading.Lock()
        self.requests = 0
        self.spans = 0

    def read_spans(self) -> list[dict[str, object]]:
        """Returns the spans that came, in their order."""
        return [json.loads(line) for line in self._path.read_text(encoding="utf-8").splitlines()]

    def handle(self, request: Request) -> Response:
        """Answers a request of an exporter."""
        if request.path != "/v1/traces" or request.method != "POST":
            return Response(404, b"Not Found", [("content-type", "text/plain")])
        if not request.headers.get("content-type").startswith(PROTOBUF):
            return Response(415, b"Unsupported Media Type", [("content-type", "text/plain")])
        try:
            is_gzip = request.headers.get("content-encoding") == "gzip"
            body = gzip.decompress(request.body) if is_gzip else request.body
            message = ExportTraceServiceRequest.FromString(body)
        except (DecodeError, OSError, EOFError):
            return Response(400, b"Bad Request", [("content-type", "text/plain")])
        self._keep(list(summaries(message)))
        answer = ExportTraceServiceResponse().SerializeToString()
        return Response(200, answer, [("content-type", PROTOBUF)])

    def _keep(self, spans: list[dict[str, object]]) -> None:
        lines = "".join(json.dumps(span) + "\n" for span in spans)
        with self._lock:
            append_line(self._path, lines)
            self.requests += 1
            self.spans += len(spans)


def summaries(message: ExportTraceServiceRequest) -> Iterator[dict[str, object]]:
    """Yields what is kept of each span."""
    for resource_spans in message.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                yield {
                    "trace_id": span.trace_id.hex(),
                    "span_id": span.span_id.hex(),
                    "parent_span_id": span.parent_span_id.hex(),
                    "name": span.name,
                    "start_time_unix_nano": str(span.start_time_unix_nano),
                    "end_time_unix_nano": str(span.end_time_unix_nano),
                    "attributes": len(span.attributes),
                    "status": span.status.code,
                }
