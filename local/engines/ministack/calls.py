"""How Step Functions and EventBridge call the functions of the stack: by Lambda's Invoke API, signed."""

from __future__ import annotations

import hmac
import json
import os
import secrets
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote, urlsplit

SESSION_SECONDS: Final = 12 * 3600
RENEWED_AFTER_SECONDS: Final = 6 * 3600


@dataclass(frozen=True, slots=True)
class Caller:
    """The credentials of who calls."""

    key: str
    secret: str = field(repr=False)
    token: str = field(repr=False)


def account() -> Caller:
    """Returns the account itself, which may do everything."""
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    return Caller(*(os.environ.get(name, "") for name in names))


def session_of_role(role_arn: str) -> Caller:
    """Returns a session of a role, as Step Functions assumes it; the same one for some hours."""
    return _session_of_role(role_arn, int(time.time() // RENEWED_AFTER_SECONDS))


@cache
def _session_of_role(role_arn: str, _period: int) -> Caller:
    from ministack.services import sts

    name = secrets.token_hex(8)
    caller = Caller(f"ASIA{name.upper()}", secrets.token_urlsafe(30), secrets.token_urlsafe(60))
    session = {
        "AccountId": os.environ["AWS_ACCOUNT_ID"],
        "Arn": sts._assumed_role_arn(role_arn, name),
        "Expiration": time.time() + SESSION_SECONDS,
        "PrincipalType": "AssumedRole",
        "SecretAccessKey": caller.secret,
        "SessionToken": caller.token,
        "UserId": f"{sts._role_id(role_arn)}:{name}",
    }
    sts.register_session(caller.key, session)
    return caller


def invoke(
    url: str, caller: Caller, reference: str, event: Any, kind: str
) -> tuple[int, bool, bytes]:
    """Calls a function by its name or ARN; returns the status, whether the function failed, and the answer."""
    body = json.dumps(event).encode()
    path = f"/2015-03-31/functions/{quote(reference, safe='')}/invocations"
    headers = {"host": urlsplit(url).netloc, "x-amz-invocation-type": kind}
    headers = signed(caller, path, headers, body) | {"content-type": "application/json"}
    request = urllib.request.Request(f"{url}{path}", data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=900) as answer:
            return answer.status, "X-Amz-Function-Error" in answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, False, error.read()
    except OSError as error:
        return 503, False, str(error).encode()


def signed(caller: Caller, path: str, headers: dict[str, str], body: bytes) -> dict[str, str]:
    """Returns the headers of a POST to Lambda with its signature."""
    from ministack.core import sigv4

    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    day, region = stamp[:8], os.environ["AWS_REGION"]
    every = {**headers, "x-amz-date": stamp, "x-amz-security-token": caller.token}
    names = ";".join(sorted(every))
    digest = {**every, "x-amz-content-sha256": sha256(body).hexdigest()}
    parts = sigv4.HeaderSignature(caller.key, day, region, "lambda", names, "", stamp)
    _, text = sigv4.header_signing_documents(parts, "POST", path, {}, digest, b"")
    key = sigv4.derive_signing_key(caller.secret, day, region, "lambda")
    every["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={caller.key}/{day}/{region}/lambda/aws4_request, "
        f"SignedHeaders={names}, Signature={hmac.new(key, text.encode(), sha256).hexdigest()}"
    )
    return every


def lambda_error(status: int) -> str:
    """Returns the name that Step Functions gives an error of Lambda itself."""
    names = {
        403: "Lambda.AWSLambdaException",
        404: "Lambda.ResourceNotFoundException",
        429: "Lambda.TooManyRequestsException",
    }
    return names.get(status, "Lambda.ServiceException")


def told(answer: bytes) -> str:
    """Returns what an error of Lambda says."""
    try:
        return str(json.loads(answer)["message"])
    except (ValueError, KeyError, TypeError):
        return answer.decode("utf-8", "replace")
