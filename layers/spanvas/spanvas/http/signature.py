"""AWS Signature Version 4 in headers (AWS General Reference, "Create a signed AWS API request")."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import sha256
from time import gmtime, strftime
from typing import Final

from spanvas.http.credentials import Credentials, CredentialsSource

ALGORITHM: Final = "AWS4-HMAC-SHA256"


class Signer:
    """Signs for one service in one region. The derived key is kept for its day."""

    def __init__(self, credentials: CredentialsSource, region: str, service: str) -> None:
        self._credentials = credentials
        self._region = region
        self._service = service
        self._key: tuple[str, str, bytes] = ("", "", b"")

    def signed(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        digest: str,
        now: float,
        query: str = "",
    ) -> dict[str, str]:
        """Returns all headers to send, the signature among them.

        `path` and `query` (at most one parameter) are encoded as they are sent, `digest` is the payload's sha256 in
        hex, `now` is in seconds since 1970. All `headers` are signed; `host` has to be among them.
        """
        given = self._credentials
        keys = given if isinstance(given, Credentials) else given()
        moment = gmtime(now)
        stamp = strftime("%Y%m%dT%H%M%SZ", moment)
        day = stamp[:8]
        every = {**headers, "x-amz-date": stamp}
        if keys.token:
            every["x-amz-security-token"] = keys.token
        names = sorted(every)
        listed = ";".join(names)
        lines = "".join(f"{name}:{every[name].strip()}\n" for name in names)
        request = f"{method}\n{path}\n{query}\n{lines}\n{listed}\n{digest}"
        scope = f"{day}/{self._region}/{self._service}/aws4_request"
        text = f"{ALGORITHM}\n{stamp}\n{scope}\n{sha256(request.encode()).hexdigest()}"
        signature = hmac.new(self._key_of(day, keys.secret), text.encode(), sha256).hexdigest()
        every["authorization"] = (
            f"{ALGORITHM} Credential={keys.key_id}/{scope}, "
            f"SignedHeaders={listed}, Signature={signature}"
        )
        return every

    def _key_of(self, day: str, secret: str) -> bytes:
        known, known_secret, key = self._key
        if (known, known_secret) != (day, secret):
            key = f"AWS4{secret}".encode()
            for part in (day, self._region, self._service, "aws4_request"):
                key = hmac.new(key, part.encode(), sha256).digest()
            self._key = (day, secret, key)
        return key
