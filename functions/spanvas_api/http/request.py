"""A request and a response as operations see them, without anything of the gateway."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any, NamedTuple

from spanvas.model.units import NANO
from spanvas_api.auth import Principal, principal_of
from spanvas_api.claims import TokenRules


class ApiRequest(NamedTuple):
    """One call. `headers` has lower-case names; `path` and `query` are as the caller wrote them, not yet checked."""

    principal: Principal
    request_id: str
    now_unix_nano: int
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class ApiResponse(NamedTuple):
    """What an operation returns. `payload` is any JSON value, or JSON in bytes; None means no body (304)."""

    payload: Any
    status: int = 200
    headers: Mapping[str, str] = {}


def request_of(
    event: Mapping[str, Any], path: Mapping[str, str], rules: TokenRules, now_unix_nano: int
) -> ApiRequest:
    """Makes an ApiRequest from an HTTP API event (payload 2.0). Raises UnauthenticatedError and ForbiddenError."""
    body = event.get("body") or ""
    return ApiRequest(
        principal=principal_of(event, rules, now_unix_nano / NANO),
        request_id=request_id_of(event),
        now_unix_nano=now_unix_nano,
        path=path,
        query=event.get("queryStringParameters") or {},
        headers=event.get("headers") or {},
        body=b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "replace"),
    )


def request_id_of(event: Mapping[str, Any]) -> str:
    """Returns the gateway's request id; empty where the event has none."""
    return str(event.get("requestContext", {}).get("requestId", ""))
