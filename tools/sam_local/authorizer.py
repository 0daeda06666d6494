"""Verifies the tokens of `make sam-local` with the gateway of the local stack, and answers the containers that ask."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from local.gateway.authorizer import ForbiddenError, IssuerKeys, UnauthorizedError, authorize
from local.gateway.definition import Route
from local.gateway.http_api import forbidden, message, unauthorized
from local.http_message import Request, Response


class Authorizer:
    """Answers what `verified` asks: the claims of a call's token, or the gateway's refusal."""

    def __init__(self, routes: Iterable[Route], keys: IssuerKeys | None = None) -> None:
        self._routes = {route.key: route for route in routes}
        self._keys = keys or IssuerKeys()

    def handle(self, request: Request) -> Response:
        """Answers a question; safe to call from many threads."""
        question = json.loads(request.body)
        answer = json.dumps(self.verdict(question["route"], question["authorization"]))
        return Response(200, answer.encode(), [("content-type", "application/json")])

    def verdict(self, route_key: str, header: str) -> dict[str, Any]:
        """Returns `granted` with what the function is to see, or `refused` with the answer of the call."""
        route = self._routes.get(route_key)
        if route is None:
            return refused(message(404, "Not Found"))
        try:
            grant = authorize(route, header, self._keys)
        except UnauthorizedError as error:
            return refused(unauthorized(str(error)))
        except ForbiddenError:
            return refused(forbidden(route))
        return {"granted": asdict(grant) if grant else {}}


def refused(response: Response) -> dict[str, Any]:
    """Returns a response in the form in which functions answer."""
    return {
        "refused": {
            "statusCode": response.status,
            "headers": dict(response.headers),
            "body": response.body.decode(),
        }
    }
