"""The values that a name has had of late, with their types: what Grafana offers while a query is written."""

from __future__ import annotations

from spanvas.model.errors import InvalidInputError
from spanvas_api.auth import authorize
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.services import Services
from spanvas_api.tempo.fields import BY_NAME, INTRINSICS_OF_TEMPO
from spanvas_api.tempo.tag_values import asked_name, type_of, values_of
from spanvas_api.tempo.tokens import is_attribute


def tempo_tag_values_v2(request: ApiRequest, services: Services) -> ApiResponse:
    """Returns `wire.TempoTagValuesV2Response`; no values for a name that cannot be searched for.

    Raises InvalidInputError for what is neither an intrinsic nor an attribute with its scope.
    """
    authorize(request.principal, "tempo_tag_values_v2")
    name = asked_name(request)
    field = BY_NAME.get(name)
    if field is None:
        if name not in INTRINSICS_OF_TEMPO and not is_attribute(name):
            raise InvalidInputError(
                "tag name is not valid intrinsic or scoped attribute", name[:80]
            )
        return ApiResponse({"tagValues": [], "metrics": {}})
    values = values_of(request, services, field)
    shown = [{"type": type_of(field), "value": str(value)} for value in values]
    return ApiResponse({"tagValues": shown, "metrics": {}})
