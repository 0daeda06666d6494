"""OpenTelemetry's own exporter sends what ours sends, to the same targets."""

from __future__ import annotations

import gzip
import sys
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from spanvas.collector.results import ExportOutcome, ExportResult
from spanvas.model.span import Event, Link, Span
from spanvas.otel_variables import GRPC, OtlpTarget
from spanvas.tracing.health import Health
from spanvas.tracing.sinks import sink_to
from tests.support.builders import make_span, span_id
from tests.support.otlp_server import serving

OK = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
RESOURCE = {"service.name": "brief", "aws.log.group.names": ["/aws/lambda/brief"]}


def spans() -> list[Span]:
    return [
        make_span(
            "chat",
            "root",
            attributes={
                "gen_ai.request.model": "m",
                "spanvas.input": "x" * 50_000,
                "list": [1, 2],
                "map": {"a": {"b": 1}},
                "half": 0.5,
                "yes": True,
            },
            events=(Event("tried", 5, {"n": 1}),),
            links=(Link("0af7651916cd43dd8448eb211c80319c", span_id("other"), {"why": "retry"}),),
            status="error",
            status_message="refused",
            otel_kind="client",
            resource=RESOURCE,
            scope_name="spanvas",
            scope_version="1",
        ),
        make_span("root", resource=RESOURCE),
    ]


def sent(exporter: str) -> Any:
    with serving(OK) as server:
        target = OtlpTarget(f"http://127.0.0.1:{server.port}/v1/traces", {"x-tenant": "acme"})
        sink = sink_to(target, exporter, Health())
        assert (
            sink(spans(), lambda span: f"/v1/spans/{span.span_id}").outcome is ExportOutcome.TAKEN
        )
    (request,) = server.asked
    head, _, body = request.partition(b"\r\n\r\n")
    assert b"x-tenant: acme" in head.lower()
    message = ExportTraceServiceRequest.FromString(gzip.decompress(body))
    return normal(MessageToDict(message))


def normal(message: dict[str, Any]) -> Any:
    """Spans by their id: the order of groups and of attributes is each exporter's own."""
    found = {}
    for resource in message["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                span.pop("flags", None)
                for link in span.get("links", []):
                    link.pop("flags", None)
                span["attributes"] = sorted(
                    span.get("attributes", []), key=lambda attribute: str(attribute["key"])
                )
                at = (str(resource["resource"]), str(scope.get("scope")))
                found[span["spanId"]] = (at, span)
    return found


def test_both_exporters_send_the_same_spans() -> None:
    assert sent("otel") == sent("spanvas")


def test_an_endpoint_that_refuses_is_a_failure_that_may_pass() -> None:
    with serving(
        b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    ) as server:
        sink = sink_to(OtlpTarget(f"http://127.0.0.1:{server.port}/v1/traces"), "otel", Health())
        assert sink(spans(), lambda span: "") == ExportResult(
            ExportOutcome.LATER,
            message="OpenTelemetry's exporter could not send the spans; its own log lines say why",
        )


@pytest.fixture
def without_exporter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http", None)
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.grpc", None)


@pytest.mark.usefixtures("without_exporter")
def test_an_exporter_that_is_not_there_is_told_once_and_ours_sends() -> None:
    health = Health()
    with serving(OK) as server:
        target = OtlpTarget(f"http://127.0.0.1:{server.port}/v1/traces")
        sink = sink_to(target, "otel", health)
        assert sink(spans(), lambda span: "") == ExportResult(ExportOutcome.TAKEN)
    assert health.counts() == {"otlp.no_exporter": 1}


@pytest.mark.usefixtures("without_exporter")
def test_grpc_without_its_exporter_is_named() -> None:
    with pytest.raises(ValueError, match=r"^OTEL_EXPORTER_OTLP_PROTOCOL=grpc needs opentelemetry-"):
        sink_to(OtlpTarget("http://127.0.0.1:4317", protocol=GRPC), "spanvas", Health())
