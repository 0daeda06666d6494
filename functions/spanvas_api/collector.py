"""Spans that the API's functions write themselves, sent to the OTLP endpoint that the executors send theirs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from spanvas.collector.http import OtlpHttp
from spanvas.collector.results import ExportOutcome, ExportResult
from spanvas.model.span import Span
from spanvas.otel_variables import GRPC, OtelVariables, OtlpTarget
from spanvas.otlp.conventions import as_exported
from spanvas.otlp.export_safe import place_of
from spanvas.otlp.protobuf_export import encode_protobuf
from spanvas.settings import Settings

NOT_SENT: Final = ExportResult(ExportOutcome.TAKEN)
NO_GRPC: Final = (
    "the API's functions speak OTLP over HTTP alone, and OTEL_EXPORTER_OTLP_PROTOCOL is grpc"
)

LONGEST_SECONDS: Final = 3.0
"""Of one request: less than a sweep keeps for its own end."""


def has_endpoint(settings: Settings, environment: Mapping[str, str]) -> bool:
    """Returns whether spans are sent anywhere. Arguments are those of `send`."""
    return _target(settings, environment) is not None


def send(
    settings: Settings, environment: Mapping[str, str], spans: Sequence[tuple[str, Span]]
) -> ExportResult:
    """Sends spans, each with the id of its execution, in one request. Returns what the endpoint has made of it.

    Nothing is sent where there is none. `environment` names the proxy, and has OpenTelemetry's own variables.
    """
    target = _target(settings, environment)
    if target is None:
        return NOT_SENT
    if target.protocol == GRPC:
        return ExportResult(ExportOutcome.REFUSED, message=NO_GRPC)
    target.timeout_seconds = min(target.timeout_seconds, LONGEST_SECONDS)
    sent = [(execution_id, as_exported(span, {})) for execution_id, span in spans]
    places = {id(span): place_of(execution_id, span) for execution_id, span in sent}
    post = OtlpHttp(target, environment)
    try:
        return post(encode_protobuf([span for _, span in sent], lambda span: places[id(span)]))
    finally:
        post.close()


def _target(settings: Settings, environment: Mapping[str, str]) -> OtlpTarget | None:
    return OtelVariables(environment).target(
        settings.otlp_endpoint, settings.otlp_headers, settings.otlp_certificate
    )
