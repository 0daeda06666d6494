"""The stack from outside: signing in as the page does, and calling the API with the token."""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from local.identity.clients import OPERATOR_SCOPES, PAGE_CLIENT_ID
from local.identity.issuer import challenge_of


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


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Leaves redirects to the caller."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Follows no redirect."""


def sign_in(issuer: str, redirect_uri: str, scopes: tuple[str, ...] = OPERATOR_SCOPES) -> str:
    """An access token by the page's own flow: authorization code with PKCE. Raises SignInError."""
    verifier = secrets.token_urlsafe(48)
    state = secrets.token_urlsafe(8)
    query = {
        "response_type": "code",
        "client_id": PAGE_CLIENT_ID,
        "redirect_uri": redirect_uri,
        "scope": " ".join(("openid", *scopes)),
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    location = redirect_of(f"{issuer}/authorize?{urlencode(query)}")
    answer = parse_qs(urlsplit(location).query)
    if answer.get("state") != [state] or "code" not in answer:
        raise SignInError(f"the issuer answered {location}")
    form = {
        "grant_type": "authorization_code",
        "client_id": PAGE_CLIENT_ID,
        "code": answer["code"][0],
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    return request_token(issuer, form, {})


def client_token(
    issuer: str, client_id: str, secret: str, scopes: tuple[str, ...] | None = None
) -> str:
    """An access token for one of the demo clients. Raises SignInError."""
    form = {"grant_type": "client_credentials"}
    if scopes is not None:
        form["scope"] = " ".join(scopes)
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}".encode()
    headers = {"Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}
    return request_token(issuer, form, headers)


def redirect_of(url: str) -> str:
    """Returns where a redirect leads. Raises SignInError for any other answer."""
    opener = urllib.request.build_opener(NoRedirects)
    try:
        with opener.open(url, timeout=10) as answer:
            raise SignInError(f"expected a redirect, got {answer.status}")
    except urllib.error.HTTPError as error:
        with error:
            if error.code != 302:
                raise SignInError(error.read().decode("utf-8", "replace")) from error
            return str(error.headers["location"])


def request_token(issuer: str, form: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """Returns the access token that the issuer gives for a form. Raises SignInError."""
    request = urllib.request.Request(
        f"{issuer}/token", data=urlencode(form).encode(), headers=dict(headers), method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return str(json.load(answer)["access_token"])
    except urllib.error.HTTPError as error:
        with error:
            raise SignInError(error.read().decode("utf-8", "replace")) from error


class ApiClient:
    """Calls one origin over one kept connection. Not for several threads at a time."""

    def __init__(self, origin: str, token: str = "") -> None:
        self._connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=60)
        self._token = token

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

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
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        self._connection.request(method, path, body=content, headers=sent)
        answer = self._connection.getresponse()
        fields = {name.lower(): value for name, value in answer.getheaders()}
        return ClientResponse(answer.status, fields, answer.read())

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
