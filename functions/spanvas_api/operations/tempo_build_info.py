"""Which version of Tempo's API this is: Grafana asks for it to know what it may call."""

from __future__ import annotations

from typing import Final

from spanvas.version import VERSION
from spanvas_api.auth import authorize
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.services import Services

TEMPO_VERSION: Final = "3.1.0"
"""The version of Tempo whose answers these are shaped after."""


def tempo_build_info(request: ApiRequest, _: Services) -> ApiResponse:
    """Returns `wire.TempoBuildInfo`."""
    authorize(request.principal, "tempo_build_info")
    return ApiResponse(
        {
            "version": TEMPO_VERSION,
            "revision": VERSION,
            "branch": "spanvas",
            "buildDate": "",
            "buildUser": "",
            "goVersion": "",
        }
    )
