"""A trace by its id, in the second version of Tempo's API: in protobuf for Grafana, in JSON for people."""

from __future__ import annotations

from spanvas_api.http.encoding import json_bytes
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.services import Services
from spanvas_api.tempo.reading import Recording, answered, read_spans_of
from spanvas_api.tempo.shapes import JSON, PROTOBUF, trace_json, trace_protobuf, wants_protobuf


def tempo_trace(request: ApiRequest, services: Services) -> ApiResponse:
    """Returns `wire.TempoTraceById`, recorded as an access first. A trace that is not there is an empty one."""
    with Recording(request, services) as recording:
        found = read_spans_of(request, services, "tempo_trace", recording)
        if wants_protobuf(request.headers.get("accept")):
            return answered(request, found, trace_protobuf, PROTOBUF)
        return answered(request, found, lambda *said: json_bytes(trace_json(*said)), JSON)
