"""The names that a search may ask for, by scope."""

from __future__ import annotations

from spanvas_api.auth import authorize
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.services import Services
from spanvas_api.tempo.shapes import scopes_of, tags_of


def tempo_tags_v2(request: ApiRequest, _: Services) -> ApiResponse:
    """Returns `wire.TempoTagsV2Response`. Raises InvalidInputError for a scope that Tempo has not."""
    authorize(request.principal, "tempo_tags_v2")
    scopes = [{"name": scope, "tags": tags_of(scope)} for scope in scopes_of(request.query)]
    return ApiResponse({"scopes": scopes, "metrics": {}})
