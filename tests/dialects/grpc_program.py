"""Sends two spans through OpenTelemetry's exporter by gRPC to a server in this process, and prints what arrived.

Run by `tests/dialects/test_grpc_exporter.py` with a Python that has `opentelemetry-exporter-otlp-proto-grpc`.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as service
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as rpc

from spanvas.model.span import Span
from spanvas.otel_variables import OtelVariables
from spanvas.tracing.health import Health
from spanvas.tracing.sinks import sink_to


class Service(rpc.TraceServiceServicer):
    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, Any], Any]] = []

    def Export(self, request: Any, context: Any) -> Any:
        self.asked.append((dict(context.invocation_metadata()), request))
        return service.ExportTraceServiceResponse()


def span(name: str, span_id: str, parent: str | None) -> Span:
    return Span(
        trace_id="0af7651916cd43dd8448eb211c80319c",
        span_id=span_id,
        parent_span_id=parent,
        name=name,
        kind="node",
        start_time_unix_nano=1,
        end_time_unix_nano=2,
        attributes={"spanvas.node.id": name},
        resource={"service.name": "brief"},
    )


def main() -> None:
    server, taken = grpc.server(ThreadPoolExecutor(2)), Service()
    rpc.add_TraceServiceServicer_to_server(taken, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    target = OtelVariables(
        {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
            "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
            "OTEL_EXPORTER_OTLP_HEADERS": "X-Tenant=acme",
        }
    ).target()
    assert target is not None
    sink = sink_to(target, "spanvas", Health())
    result = sink(
        [span("a", "00f067aa0ba902b7", None), span("b", "00f067aa0ba902b8", "00f067aa0ba902b7")],
        str,
    )
    server.stop(0)
    ((metadata, request),) = taken.asked
    (resource,) = request.resource_spans
    spans = [one for scope in resource.scope_spans for one in scope.spans]
    print(
        json.dumps(
            {
                "outcome": result.outcome.value,
                "tenant": metadata["x-tenant"],
                "spans": [[one.name, one.span_id.hex(), one.parent_span_id.hex()] for one in spans],
            }
        )
    )


if __name__ == "__main__":
    main()
