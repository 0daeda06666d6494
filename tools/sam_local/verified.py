"""Runs in the containers of `make sam-local`, before the handlers of calls: the token is verified, as on the gateway.

SAM has no JWT authorizer locally and hands events over without claims. This asks the authorizer of the local stack,
puts in what API Gateway would, and hands on. Names of headers become lower-case, as on the gateway. Nothing of it is
deployed: it is copied into the build of `make sam-local` alone. Imports the standard library only.
"""

from __future__ import annotations

import importlib
import json
import os
import urllib.request
from typing import Any

SECONDS = 5.0

_module, _, _name = os.environ["SAM_LOCAL_HANDLER"].rpartition(".")
_handler = getattr(importlib.import_module(_module), _name)


def handler(event: dict[str, Any], context: Any) -> Any:
    """Hands a call on with its token's claims, or answers as the gateway does where the token is refused."""
    if "requestContext" not in event:
        return _handler(event, context)
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    question = {"route": event["routeKey"], "authorization": headers.get("authorization", "")}
    request = urllib.request.Request(  # noqa: S310 - the address comes from `make sam-local`
        os.environ["SAM_LOCAL_AUTHORIZER"], json.dumps(question).encode(), method="POST"
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
        verdict = json.load(answer)
    if "refused" in verdict:
        return verdict["refused"]
    authorizer = {"jwt": verdict["granted"]}
    context_of_request = {**event["requestContext"], "authorizer": authorizer}
    return _handler({**event, "headers": headers, "requestContext": context_of_request}, context)
