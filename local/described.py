"""What a stack says of itself: to its template, as parameters, and to the programs of the user, as a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from local.engines.aws import S3
from local.identity.clients import DEMO_TENANT, PAGE_CLIENT_ID
from local.identity.issuer import Issuer
from local.resolve import Resolver
from local.resources import Function

AUDIENCE: Final = "spanvas"

SETTINGS: Final = {
    "SPANVAS_JWT_ISSUER": "JwtIssuer",
    "SPANVAS_JWT_AUDIENCE": "JwtAudience",
    "SPANVAS_TENANT_CLAIM": "TenantClaim",
    "SPANVAS_WORKFLOWS_CLAIM": "WorkflowsClaim",
    "SPANVAS_OTLP_ENDPOINT": "OtlpEndpoint",
    "SPANVAS_OTLP_HEADERS": "OtlpHeaders",
    "SPANVAS_SPAN_SOURCE": "SpanSource",
    "SPANVAS_SPAN_SOURCE_URL": "SpanSourceUrl",
    "SPANVAS_SPAN_SOURCE_HEADERS": "SpanSourceHeaders",
    "SPANVAS_SPAN_SOURCE_TENANT_HEADER": "SpanSourceTenantHeader",
}
"""What the layer and the doctor are told of the stack, by the parameter of the template that says it."""


class Described(Protocol):
    """What is said of a stack; the stack itself has it."""

    issuer: Issuer
    otlp_url: str
    connections: str
    endpoints: dict[str, str]
    functions: list[Function]
    resolver: Resolver

    @property
    def url(self) -> str:
        """The address of the page."""

    @property
    def environment(self) -> Mapping[str, str]:
        """Credentials and region."""


def parameters_of(stack: Described) -> dict[str, str]:
    """Returns the parameters of the template that are addresses of this machine, or go with them."""
    return {
        "JwtIssuer": stack.issuer.url,
        "JwtAudience": AUDIENCE,
        "ClientId": PAGE_CLIENT_ID,
        "AllowedOrigins": stack.url,
        "OtlpEndpoint": stack.otlp_url,
        "Connections": stack.connections,
        "ArtifactOrigin": stack.endpoints[S3],
    }


def document_of(stack: Described) -> dict[str, Any]:
    """Returns what `python -m local token`, `env` and `tools.sam_local` read."""
    return {
        "url": stack.url,
        "issuer": stack.issuer.url,
        "clients": {name: client.secret for name, client in stack.issuer.clients.items()},
        "functions": {f.logical_id: f.environment for f in stack.functions},
        "environment": {
            **stack.environment,
            **stack.endpoints,
            "SPANVAS_TABLE": stack.resolver.ref("TraceTable"),
            "SPANVAS_BUCKET": stack.resolver.ref("TraceBucket"),
            "SPANVAS_AUDIT_TABLE": stack.resolver.ref("AuditTable"),
            "SPANVAS_TENANT": DEMO_TENANT,
            "SPANVAS_ENDPOINT": stack.url,
            **{name: stack.resolver.ref(parameter) for name, parameter in SETTINGS.items()},
        },
    }
