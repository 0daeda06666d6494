"""Requests are signed as botocore signs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from spanvas.http.credentials import Credentials
from spanvas.http.signature import Signer

NOW = 1_790_000_000.0


@pytest.mark.parametrize("token", ["token", ""])
@pytest.mark.parametrize("service", ["dynamodb", "s3"])
def test_a_signature_is_botocores_own(
    monkeypatch: pytest.MonkeyPatch, service: str, token: str
) -> None:
    from datetime import UTC, datetime
    from hashlib import sha256

    moment = datetime.fromtimestamp(NOW, UTC)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: moment)
    body = b'{"TableName": "t"}'
    digest = sha256(body).hexdigest()
    headers = {"host": "h.example.com", "content-type": "text/plain", "x-amz-target": "A.b"}
    if service == "s3":
        headers["x-amz-content-sha256"] = digest
    path = "/bucket/a%20b/~c"
    theirs = AWSRequest("PUT", f"https://h.example.com{path}", headers=headers, data=body)
    auth = S3SigV4Auth if service == "s3" else SigV4Auth
    theirs.context["payload_signing_enabled"] = True
    keys = BotocoreCredentials("AKID", "secret", token or None)
    monkeypatch.setattr(auth, "canonical_request", with_plain_path(auth.canonical_request))
    auth(keys, service, "eu-central-1").add_auth(theirs)
    signer = Signer(Credentials("AKID", "secret", token), "eu-central-1", service)
    for _ in range(2):
        ours = signer.signed("PUT", path, headers, digest, NOW)
        assert ours["authorization"] == theirs.headers["Authorization"]
        assert ours["x-amz-date"] == theirs.headers["X-Amz-Date"]
        assert ours.get("x-amz-security-token") == theirs.headers.get("X-Amz-Security-Token")


def with_plain_path(method: Callable[..., str]) -> Callable[..., str]:
    """botocore encodes the path of other services than S3 once more; only S3 has one here."""

    def canonical(self: Any, request: Any) -> str:
        return method(self, request).replace("%2520", "%20")

    return canonical
