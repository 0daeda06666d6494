"""The template's HTTP API as plain values: routes, authorizers, CORS, throttling, access log.

SAM writes the API as an OpenAPI document with API Gateway's extensions; this reads that document back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.resolve import Resolver
from local.resources import function_name_of
from local.translate import TemplateError

INVOCATIONS = "/functions/"


@dataclass(frozen=True, slots=True)
class JwtAuthorizer:
    """`header` is the lower-case name of the header that carries the token."""

    issuer: str
    audience: tuple[str, ...]
    header: str


@dataclass(frozen=True, slots=True)
class Route:
    """`key` as in events: `GET /v1/executions/{execution_id}`. One of `scopes` is enough (API Gateway's rule)."""

    method: str
    path: str
    function_name: str
    authorizer: JwtAuthorizer | None
    scopes: tuple[str, ...]

    @property
    def key(self) -> str:
        """The route as API Gateway writes it: `GET /v1/executions`."""
        return "$default" if self.path == "/$default" else f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Throttle:
    """`burst` requests at once, and `rate` a second. By default: the quota of an account."""

    rate: float = 10_000.0
    burst: int = 5_000


@dataclass(frozen=True, slots=True)
class HttpApiDefinition:
    """An HTTP API with its routes and limits.

    `cors` are API Gateway's own settings (`allowOrigins`, ...), empty where there are none. `route_throttles`: by their
    keys, routes with a throttle of their own.
    """

    api_id: str
    routes: tuple[Route, ...]
    cors: Mapping[str, Any]
    throttle: Throttle
    access_log_format: str
    route_throttles: Mapping[str, Throttle] = field(default_factory=dict)


def read_http_api(resolver: Resolver) -> HttpApiDefinition:
    """The template's one HTTP API. Raises TemplateError where it has none, or what this gateway does not do."""
    logical_ids = resolver.logical_ids("AWS::ApiGatewayV2::Api")
    if len(logical_ids) != 1:
        raise TemplateError(f"expected one HTTP API, found {len(logical_ids)}")
    document = resolver.properties(logical_ids[0])["Body"]
    authorizers = read_authorizers(document)
    stage = read_stage(resolver)
    return HttpApiDefinition(
        api_id=resolver.attribute(logical_ids[0], ""),
        routes=tuple(read_routes(document, authorizers)),
        cors=document.get("x-amazon-apigateway-cors") or {},
        throttle=read_throttle(stage.get("DefaultRouteSettings", {})),
        route_throttles={
            key: read_throttle(settings) for key, settings in stage.get("RouteSettings", {}).items()
        },
        access_log_format=stage.get("AccessLogSettings", {}).get("Format", ""),
    )


def read_stage(resolver: Resolver) -> dict[str, Any]:
    """Returns the properties of the stage $default. Raises TemplateError."""
    stages = [
        resolver.properties(name) for name in resolver.logical_ids("AWS::ApiGatewayV2::Stage")
    ]
    if [stage["StageName"] for stage in stages] != ["$default"]:
        raise TemplateError("only an API with the one stage $default runs here")
    return stages[0]


def read_throttle(settings: dict[str, Any]) -> Throttle:
    """Returns the throttle of the settings of a stage or a route. Raises TemplateError for other settings."""
    unknown = sorted(set(settings) - {"ThrottlingBurstLimit", "ThrottlingRateLimit"})
    if unknown:
        raise TemplateError(f"{', '.join(unknown)} of routes do not run here")
    quota = Throttle()
    return Throttle(
        float(settings.get("ThrottlingRateLimit", quota.rate)),
        int(settings.get("ThrottlingBurstLimit", quota.burst)),
    )


def read_authorizers(document: dict[str, Any]) -> dict[str, JwtAuthorizer]:
    """Returns the JWT authorizers by name. Raises TemplateError."""
    authorizers = {}
    for name, scheme in document.get("components", {}).get("securitySchemes", {}).items():
        settings = scheme["x-amazon-apigateway-authorizer"]
        source = settings.get("identitySource", "")
        prefix = "$request.header."
        if settings.get("type") != "jwt" or not source.startswith(prefix):
            raise TemplateError(f"authorizer {name}: only JWTs in a header are checked here")
        jwt = settings["jwtConfiguration"]
        authorizers[name] = JwtAuthorizer(
            jwt["issuer"], tuple(jwt["audience"]), source.removeprefix(prefix).lower()
        )
    return authorizers


def read_routes(document: dict[str, Any], authorizers: dict[str, JwtAuthorizer]) -> list[Route]:
    """Returns the routes of the OpenAPI document. Raises TemplateError."""
    routes = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            integration = operation["x-amazon-apigateway-integration"]
            if integration.get("payloadFormatVersion") != "2.0":
                raise TemplateError(f"{method} {path}: only payload format 2.0 runs here")
            security = operation.get("security") or [{}]
            ((name, scopes),) = security[0].items() or ((None, ()),)
            routes.append(
                Route(
                    method="ANY" if method == "x-amazon-apigateway-any-method" else method.upper(),
                    path=path,
                    function_name=integrated_function(integration["uri"]),
                    authorizer=None if name in (None, "NONE") else authorizers[name],
                    scopes=tuple(scopes),
                )
            )
    return routes


def integrated_function(uri: str) -> str:
    """`arn:…:lambda:path/2015-03-31/functions/FUNCTION-ARN/invocations` -> the function's name."""
    start = uri.index(INVOCATIONS) + len(INVOCATIONS)
    return function_name_of(uri[start : uri.rindex("/invocations")])
