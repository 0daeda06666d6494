"""What MiniStack answers beside AWS's own API, for the other parts of the stack.

`GET /_spanvas/principals/ACCESS-KEY?day=...&region=...`: who has a key, the statements by which it is decided what they
may do, and the key by which requests to DynamoDB are signed on that day, for its engine. `POST /_spanvas/decisions`:
whether whoever has signed a request may make it, for Lambda. `POST /_spanvas/save`: returns when everything is on the
disk. All of it is for who has the account's own secret.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl

from local.engines.ministack.saving import save_now

PRINCIPALS: Final = "/_spanvas/principals/"
DECISIONS: Final = "/_spanvas/decisions"
SAVE: Final = "/_spanvas/save"
OWN: Final = (PRINCIPALS, DECISIONS, SAVE)


def answering_the_stack(app: Any) -> Any:
    """Returns the ASGI application with these paths before all of its own."""

    async def answering(scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(OWN):
            await app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"authorization", b"")
        if hmac.compare_digest(given, f"Bearer {os.environ['AWS_SECRET_ACCESS_KEY']}".encode()):
            body = await body_of(receive)
            status, found = answer(scope["method"], path, scope["query_string"].decode(), body)
        else:
            status, found = 403, None
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(found).encode()})

    return answering


async def body_of(receive: Any) -> bytes:
    """Returns the whole body of a request."""
    body, is_more = b"", True
    while is_more:
        message = await receive()
        body += message.get("body", b"")
        is_more = message.get("more_body", False)
    return body


def answer(method: str, path: str, query: str, body: bytes) -> tuple[int, Any]:
    """Returns the status and the document of an answer."""
    if path.startswith(PRINCIPALS):
        found = described(path.removeprefix(PRINCIPALS), **dict(parse_qsl(query)))
        return (404 if found is None else 200), found
    if method != "POST":
        return 405, None
    if path == SAVE:
        return (200 if save_now() else 503), None
    return 200, decided(**json.loads(body))


def described(access_key: str, day: str, region: str) -> dict[str, Any] | None:
    """Returns ARN, statements, keys of conditions (lower case) and signing key of who has a key; None for no one."""
    from ministack.core.iam_evaluator import CredentialResolutionError, resolve_credential
    from ministack.core.sigv4 import derive_signing_key

    account_id = os.environ["AWS_ACCOUNT_ID"]
    found, credential = principal_of(access_key), resolve_credential(access_key, account_id)
    if found is None or isinstance(credential, CredentialResolutionError):
        return None
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


def decided(request: Mapping[str, Any], service: str, action: str, resource: str) -> dict[str, str]:
    """Returns `type` and `message` of the error that answers a request, {} where it may be made.

    `request` has its `method`, `path` and `query` as they came, `headers` in lower case, and the `sha256` of its body.
    """
    from ministack.core.iam_evaluator import AuthError, EvalContext, evaluate

    sender = sender_of(request, service)
    if isinstance(sender, AuthError):
        return {"type": ERRORS.get(sender.code, sender.code), "message": sender.message}
    found = principal_of(sender)
    if found is None:
        return {"type": UNKNOWN[0], "message": UNKNOWN[1]}
    if found.policies is None:
        return {}
    context = EvalContext(
        principal_arn=found.arn,
        principal_type=found.type,
        principal_account=found.account,
        action=action,
        resource_arn=resource,
        region=os.environ["AWS_REGION"],
        principal_keys=found.keys,
    )
    if evaluate(context, found.policies, *found.limits).decision == "Allow":
        return {}
    message = f"User: {found.arn} is not authorized to perform: {action} on resource: {resource}"
    return {"type": "AccessDeniedException", "message": message}


def sender_of(request: Mapping[str, Any], service: str) -> Any:
    """Returns the access key of who has signed a request, or MiniStack's error of a signature that does not hold."""
    from ministack.core import sigv4
    from ministack.core.iam_evaluator import (
        AuthError,
        CredentialResolutionError,
        resolve_credential,
    )

    headers = {**request["headers"], "x-amz-content-sha256": request["sha256"]}
    if not headers.get("authorization"):
        return AuthError("MissingAuthenticationTokenException", "Missing Authentication Token")
    signature = sigv4.parse_header_signature(headers)
    if isinstance(signature, tuple):
        return AuthError(*signature)
    skewed = sigv4.request_time_failure(signature)
    if skewed:
        return AuthError(*skewed)
    if signature.service != service:
        wrong = f"Credential should be scoped to correct service: '{service}'."
        return AuthError("SignatureDoesNotMatch", wrong)
    token = headers.get("x-amz-security-token", "")
    account_id = os.environ["AWS_ACCOUNT_ID"]
    credential = resolve_credential(signature.access_key_id, account_id, token)
    if isinstance(credential, CredentialResolutionError):
        return AuthError(credential.code, credential.message)
    failure = sigv4.header_signature_failure(
        signature,
        credential.secret_access_key,
        request["method"],
        request["path"],
        parse_qs(request["query"], keep_blank_values=True),
        headers,
        b"",
    )
    return AuthError(*failure) if failure else signature.access_key_id


UNKNOWN: Final = (
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
)
ERRORS: Final = {
    "InvalidToken": UNKNOWN[0],
    "RequestTimeTooSkewed": "InvalidSignatureException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
    "IncompleteSignature": "IncompleteSignatureException",
    "CredentialDateMismatch": "InvalidSignatureException",
}
"""MiniStack's codes of errors, as Lambda's API calls them; others are the same there."""


def principal_of(access_key: str) -> Any:
    """Returns MiniStack's principal of a key; None for an unknown one."""
    from ministack.core.iam_evaluator import AuthError, resolve_principal

    found = resolve_principal(access_key, os.environ["AWS_ACCOUNT_ID"])
    return None if isinstance(found, AuthError) else found
