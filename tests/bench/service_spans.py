"""OTLP requests of services without agents: small traces, many of them in one request."""

from __future__ import annotations

import random
import time

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.builders import SECOND
from tests.support.otlp_requests import key_values

RESOURCE = {"service.name": "orders", "telemetry.sdk.language": "java", "cloud.region": "us-east-1"}
SERVER, CLIENT = 2, 3


def service_traces(count: int, size: int, seed: int) -> bytes:
    """A request of so many traces, each of `size` spans, in protobuf. The same seed makes the same request."""
    chance = random.Random(seed)
    request = ExportTraceServiceRequest()
    group = request.resource_spans.add()
    group.resource.attributes.extend(key_values(RESOURCE))
    scope = group.scope_spans.add()
    begin = time.time_ns() - count * size * SECOND
    for number in range(count):
        trace_id, root = chance.randbytes(16), chance.randbytes(8)
        for position in range(size):
            start = begin + (number * size + position) * SECOND
            order = chance.randrange(1_000_000)
            scope.spans.add(
                trace_id=trace_id,
                span_id=chance.randbytes(8) if position else root,
                parent_span_id=root if position else b"",
                name="SELECT orders" if position else "POST /orders",
                kind=CLIENT if position else SERVER,
                start_time_unix_nano=start,
                end_time_unix_nano=start + SECOND // 20,
                attributes=key_values(
                    {
                        "db.system.name": "postgresql",
                        "db.operation.name": "SELECT",
                        "order.id": order,
                    }
                    if position
                    else {"http.request.method": "POST", "http.route": "/orders", "order.id": order}
                ),
                status={"code": 1},
            )
    return request.SerializeToString()
