"""The values that a name has had of late, as texts: the first version of Tempo's API."""

from __future__ import annotations

from spanvas_api.auth import authorize
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.services import Services
from spanvas_api.tempo.fields import BY_NAME
from spanvas_api.tempo.tag_values import asked_name, values_of


def tempo_tag_values(request: ApiRequest, services: Services) -> ApiResponse:
    """Returns `wire.TempoTagValuesResponse`; no values for a name that cannot be searched for."""
    authorize(request.principal, "tempo_tag_values")
    name = asked_name(request)
    field = BY_NAME.get(name) or BY_NAME.get(f".{name}")
    values = values_of(request, services, field) if field else []
    return ApiResponse({"tagValues": [str(value) for value in values], "metrics": {}})
