"""Which route answers a request, and with which path parameters.

Source: API Gateway developer guide, "Create routes for HTTP APIs": a full match first, then `{proxy+}`, then
`$default`; a route of the request's method before one of `ANY`.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote

from local.gateway.definition import Route

GREEDY = "+}"


class Router:
    """Matches on segments of the decoded path: as API Gateway does, it takes an encoded slash for a slash."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._default = next((route for route in routes if route.path == "/$default"), None)
        self._routes = sorted(
            (route for route in routes if route.path != "/$default"), key=specificity
        )

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """Returns the route that takes a request, and its path parameters. `path` is as `decoded_path` has it."""
        segments = path.split("/")
        for route in self._routes:
            if route.method not in (method, "ANY"):
                continue
            parameters = match(route.path.split("/"), segments)
            if parameters is not None:
                return route, parameters
        return (self._default, {}) if self._default else None


def decoded_path(raw_path: str) -> str:
    """Returns the path as routes and functions have it: decoded once, and cut at a `?` that was encoded.

    Seen on the real one: github.com/aws/aws-lambda-dotnet/pull/1901, github.com/hotsock/voker/pull/8.
    """
    return unquote(raw_path).partition("?")[0]


def specificity(route: Route) -> tuple[bool, int, bool]:
    """Greedy routes last, among them and before them the one with most literal segments first, `ANY` after a method."""
    segments = route.path.split("/")
    literals = sum(not segment.startswith("{") for segment in segments)
    return (route.path.endswith(GREEDY), -literals, route.method == "ANY")


def match(pattern: Sequence[str], segments: Sequence[str]) -> dict[str, str] | None:
    """Returns path parameters where the segments fit the pattern, else None; a parameter is never empty."""
    parameters: dict[str, str] = {}
    for index, part in enumerate(pattern):
        if part.startswith("{") and part.endswith(GREEDY):
            rest = "/".join(segments[index:])
            if not rest:
                return None
            return {**parameters, part[1:-2]: rest}
        if index >= len(segments):
            return None
        if part.startswith("{"):
            if not segments[index]:
                return None
            parameters[part[1:-1]] = segments[index]
        elif part != segments[index]:
            return None
    return parameters if len(pattern) == len(segments) else None
