"""Who may get a token from the local issuer: the page, and clients that stand for people and services.

The clients are a list in the open, their secrets are made at the first start: a token for another tenant or with fewer
scopes is asked for, never forged.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

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
    """A confidential client; a token for it speaks of `subject` and has at most `scopes`."""

    client_id: str
    subject: Subject
    scopes: tuple[str, ...]
    secret: str = field(repr=False)


OPERATOR = Subject("demo-operator", "Demo Operator", DEMO_TENANT)
READ = ("executions:read", "trace:read")
CLIENTS = (
    (OPERATOR, OPERATOR_SCOPES),
    (Subject("demo-viewer", "Demo Viewer", DEMO_TENANT), READ),
    (Subject("demo-auditor", "Demo Auditor", DEMO_TENANT), (*READ, "audit:read")),
    (Subject("demo-ingest", "Demo Ingest", DEMO_TENANT), ("trace:ingest",)),
    (Subject("other-operator", "Other Operator", "other"), OPERATOR_SCOPES),
    (Subject("no-tenant", "Nobody's Operator", ""), OPERATOR_SCOPES),
)
"""One for each kind of caller that the tests and the tutorials need; each is a client of its own name."""


def demo_clients(known: Mapping[str, str]) -> dict[str, Client]:
    """Returns the clients by id, with the secrets that are known, the others with new ones."""
    return {
        subject.sub: Client(
            subject.sub, subject, scopes, known.get(subject.sub) or secrets.token_urlsafe(24)
        )
        for subject, scopes in CLIENTS
    }
