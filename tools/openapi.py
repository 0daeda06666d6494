"""The API's reference from its routes and wire models: OpenAPI 3.1, and the same as a page for people."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import (
    GenerateJsonSchema,
    JsonSchemaMode,
    JsonSchemaValue,
    models_json_schema,
)
from pydantic_core import core_schema

from spanvas_api import route_schema, routes, wire
from tools.api_reference import reference_markdown

REF_TEMPLATE = "#/components/schemas/{model}"
GATEWAY_MESSAGE = "GatewayMessage"
BINARY = {"type": "string", "format": "binary"}

_TITLE = "Spanvas trace API"
_DESCRIPTION = (
    "History, traces, spans, artifacts and accesses of workflow executions. Every call needs a bearer token; what it "
    "may see follows from the token's tenant and scopes. Times are unix nanoseconds as decimal strings, money is whole "
    "nano-dollars (1e-9 USD). A field that does not apply is left out. Errors are problem documents (RFC 9457), those "
    "of the OTLP endpoint a google.rpc.Status, those of Tempo's API (`/api`) plain texts; what the gateway refuses by "
    "itself, an object with a message."
)
_STATUS_TEXT = {
    200: "The answer.",
    202: "Queued.",
    304: "Nothing has changed.",
    400: "A parameter, an id or a cursor is malformed; `errors` names it.",
    401: "No valid token.",
    403: "The token lacks the tenant or the scope.",
    404: "Not found, or another tenant's: the two look the same.",
    409: "What is asked contradicts what is stored or set up here.",
    405: "The method is not one that this path has.",
    413: "The body is too large, or holds too much.",
    415: "The body is in a type or coding that is not read here.",
    422: "The body does not fit; `errors` names the fields.",
    429: "Too much at once. Where it is the tenant's own limit, `Retry-After` says when to try again.",
    502: "The backend that spans are read from refuses Spanvas, or answers what is no trace.",
    503: "The store, the executor or the backend that spans are read from did not answer; `Retry-After` says when to "
    "try again.",
    504: "The backend that spans are read from did not answer in time; `Retry-After` says when to try again.",
}


class _OptionalMeansAbsent(GenerateJsonSchema):
    """`x: T | None = None` is a field that may be absent, not one that may be null."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        inner = schema["schema"]
        if inner["type"] == "nullable" and schema.get("default") is None:
            return self.generate_inner(inner["schema"])
        return super().default_schema(schema)


def document() -> dict[str, Any]:
    """Returns the whole OpenAPI document, built from `routes.ALL_ROUTES` and the models of `wire`."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes.ALL_ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": _TITLE,
            "version": "1",
            "description": _DESCRIPTION,
            "license": {"name": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def _schemas() -> dict[str, Any]:
    used = {route.request for route in routes.ALL_ROUTES if route.request}
    used |= {name for route in routes.ALL_ROUTES for name in (route.response, route.error) if name}
    used.add(GATEWAY_MESSAGE)
    inputs: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (getattr(wire, name), "validation") for name in sorted(used)
    ]
    _, definitions = models_json_schema(
        inputs, ref_template=REF_TEMPLATE, schema_generator=_OptionalMeansAbsent
    )
    schemas: dict[str, Any] = definitions["$defs"]
    return {name: _without_titles(schemas[name]) for name in sorted(schemas)}


def _without_titles(schema: dict[str, Any]) -> dict[str, Any]:
    """Pydantic titles every property after itself; generated types read better without. Every model has a docstring."""
    cleaned = {key: value for key, value in schema.items() if key != "title"}
    cleaned["properties"] = {
        name: {key: value for key, value in prop.items() if key != "title"}
        for name, prop in schema.get("properties", {}).items()
    }
    cleaned["description"] = " ".join(cleaned["description"].split())
    return cleaned


def _operation(route: route_schema.Route) -> dict[str, Any]:
    success: dict[str, Any] = {
        "description": _STATUS_TEXT[route.status],
        "content": _content(route, "application/json", route.response),
    }
    if route.response_headers:
        success["headers"] = {
            name: {"description": text, "schema": {"type": "string"}}
            for name, text in route.response_headers.items()
        }
    responses: dict[str, Any] = {str(route.status): success}
    if any(parameter.name == "If-None-Match" for parameter in route.parameters):
        responses["304"] = {"description": _STATUS_TEXT[304]}
    for status in sorted({*route.errors, route_schema.THROTTLED}):
        is_ours = status in route.errors
        content = _content(route, route.error_media_type, route.error) if is_ours else {}
        # An encoded `?` or `/` in an id is one to the gateway, which then has no such route.
        is_no_route = status == 404 and "{" in route.path
        if status in route_schema.GATEWAY_STATUSES or is_no_route:
            content = _or_gateway_message(content)
        responses[str(status)] = {"description": _STATUS_TEXT[status], "content": content}
    operation: dict[str, Any] = {
        "operationId": route.operation,
        "summary": route.summary,
        "security": [{"token": [route.scope, *route.more_scopes]}],
        "responses": responses,
    }
    if route.description:
        operation["description"] = route.description
    if route.parameters:
        operation["parameters"] = [
            {
                "name": parameter.name,
                "in": parameter.location,
                "required": parameter.is_required or parameter.location == "path",
                "description": parameter.description,
                "schema": parameter.schema,
            }
            for parameter in route.parameters
        ]
    if route.request:
        operation["requestBody"] = {
            "required": route.is_request_required,
            "content": _content(route, "application/json", route.request),
        }
    return operation


def _content(route: route_schema.Route, media_type: str, name: str) -> dict[str, Any]:
    """A body in JSON, and in what else the route speaks: the same messages in another encoding. Or a plain text."""
    if not name:
        return {route_schema.PLAIN_TEXT: {"schema": {"type": "string"}}}
    others = {other: {"schema": BINARY} for other in route.other_media_types}
    return {media_type: {"schema": _ref(name)}, **others}


def _or_gateway_message(content: dict[str, Any]) -> dict[str, Any]:
    known = content.get("application/json")
    message = _ref(GATEWAY_MESSAGE)
    schema = {"anyOf": [known["schema"], message]} if known else message
    return {**content, "application/json": {"schema": schema}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": REF_TEMPLATE.format(model=name)}


def files() -> dict[str, str]:
    """Returns the text of openapi.json and of api.md, by file name."""
    api = document()
    return {
        "openapi.json": json.dumps(api, indent=2, ensure_ascii=False) + "\n",
        "api.md": reference_markdown(api),
    }
