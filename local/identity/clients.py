"""Who may get a token from the local issuer: the page, and clients that stand for people and services.

The clients are a list in the open, their secrets are made at the first start: a token for another tenant or with fewer
scopes is asked for, never forged.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

PAGE_CLIENT_ID = "spanvas-canvas"
OPERATOR_SCOPES = (
    "executions:read",
    "executions:start",
    "trace:read",
    "trace:content",
    "trace:content:restricted",
    "trace:artifact",
    "trace:delete",
    "trace:hold",
    "audit:read",
)
DEMO_TENANT = "demo"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a token speaks of."""

    sub: str
    name: str
    tenant: str


@dataclass(frozen=True, slots=True)
class Client:
    """A confidential client: `grant_type=client_credentials` with its secret gives at most `scopes`."""

    client_id: str
    subject: Subject
    scopes: tuple[str, ...]
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)


OPERATOR = Subject("demo-operator", "Demo Operator", DEMO_TENANT)


def demo_clients(known: Mapping[str, str]) -> dict[str, Client]:
    """One client for each kind of caller that the tests and the tutorials need, by id; with the secrets that are known,
    the others with new ones."""
    clients = [
        Client("demo-operator", OPERATOR, OPERATOR_SCOPES),
        Client(
            "demo-viewer",
            Subject("demo-viewer", "Demo Viewer", DEMO_TENANT),
            ("executions:read", "trace:read"),
        ),
        Client(
            "demo-auditor",
            Subject("demo-auditor", "Demo Auditor", DEMO_TENANT),
            ("executions:read", "trace:read", "audit:read"),
        ),
        Client(
            "demo-ingest",
            Subject("demo-ingest", "Demo Ingest", DEMO_TENANT),
            ("trace:ingest",),
        ),
        Client(
            "other-operator",
            Subject("other-operator", "Other Operator", "other"),
            OPERATOR_SCOPES,
        ),
        Client("no-tenant", Subject("no-tenant", "Nobody's Operator", ""), OPERATOR_SCOPES),
    ]
    return {
        client.client_id: replace(client, secret=known.get(client.client_id, client.secret))
        for client in clients
    }
