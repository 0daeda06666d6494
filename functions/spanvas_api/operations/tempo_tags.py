"""The names that a search may ask for, in one list: the first version of Tempo's API."""

from __future__ import annotations

from spanvas_api.auth import authorize
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.services import Services
from spanvas_api.tempo.shapes import scopes_of, tags_of


def tempo_tags(request: ApiRequest, _: Services) -> ApiResponse:
    """Returns `wire.TempoTagsResponse`. Raises InvalidInputError for a scope that Tempo has not."""
    authorize(request.principal, "tempo_tags")
    names = [name for scope in scopes_of(request.query) for name in tags_of(scope)]
    return ApiResponse({"tagNames": sorted(names), "metrics": {}})
