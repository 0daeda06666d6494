"""Tokens of issuers that name their scopes in other ways, through the gateway's authorizer to the function."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

import jwt
import pytest

from tests.support.builders import Clock
from tests.support.http_endpoint import Endpoint, serving
from tests.support.memory_store import MemoryTraceStore

CLAIMS = {
    "scope as text": {"scope": "executions:read trace:read"},
    "scope as a list": {"scope": ["executions:read", "trace:read"]},
    "scp as text": {"scp": "executions:read trace:read"},
    "scp as a list": {"scp": ["executions:read", "trace:read"]},
}


def status_of(endpoint: Endpoint, path: str, claims: dict[str, object]) -> int:
    signer = endpoint.issuer.signer
    token = endpoint.token("demo-operator")
    standard = jwt.decode(token, options={"verify_signature": False})
    del standard["scope"]
    request = urllib.request.Request(
        endpoint.url + path,
        headers={"authorization": f"Bearer {signer._sign({**standard, **claims})}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.mark.parametrize("claims", CLAIMS.values(), ids=CLAIMS.keys())
def test_scopes_reach_the_function_however_the_issuer_writes_them(
    claims: dict[str, object], tmp_path: Path
) -> None:
    with serving(MemoryTraceStore(clock=Clock()), tmp_path / "log") as endpoint:
        assert status_of(endpoint, "/v1/executions", claims) == 200
        assert status_of(endpoint, "/v1/executions/e/accesses", claims) == 403
