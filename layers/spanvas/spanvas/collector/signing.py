"""CloudWatch's own OTLP endpoint wants requests that are signed with the function's credentials.

Source: Amazon CloudWatch user guide, "OTLP endpoints": `https://xray.REGION.amazonaws.com/v1/traces`, Signature
Version 4, service `xray`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final

CLOUDWATCH: Final = re.compile(r"xray\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")
SERVICE: Final = "xray"
UNSIGNED: Final = frozenset({"user-agent", "authorization"})
"""Proxies rewrite the one; the other is where the signature goes."""

Sign = Callable[[Mapping[str, str], bytes, float], dict[str, str]]
"""All headers to send with this body at this Unix second."""


def signing_for(host: str, path: str, environment: Mapping[str, str]) -> Sign | None:
    """Returns a function that signs requests to CloudWatch.

    None for other endpoints, and where there are no credentials.
    """
    found = CLOUDWATCH.fullmatch(host)
    if found is None:
        return None
    from spanvas.http.credentials import credentials_of
    from spanvas.http.signature import Signer

    credentials = credentials_of(environment)
    if credentials is None:
        return None
    signer = Signer(credentials, found[1], SERVICE)

    def sign(headers: Mapping[str, str], body: bytes, now: float) -> dict[str, str]:
        signed = {name: value for name, value in headers.items() if name not in UNSIGNED}
        digest = sha256(body).hexdigest()
        return {**headers, **signer.signed("POST", path, signed, digest, now)}

    return sign
