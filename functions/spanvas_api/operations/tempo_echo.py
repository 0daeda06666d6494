"""That the API is there and takes the caller's token: what Grafana's "Save & test" asks."""

from __future__ import annotations

from spanvas_api.auth import authorize
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.services import Services
from spanvas_api.tempo.shapes import text


def tempo_echo(request: ApiRequest, _: Services) -> ApiResponse:
    """Returns the word `echo`, as Tempo does."""
    authorize(request.principal, "tempo_echo")
    return text("echo")
