"""What sends spans by OTLP: our own client, or OpenTelemetry's exporters of the function's package or of a layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from spanvas.collector.results import ExportResult
from spanvas.model.span import Span
from spanvas.otel_variables import GRPC, OtlpTarget
from spanvas.settings import OTEL_EXPORTER
from spanvas.tracing.health import Health
from spanvas.tracing.otlp_exporter import SpanSink

NO_EXPORTER: Final = (
    "opentelemetry-exporter-otlp is neither in the function's package nor in a layer of it, as OtlpExporterLayerArn "
    "(%s): Spanvas sends the spans itself"
)


def sink_to(target: OtlpTarget, exporter: str, health: Health) -> SpanSink:
    """Returns a sink for a target. `exporter` is the setting of that name.

    gRPC is spoken by OpenTelemetry's exporter alone. Raises ValueError where the target needs it and it is not there.
    """
    if exporter == OTEL_EXPORTER or target.protocol == GRPC:
        try:
            from spanvas.tracing.stock_exporter import stock_sink

            return stock_sink(target)
        except ImportError as error:
            if target.protocol == GRPC:
                raise ValueError(
                    "OTEL_EXPORTER_OTLP_PROTOCOL=grpc needs opentelemetry-exporter-otlp-proto-grpc in the function's "
                    f"package or in a layer of it, as OtlpExporterLayerArn: {error}"
                ) from error
            health.say_once("otlp.no_exporter", NO_EXPORTER, error)
    return http_sink(target)


def http_sink(target: OtlpTarget) -> SpanSink:
    """Returns a sink that posts protobuf."""
    from spanvas.collector.http import OtlpHttp
    from spanvas.environment import aws_variables
    from spanvas.otlp.protobuf_export import encode_protobuf

    post = OtlpHttp(target, aws_variables())

    def send(spans: Sequence[Span], place_of: Callable[[Span], str]) -> ExportResult:
        return post(encode_protobuf(spans, place_of))

    return send
