"""Spans that the API's functions write themselves, sent to the OTLP endpoint that the executors send theirs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from spanvas.collector.http import OtlpHttp
from spanvas.collector.results import ExportOutcome, ExportResult
from spanvas.model.span import Span
from spanvas.otlp.protobuf_export import encode_protobuf
from spanvas.settings import Settings

NOT_SENT: Final = ExportResult(ExportOutcome.TAKEN)


def send(
    settings: Settings, environment: Mapping[str, str], execution_id: str, span: Span
) -> ExportResult:
    """What the endpoint has made of it; nothing is sent where there is none. `environment` names the proxy."""
    if not settings.otlp_endpoint:
        return NOT_SENT
    place = f"/v1/executions/{execution_id}/spans/{span.span_id}"
    post = OtlpHttp(
        settings.otlp_endpoint, settings.otlp_headers, environment, settings.otlp_certificate
    )
    try:
        return post(encode_protobuf([span], lambda _: place))
    finally:
        post.close()
