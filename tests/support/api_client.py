"""Calls the API's handler as the gateway does: real events in, answers out, each held against the OpenAPI document."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zstandard
from jsonschema import Draft202012Validator

from local.gateway.definition import Route
from local.gateway.routing import Router, decoded_path
from spanvas_api.event_path import with_encoded_path
from spanvas_api.route_schema import GREEDY_PATH, TEMPO_GREEDY_PATH
from spanvas_api.routes import ROUTES
from tools.openapi import document

EVENTS = Path(__file__).parents[2] / "events"
ALL_SCOPES = (
    "executions:read executions:start trace:read trace:content trace:artifact"
    " trace:delete trace:hold audit:read"
)
API = document()
GREEDY = [Route(method, GREEDY_PATH, "", None, ()) for method in ("GET", "POST", "DELETE")]
GREEDY.append(Route("GET", TEMPO_GREEDY_PATH, "", None, ()))
ROUTER = Router([*(Route(route.method, route.path, "", None, ()) for route in ROUTES), *GREEDY])


@dataclass(frozen=True)
class LambdaContext:
    """What Powertools' logger reads of a context."""

    function_name: str = "trace-api"
    memory_limit_in_mb: int = 1024
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:trace-api"
    aws_request_id: str = "5d3a0c3e-8f3b-4f0e-9c1d-1f6c4f1b2a3d"
    remaining_ms: int = 20_000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_ms


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    text: str
    """The body; bytes that are no text are characters of the same numbers."""
    body: bytes = b""

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Client:
    """A signed-in caller. `acting_as` makes another one on the same API."""

    handler: Callable[[dict[str, Any], Any], dict[str, Any]]
    subject: str = "ada"
    tenant: str | None = "acme"
    scope: str | None = ALL_SCOPES
    more_claims: dict[str, str] = field(default_factory=dict)

    def acting_as(self, **changes: Any) -> Client:
        return Client(**{**self.__dict__, **changes})

    def get(self, path: str, headers: Mapping[str, str] | None = None, **query: str) -> Reply:
        return self.call("GET", path, query=query, headers=headers)

    def post(self, path: str, body: Any = None, *, raw: str | None = None) -> Reply:
        text = raw if raw is not None else json.dumps(body) if body is not None else None
        return self.call("POST", path, body=text)

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: str | None = None,
    ) -> Reply:
        return self.send(self.event(method, path, query=query, headers=headers, body=body))

    def event(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: str | None = None,
    ) -> dict[str, Any]:
        """An event of the gateway: the one kept in `events/`, for this call and this caller; `path` as sent."""
        event = json.loads((EVENTS / "list-workflows.json").read_text("utf-8"))
        claims = {"sub": self.subject, "tenant": self.tenant, "scope": self.scope}
        event["requestContext"]["authorizer"]["jwt"]["claims"] = {
            name: value for name, value in claims.items() if value is not None
        } | self.more_claims
        decoded = decoded_path(path)
        event["requestContext"]["http"] |= {"method": method, "path": decoded}
        event["rawPath"] = decoded
        if found := ROUTER.find(method, decoded):
            event["routeKey"] = event["requestContext"]["routeKey"] = found[0].key
            event["pathParameters"] = found[1]
        else:  # no gateway would send it
            event["routeKey"] = event["requestContext"]["routeKey"] = "$default"
        event["headers"] = {"host": "api.example.com", **(headers or {})}
        if query:
            event["queryStringParameters"] = dict(query)
        if body is not None:
            event["body"] = body
        return event

    def send(self, event: dict[str, Any]) -> Reply:
        answer = self.handler(event, LambdaContext())
        body = _body(answer)
        reply = Reply(answer["statusCode"], answer["headers"], _text(answer, body), body)
        method = event["requestContext"]["http"]["method"]
        assert_documented(method, with_encoded_path(event)["rawPath"], reply)
        return reply


def _body(answer: dict[str, Any]) -> bytes:
    body: str = answer["body"]
    if not answer["isBase64Encoded"]:
        return body.encode()
    data = base64.b64decode(body)
    match answer["headers"].get("Content-Encoding"):
        case "gzip":
            data = gzip.decompress(data)
        case "zstd":
            data = zstandard.ZstdDecompressor().decompress(data, max_output_size=2**26)
    return data


def _text(answer: dict[str, Any], body: bytes) -> str:
    is_binary = answer["headers"].get("Content-Type") == "application/protobuf"
    return body.decode("latin-1" if is_binary else "utf-8")


def assert_documented(method: str, path: str, reply: Reply) -> None:
    """The answer has the status, the media type and the shape that the OpenAPI document promises."""
    assert reply.headers["Cache-Control"] == "private, no-store"
    media_type = reply.headers.get("Content-Type", "").partition(";")[0]
    if path.startswith("/api/") and reply.status == 404 and media_type == "text/plain":
        return
    if reply.status == 500 or (reply.status == 404 and "unknown-route" in reply.text):
        assert_shape("Problem", reply.json)
        return
    operation = _operation(method, path)
    documented = operation["responses"][str(reply.status)]
    if "content" not in documented:
        assert reply.text == ""
        return
    schema = documented["content"][media_type]["schema"]
    if "$ref" not in schema:
        return
    assert_shape(schema["$ref"].rsplit("/", 1)[-1], reply.json)


def assert_shape(name: str, value: Any) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": API["components"]}
    Draft202012Validator(schema).validate(value)


def _operation(method: str, path: str) -> dict[str, Any]:
    for route in ROUTES:
        if route.method == method and re.fullmatch(re.sub(r"{\w+}", "[^/]+", route.path), path):
            return API["paths"][route.path][method.lower()]
    raise AssertionError(f"{method} {path} is not documented")
