"""The third layer, OpenTelemetry's exporters: a function with it sends its spans by gRPC, and by HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runtime.layer_sandbox import LAYERS, LayeredFunctions, answer, build_layers
from tests.support.collector import collector
from tests.support.grpc_collector import grpc_collector

pytestmark = pytest.mark.runtime

PATIENT = "30000"
"""The first spans wait for the exporter to be imported and connected, and a frozen sandbox sends nothing."""
WITH_EXPORTER = {**LAYERS, "OtlpExporterLayer": "layers/otlp-exporter"}


@pytest.fixture(scope="module")
def opt() -> Path:
    """All three layers, built by their Makefiles from their locks."""
    return build_layers(layers=WITH_EXPORTER)


def stored_ids(functions: LayeredFunctions, execution_id: str) -> set[tuple[str, str]]:
    trace = functions.engines.store.read_trace("acme", execution_id)
    assert trace is not None
    return {(row.name, row.span_id) for row in trace.rows}


def test_spans_arrive_by_grpc_with_the_ids_of_the_store(
    functions: LayeredFunctions, opt: Path
) -> None:
    with grpc_collector(opt / "python") as receiver:
        sandbox = functions.start(
            "layered.handler",
            opt=opt,
            SPANVAS_FLUSH_BUDGET_MS=PATIENT,
            SPANVAS_OTLP_EXPORTER="otel",
            SPANVAS_OTLP_ENDPOINT=f"http://127.0.0.1:{receiver.port}",
            SPANVAS_OTLP_HEADERS="X-Tenant=acme",
            OTEL_EXPORTER_OTLP_PROTOCOL="grpc",
        )
        try:
            answer(sandbox, {"execution_id": "by-grpc"})
        finally:
            sandbox.kill()
        (sent,) = receiver.requests()
    assert sent["tenant"] == "acme"
    assert {(name, span_id) for name, span_id in sent["spans"]} == stored_ids(functions, "by-grpc")


def test_spans_arrive_by_http_through_the_stock_exporter(
    functions: LayeredFunctions, opt: Path
) -> None:
    with collector() as receiver:
        sandbox = functions.start(
            "layered.handler",
            opt=opt,
            SPANVAS_FLUSH_BUDGET_MS=PATIENT,
            SPANVAS_OTLP_EXPORTER="otel",
            SPANVAS_OTLP_ENDPOINT=receiver.url,
        )
        try:
            answer(sandbox, {"execution_id": "by-http"})
        finally:
            sandbox.kill()
    sent = {(span.name, span.span_id.hex()) for span in receiver.spans()}
    assert sent == stored_ids(functions, "by-http")
    ((path, headers, _),) = receiver.requests
    assert path == "/v1/traces"
    assert headers["user-agent"].startswith("OTel-OTLP-Exporter-Python/")
