"""Traces whose spans fulfil a condition in a part of TraceQL, newest first."""

from __future__ import annotations

from spanvas_api.auth import authorize
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.services import Services
from spanvas_api.tempo.query import search_query
from spanvas_api.tempo.search import search
from spanvas_api.tempo.shapes import search_json


def tempo_search(request: ApiRequest, services: Services) -> ApiResponse:
    """Returns `wire.TempoSearchResponse`: structure alone, whoever asks."""
    authorize(request.principal, "tempo_search")
    asked = search_query(request.query)
    return ApiResponse(search_json(search(services, request.principal, asked), asked))
