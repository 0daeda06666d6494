"""CORS as an HTTP API does it: preflights answered before any route, headers added after any integration.

Source: API Gateway developer guide, "Configure CORS for HTTP APIs". A function's own CORS headers are ignored.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from local.gateway.definition import CorsRules
from local.http_message import Request, Response

PREFIX = "access-control-"


def is_preflight(request: Request) -> bool:
    """Returns whether a browser asks before it sends the request itself."""
    headers = request.headers
    return (
        request.method == "OPTIONS"
        and "origin" in headers
        and "access-control-request-method" in headers
    )


def preflight(rules: CorsRules, request: Request) -> Response:
    """204 with what is allowed; with no header at all where the origin is not."""
    origin = request.headers.get("origin")
    if not is_allowed(rules, origin):
        return Response(204)
    headers = [
        *origin_headers(rules, origin),
        ("access-control-allow-methods", ",".join(rules.allow_methods)),
        ("access-control-allow-headers", ",".join(rules.allow_headers)),
    ]
    if rules.max_age_seconds is not None:
        headers.append(("access-control-max-age", str(rules.max_age_seconds)))
    return Response(204, b"", headers)


def add_headers(rules: CorsRules | None, request: Request, response: Response) -> None:
    """Adds the CORS headers of an answer; those of the function are dropped, as API Gateway does."""
    if rules is None:
        return
    response.headers = [field for field in response.headers if not field[0].startswith(PREFIX)]
    origin = request.headers.get("origin")
    if not origin or not is_allowed(rules, origin):
        return
    response.headers += origin_headers(rules, origin)
    if rules.expose_headers:
        exposed = ",".join(rules.expose_headers)
        response.headers.append(("access-control-expose-headers", exposed))


def origin_headers(rules: CorsRules, origin: str) -> list[tuple[str, str]]:
    """Returns the headers that allow an origin."""
    allowed = "*" if "*" in rules.allow_origins and not rules.allow_credentials else origin
    headers = [("access-control-allow-origin", allowed), ("vary", "origin")]
    if rules.allow_credentials:
        headers.append(("access-control-allow-credentials", "true"))
    return headers


def is_allowed(rules: CorsRules, origin: str) -> bool:
    """Exact, `*`, or a scheme with `*` (`https://*`)."""
    return any(fnmatchcase(origin, pattern) for pattern in rules.allow_origins)
