"""CORS as an HTTP API does it: preflights answered before any route, headers added after any integration.

Source: API Gateway developer guide, "Configure CORS for HTTP APIs". A function's own CORS headers are ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from local.http_message import Request, Response

PREFIX = "access-control-"
Rules = Mapping[str, Any]
"""Settings of an HTTP API, as its OpenAPI document has them."""


def is_preflight(request: Request) -> bool:
    """Returns whether a browser asks before it sends the request itself."""
    headers = request.headers
    return (
        request.method == "OPTIONS"
        and "origin" in headers
        and "access-control-request-method" in headers
    )


def preflight(rules: Rules, request: Request) -> Response:
    """204 with what is allowed; with no header at all where the origin is not."""
    origin = request.headers.get("origin")
    if not is_allowed(rules, origin):
        return Response(204)
    headers = [
        *origin_headers(rules, origin),
        ("access-control-allow-methods", ",".join(rules.get("allowMethods", ()))),
        ("access-control-allow-headers", ",".join(rules.get("allowHeaders", ()))),
    ]
    if "maxAge" in rules:
        headers.append(("access-control-max-age", str(rules["maxAge"])))
    return Response(204, b"", headers)


def add_headers(rules: Rules, request: Request, response: Response) -> None:
    """Adds the CORS headers of an answer; those of the function are dropped, as API Gateway does."""
    if not rules:
        return
    response.headers = [field for field in response.headers if not field[0].startswith(PREFIX)]
    origin = request.headers.get("origin")
    if not origin or not is_allowed(rules, origin):
        return
    response.headers += origin_headers(rules, origin)
    if rules.get("exposeHeaders"):
        exposed = ",".join(rules["exposeHeaders"])
        response.headers.append(("access-control-expose-headers", exposed))


def origin_headers(rules: Rules, origin: str) -> list[tuple[str, str]]:
    """Returns the headers that allow an origin."""
    has_credentials = rules.get("allowCredentials")
    allowed = "*" if "*" in rules["allowOrigins"] and not has_credentials else origin
    headers = [("access-control-allow-origin", allowed), ("vary", "origin")]
    if has_credentials:
        headers.append(("access-control-allow-credentials", "true"))
    return headers


def is_allowed(rules: Rules, origin: str) -> bool:
    """Exact, `*`, or a scheme with `*` (`https://*`)."""
    return any(fnmatchcase(origin, pattern) for pattern in rules.get("allowOrigins", ()))
