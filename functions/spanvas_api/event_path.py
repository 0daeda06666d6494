"""The path of an HTTP API event, so that it can be split at its slashes.

HTTP APIs decode the path before they look for the route: `/v1/executions/patients%2F7` has two segments where the
caller wrote one, and comes by the greedy route. An id with `/` or `?` in it that is encoded twice comes by its own.
Seen on the real one: github.com/aws/aws-lambda-dotnet/pull/1901 (paths and path parameters are decoded, no route is
found for `%2F`), github.com/hotsock/voker/pull/8 (the path ends at a decoded `?`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import quote

from spanvas_api.route_schema import EXECUTIONS, GREEDY_PATH
from spanvas_api.routes import ROUTES

DEFAULT_STAGE: Final = "$default"


def with_encoded_path(event: dict[str, Any]) -> dict[str, Any]:
    """Returns the event of an HTTP API (payload 2.0) with its path parameters percent-encoded in `rawPath`.

    An event of another gateway, whose `routeKey` is none of ours, is returned as it is.
    """
    method, _, pattern = str(event.get("routeKey", "")).partition(" ")
    found = event.get("pathParameters") or {}
    if pattern == GREEDY_PATH:
        pattern, found = _behind(method, str(found.get("proxy", "")))
    if not any(route.path == pattern and route.method == method for route in ROUTES):
        return event
    path = pattern.format_map({name: quote(text, safe="") for name, text in found.items()})
    stage = event.get("requestContext", {}).get("stage", DEFAULT_STAGE)
    return {**event, "rawPath": path if stage == DEFAULT_STAGE else f"/{stage}{path}"}


def _behind(method: str, rest: str) -> tuple[str, Mapping[str, str]]:
    """Returns the path of the route that is meant by what follows `/v1/executions/`, and its parameters."""
    for pattern, form in _forms(method):
        if found := form.fullmatch(rest):
            return pattern, found.groupdict()
    return "", {}


@cache
def _forms(method: str) -> list[tuple[str, re.Pattern[str]]]:
    """The longest path first: `a/trace` is the trace of `a`."""
    patterns = [route.path for route in ROUTES if route.method == method]
    patterns = [pattern for pattern in patterns if pattern.startswith(f"{EXECUTIONS}/")]
    return [
        (pattern, re.compile(_form_of(pattern.removeprefix(f"{EXECUTIONS}/")), re.DOTALL))
        for pattern in sorted(patterns, key=lambda pattern: -pattern.count("/"))
    ]


def _form_of(pattern: str) -> str:
    form = pattern.replace("{execution_id}", "(?P<execution_id>.+)")
    return re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", form)
