"""Spans that the API's functions write themselves, sent to the OTLP endpoint that the executors send theirs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from spanvas.collector.http import OtlpHttp
from spanvas.collector.results import ExportOutcome, ExportResult
from spanvas.model.span import Span
from spanvas.otel_variables import OtelVariables
from spanvas.otlp.conventions import as_exported
from spanvas.otlp.export_safe import place_of
from spanvas.otlp.protobuf_export import encode_protobuf
from spanvas.settings import Settings

NOT_SENT: Final = ExportResult(ExportOutcome.TAKEN)


def send(
    settings: Settings, environment: Mapping[str, str], execution_id: str, span: Span
) -> ExportResult:
    """What the endpoint has made of it; nothing is sent where there is none. `environment` names the proxy, and has
    OpenTelemetry's own variables."""
    target = OtelVariables(environment).target(
        settings.otlp_endpoint, settings.otlp_headers, settings.otlp_certificate
    )
    if target is None:
        return NOT_SENT
    place = place_of(execution_id, span)
    post = OtlpHttp(target, environment)
    try:
        return post(encode_protobuf([as_exported(span, {})], lambda _: place))
    finally:
        post.close()
