"""A real gRPC server for OTLP in a process of its own, which prints what is sent to it.

It runs with the packages of a built layer (`PYTHONPATH`): gRPC is in no environment of this project's own tests. It
prints its port, then a line of JSON for each request: the spans' names and ids, and the metadata.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.project import PROJECT


@dataclass(frozen=True, slots=True)
class GrpcCollector:
    """A running server."""

    port: int
    process: subprocess.Popen[str]

    def requests(self) -> list[Any]:
        """Ends the server and returns what was sent to it."""
        self.process.terminate()
        assert self.process.stdout is not None
        return [json.loads(line) for line in self.process.stdout]


@contextmanager
def grpc_collector(packages: Path) -> Iterator[GrpcCollector]:
    """A server that runs with the packages of a folder."""
    paths = os.pathsep.join((str(packages), str(PROJECT)))
    with subprocess.Popen(
        [sys.executable, "-m", __name__],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield GrpcCollector(int(process.stdout.readline()), process)
        finally:
            process.terminate()


def serve() -> None:
    from concurrent.futures import ThreadPoolExecutor

    import grpc
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as service
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as rpc

    class Service(rpc.TraceServiceServicer):
        def Export(self, request: Any, context: Any) -> Any:
            spans = [
                [span.name, span.span_id.hex()]
                for resource in request.resource_spans
                for scope in resource.scope_spans
                for span in scope.spans
            ]
            metadata = dict(context.invocation_metadata())
            print(json.dumps({"spans": spans, "tenant": metadata.get("x-tenant")}), flush=True)
            return service.ExportTraceServiceResponse()

    server = grpc.server(ThreadPoolExecutor(2))
    rpc.add_TraceServiceServicer_to_server(Service(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    serve()
