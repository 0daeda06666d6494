"""The API and the OTLP endpoint as HTTP servers for real clients, in this process.

The gateway is the local stack's, with the routes and the authorizer of `template.yaml` and a real issuer of tokens;
behind it the functions' own handlers, over a store in memory, without sandboxes. What is not there: Lambda.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.gateway.definition import JwtAuthorizer, Throttle, read_http_api
from local.gateway.http_api import HttpApi
from local.http_message import Request, Response
from local.http_server import HttpServer
from local.identity.issuer import Issuer
from local.lambdas.invocation import Invocation, InvocationResult, failure
from local.resources import read_functions
from spanvas.settings import Settings
from spanvas.storage.port import TraceStore
from spanvas_api.handlers import deletion, http_api, otlp_ingest
from spanvas_api.ingest.ingest import Ingest
from spanvas_api.services import Services
from tests.support.api_client import LambdaContext
from tests.support.aws_from_template import deployed_stack, translated_template

AUDIENCE = "spanvas"
Handle = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass
class Endpoint:
    """A running endpoint. `answers` are those of the gateway, in order: method, path and status."""

    url: str
    issuer: Issuer
    answers: list[tuple[str, str, int]]

    def token(self, client_id: str) -> str:
        """Of one of the demo clients (`local/identity/clients.py`), with all scopes that it may have."""
        client = self.issuer.clients[client_id]
        return self.issuer.signer.access_token(client.subject, client_id, client.scopes)


class InProcess:
    """Invokes handlers by the logical ids of their functions. What they log is not shown."""

    def __init__(self, handlers: Mapping[str, Handle]) -> None:
        functions = read_functions(deployed_stack(), translated_template())
        names = {function.logical_id: function.name for function in functions}
        self._handlers = {names[logical_id]: handler for logical_id, handler in handlers.items()}

    def invoke(self, name: str, invocation: Invocation) -> InvocationResult:
        try:
            with redirect_stdout(StringIO()):
                answer = self._handlers[name](json.loads(invocation.payload), LambdaContext())
        except Exception as error:  # noqa: BLE001 - as Lambda does
            return failure(type(error).__name__, str(error))
        return InvocationResult(json.dumps(answer).encode())


@contextmanager
def serving(
    store: TraceStore, log: Path, *, services: Services | None = None, **settings: Any
) -> Iterator[Endpoint]:
    """Serve the API and the OTLP endpoint over this store; `settings` are the latter's."""
    reading = services or Services(Settings(enabled=True, table="traces"), make_store=lambda: store)
    ingest = Ingest(
        Services(Settings(enabled=True, table="traces", **settings), make_store=lambda: store)
    )
    handlers = {
        "TraceApiFunction": http_api.make_handler(lambda: reading),
        "DeletionFunction": deletion.make_handler(lambda: reading),
        "OtlpIngestFunction": otlp_ingest.make_handler(lambda: ingest),
    }
    issuer_server = HttpServer(name="issuer")
    issuer = Issuer(
        issuer_server.url, audience=AUDIENCE, redirect_uris=frozenset(), origins=frozenset()
    )
    issuer_server.start(issuer.handle)
    api = HttpApi(
        definition_for(issuer.url), InProcess(handlers), account_id="123456789012", log=log
    )
    answers: list[tuple[str, str, int]] = []

    def handle(request: Request) -> Response:
        response = api.handle(request)
        answers.append((request.method, urlsplit(request.path).path, response.status))
        return response

    server = HttpServer(name="api").start(handle)
    try:
        yield Endpoint(server.url, issuer, answers)
    finally:
        server.stop()
        api.stop()
        issuer_server.stop()


def definition_for(issuer_url: str) -> Any:
    """The template's API, its authorizers pointed at this issuer, and without its throttle."""
    definition = read_http_api(deployed_stack())
    authorizer = JwtAuthorizer(issuer_url, (AUDIENCE,), "authorization")
    routes = tuple(
        replace(route, authorizer=authorizer if route.authorizer else None)
        for route in definition.routes
    )
    return replace(definition, routes=routes, throttle=Throttle(burst=10**6), route_throttles={})
