"""A trace by its id, in the first version of Tempo's API, which older Grafanas and Jaeger's page ask for."""

from __future__ import annotations

from spanvas_api.http.encoding import json_bytes
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.services import Services
from spanvas_api.tempo.reading import Recording, answered, read_spans_of
from spanvas_api.tempo.shapes import (
    JSON,
    PROTOBUF,
    bare_protobuf,
    batches_json,
    text,
    wants_protobuf,
)


def tempo_trace_v1(request: ApiRequest, services: Services) -> ApiResponse:
    """Returns `wire.TempoTrace`, recorded as an access first; 404 for a trace that is not there."""
    with Recording(request, services) as recording:
        found = read_spans_of(request, services, "tempo_trace_v1", recording)
        if not found.spans:
            return text("; ".join(["trace not found", *found.missing]), 404)
        if wants_protobuf(request.headers.get("accept")):
            return answered(request, found, bare_protobuf, PROTOBUF)
        return answered(request, found, lambda *said: json_bytes(batches_json(*said)), JSON)
