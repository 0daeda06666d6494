"""The stack from outside: tokens of its clients, calls of its API, and clients of its engines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import urllib3

TIMEOUT_SECONDS = 60.0


class SignInError(Exception):
    """The issuer refused; the message is its own."""


class CallError(Exception):
    """The API answered something else than was expected; the message has its status and body."""


@dataclass(frozen=True, slots=True)
class ClientResponse:
    """An HTTP answer; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Returns the body as JSON."""
        return json.loads(self.body)


def client_token(
    issuer: str, client_id: str, secret: str, scopes: tuple[str, ...] | None = None
) -> str:
    """An access token for one of the demo clients. Raises SignInError."""
    form = {"grant_type": "client_credentials"}
    if scopes is not None:
        form["scope"] = " ".join(scopes)
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    with urllib3.PoolManager(retries=False, timeout=TIMEOUT_SECONDS) as http:
        answer = http.request_encode_body(
            "POST",
            f"{issuer}/token",
            fields=form,
            headers=urllib3.make_headers(basic_auth=pair),
            encode_multipart=False,
        )
    if answer.status != 200:
        raise SignInError(answer.data.decode("utf-8", "replace"))
    return str(answer.json()["access_token"])


class ApiClient:
    """Calls one origin over one kept connection."""

    def __init__(self, origin: str, token: str = "") -> None:
        self._pool = urllib3.connection_from_url(origin, retries=False, timeout=TIMEOUT_SECONDS)
        self._token = token

    def close(self) -> None:
        """Closes the connection."""
        self._pool.close()

    def __enter__(self) -> ApiClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> ClientResponse:
        """One request; `body` is sent as JSON."""
        sent = {"Accept": "application/json", **(headers or {})}
        if self._token:
            sent.setdefault("Authorization", f"Bearer {self._token}")
        answer = self._pool.request(
            method, path, headers=sent, redirect=False, **({} if body is None else {"json": body})
        )
        fields = {name.lower(): value for name, value in answer.headers.items()}
        return ClientResponse(answer.status, fields, answer.data)

    def get(self, path: str) -> Any:
        """The JSON of a 200. Raises CallError for any other answer."""
        return self._expect(200, "GET", path, None)

    def post(self, path: str, body: Any, status: int = 202) -> Any:
        """Sends a body as JSON and returns the answer's. Raises CallError for another status."""
        return self._expect(status, "POST", path, body)

    def _expect(self, status: int, method: str, path: str, body: Any) -> Any:
        answer = self.call(method, path, body)
        if answer.status != status:
            text = answer.body.decode("utf-8", "replace")
            raise CallError(f"{method} {path} answered {answer.status}: {text[:500]}")
        return answer.json()


def boto3_client(
    service: str, region: str, endpoint_url: str, credentials: Mapping[str, str]
) -> Any:
    """Returns a client of one of the engines; `credentials` are the variables that AWS reads."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        service,  # type: ignore[call-overload]
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id=credentials["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=credentials["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=credentials["AWS_SESSION_TOKEN"],
        config=Config(signature_version="s3v4" if service == "s3" else "v4"),
    )
