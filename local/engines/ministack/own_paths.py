"""What MiniStack answers beside AWS's own API, for the engine of DynamoDB.

`GET /_spanvas/principals/ACCESS-KEY?day=...&region=...`: who has a key, the statements by which it is decided what they
may do, and the key by which requests to DynamoDB are signed on that day. It is for who has the account's own secret.
"""

from __future__ import annotations

import hmac
import json
import os
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import parse_qsl

PRINCIPALS: Final = "/_spanvas/principals/"


def answering_the_stack(app: Any) -> Any:
    """Returns the ASGI application with these paths before all of its own."""

    async def answering(scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(PRINCIPALS):
            await app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"authorization", b"")
        if hmac.compare_digest(given, f"Bearer {os.environ['AWS_SECRET_ACCESS_KEY']}".encode()):
            query = dict(parse_qsl(scope["query_string"].decode()))
            found = described(path.removeprefix(PRINCIPALS), **query)
            status = 404 if found is None else 200
        else:
            status, found = 403, None
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(found).encode()})

    return answering


def described(access_key: str, day: str, region: str) -> dict[str, Any] | None:
    """Returns ARN, statements, keys of conditions (lower case) and signing key of who has a key; None for no one."""
    from ministack.core import iam_evaluator
    from ministack.core.sigv4 import derive_signing_key

    account_id = os.environ["AWS_ACCOUNT_ID"]
    credential: Any = iam_evaluator.resolve_credential(access_key, account_id)
    if isinstance(credential, iam_evaluator.CredentialResolutionError):
        return None
    found: Any = iam_evaluator.resolve_principal(access_key, account_id, credential)
    statements = [asdict(one) for document in found.policies or [] for one in document]
    secret = credential.secret_access_key
    return {
        "arn": found.arn,
        "is_root": found.policies is None,
        "statements": statements,
        "keys": found.keys,
        "token": credential.session_token,
        "expires": credential.expiration,
        "signing_key": derive_signing_key(secret, day, region, "dynamodb").hex(),
    }
