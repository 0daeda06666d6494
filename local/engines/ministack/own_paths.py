"""What MiniStack answers beside AWS's own API, for the other parts of the stack.

`GET /_spanvas/principals/ACCESS-KEY`: who has a key, and the statements by which it is decided what they may do, for
DynamoDB's engine. `GET /_spanvas/decisions/ACCESS-KEY?action=...&resource=...`: whether they may, for Lambda.
`POST /_spanvas/save`: returns when everything is on the disk. Signatures are not asked for; there is nothing in the
answers that a caller of IAM could not read.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import parse_qsl

from local.engines.ministack.saving import save_now

PRINCIPALS: Final = "/_spanvas/principals/"
DECISIONS: Final = "/_spanvas/decisions/"
SAVE: Final = "/_spanvas/save"
OWN: Final = (PRINCIPALS, DECISIONS, SAVE)


def answering_the_stack(app: Any) -> Any:
    """Returns the ASGI application with these paths before all of its own."""

    async def answering(scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(OWN):
            await app(scope, receive, send)
            return
        status, found = answer(
            scope["method"], path, dict(parse_qsl(scope["query_string"].decode()))
        )
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(found).encode()})

    return answering


def answer(method: str, path: str, query: dict[str, str]) -> tuple[int, Any]:
    """Returns the status and the document of an answer."""
    if path == SAVE:
        return (200, None) if method == "POST" and save_now() else (503, None)
    key = path.rpartition("/")[2]
    found = described(key) if path.startswith(PRINCIPALS) else decided(key, **query)
    return (404 if found is None else 200), found


def described(access_key: str) -> dict[str, Any] | None:
    """Returns ARN, statements and the keys of conditions (lower case) of who has a key; None for an unknown one."""
    found = principal_of(access_key)
    if found is None:
        return None
    statements = [asdict(one) for document in found.policies or [] for one in document]
    return {
        "arn": found.arn,
        "is_root": found.policies is None,
        "statements": statements,
        "keys": found.keys,
    }


def decided(access_key: str, action: str, resource: str) -> dict[str, Any] | None:
    """Returns ARN and whether the policies of who has a key allow an action; None for an unknown one."""
    from ministack.core.iam_evaluator import EvalContext, evaluate

    found = principal_of(access_key)
    if found is None:
        return None
    if found.policies is None:
        return {"arn": found.arn, "is_allowed": True}
    request = EvalContext(
        principal_arn=found.arn,
        principal_type=found.type,
        principal_account=found.account,
        action=action,
        resource_arn=resource,
        region=os.environ["AWS_REGION"],
        principal_keys=found.keys,
    )
    result = evaluate(request, found.policies, *found.limits)
    return {"arn": found.arn, "is_allowed": result.decision == "Allow"}


def principal_of(access_key: str) -> Any:
    """Returns MiniStack's principal of a key; None for an unknown one."""
    from ministack.core.iam_evaluator import AuthError, resolve_principal

    found = resolve_principal(access_key, os.environ["AWS_ACCOUNT_ID"])
    return None if isinstance(found, AuthError) else found
