"""The issuer's endpoints: discovery, keys, authorize (consents for the demo operator), token.

Source: OpenID Connect Core 1.0 and Discovery 1.0; RFC 6749, RFC 7636 (PKCE, S256 alone), RFC 9700.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlencode

from local.http_message import Request, Response
from local.identity.clients import (
    OPERATOR,
    OPERATOR_SCOPES,
    PAGE_CLIENT_ID,
    Client,
    demo_clients,
)
from local.identity.tokens import TOKEN_SECONDS, TokenSigner

CODE_SECONDS = 60.0
STANDARD_SCOPES = ("openid", "profile")
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
NO_STORE = [("content-type", "application/json"), ("cache-control", "no-store")]


class OAuthError(Exception):
    """A request that the issuer refuses; `code` is the protocol's word for it."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code that was handed out: single use, bound to client, address and challenge."""

    redirect_uri: str
    challenge: str
    scopes: tuple[str, ...]
    nonce: str
    expires_at: float


class Issuer:
    """Answers at `url`. `redirect_uris` are the page's, compared exactly (RFC 9700, 2.1). Secrets and key are made
    where none are given."""

    def __init__(
        self,
        url: str,
        *,
        audience: str,
        redirect_uris: frozenset[str],
        origins: frozenset[str],
        clock: Callable[[], float] = time.monotonic,
        secrets_of_clients: Mapping[str, str] | None = None,
        key: str | None = None,
    ) -> None:
        self._redirect_uris = redirect_uris
        self._origins = origins
        self._clock = clock
        self._codes: dict[str, Code] = {}
        self._lock = threading.Lock()
        self.clients: dict[str, Client] = demo_clients(secrets_of_clients or {})
        self.url = url
        self.signer = TokenSigner(self.url, audience, key=key)

    def handle(self, request: Request) -> Response:
        """Answers a request, with CORS headers for the page."""
        response = self._route(request)
        origin = request.headers.get("origin")
        if origin in self._origins and request.path != "/authorize":
            response.headers += [("access-control-allow-origin", origin), ("vary", "origin")]
        return response

    def _route(self, request: Request) -> Response:
        endpoint = (request.method, request.path)
        if endpoint == ("GET", "/.well-known/openid-configuration"):
            return json_response(self._configuration())
        if endpoint == ("GET", "/jwks.json"):
            return json_response(self.signer.public_keys())
        if endpoint == ("GET", "/authorize"):
            return self._authorize(first_values(request.query))
        if request.path == "/token" and request.method == "OPTIONS":
            headers = [
                ("access-control-allow-methods", "POST"),
                ("access-control-allow-headers", "content-type,authorization"),
            ]
            return Response(204, b"", headers)
        if endpoint == ("POST", "/token"):
            return self._token(request)
        return Response(404, b"Not Found", [("content-type", "text/plain")])

    def _configuration(self) -> dict[str, object]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks.json",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_basic"],
            "scopes_supported": [*STANDARD_SCOPES, *OPERATOR_SCOPES],
        }

    def _authorize(self, query: Mapping[str, str]) -> Response:
        """Errors about the client or the address stay here: a redirect would go to whoever asked."""
        redirect_uri = query.get("redirect_uri", "")
        if query.get("client_id") != PAGE_CLIENT_ID or redirect_uri not in self._redirect_uris:
            text = b"Unknown client_id or redirect_uri."
            return Response(400, text, [("content-type", "text/plain")])
        state = {"state": query["state"]} if "state" in query else {}
        try:
            answer = {"code": self._issue_code(redirect_uri, query), "iss": self.url}
        except OAuthError as error:
            answer = {"error": error.code, "error_description": str(error), "iss": self.url}
        separator = "&" if "?" in redirect_uri else "?"
        location = redirect_uri + separator + urlencode({**answer, **state})
        return Response(302, b"", [("location", location), ("cache-control", "no-store")])

    def _issue_code(self, redirect_uri: str, query: Mapping[str, str]) -> str:
        if query.get("response_type") != "code":
            raise OAuthError("unsupported_response_type", "only response_type=code")
        challenge = query.get("code_challenge", "")
        if query.get("code_challenge_method") != "S256" or len(challenge) != 43:
            raise OAuthError("invalid_request", "PKCE with code_challenge_method=S256 is required")
        asked = query.get("scope", "").split()
        scopes = allowed_scopes(asked, (*STANDARD_SCOPES, *OPERATOR_SCOPES))
        code = secrets.token_urlsafe(32)
        expires_at = self._clock() + CODE_SECONDS
        with self._lock:
            self._codes[code] = Code(
                redirect_uri, challenge, scopes, query.get("nonce", ""), expires_at
            )
        return code

    def _token(self, request: Request) -> Response:
        form = first_values(request.body.decode("utf-8", "replace"))
        try:
            if form.get("grant_type") == "authorization_code":
                return json_response(self._redeem_code(form))
            if form.get("grant_type") == "client_credentials":
                return json_response(self._grant_client(request, form))
            raise OAuthError("unsupported_grant_type", "authorization_code or client_credentials")
        except OAuthError as error:
            return json_response(
                {"error": error.code, "error_description": str(error)}, error.status
            )

    def _redeem_code(self, form: Mapping[str, str]) -> dict[str, object]:
        with self._lock:
            code = self._codes.pop(form.get("code", ""), None)
        if code is None or code.expires_at < self._clock():
            raise OAuthError("invalid_grant", "the code is unknown, used or expired")
        if form.get("client_id") != PAGE_CLIENT_ID or form.get("redirect_uri") != code.redirect_uri:
            raise OAuthError("invalid_grant", "the code was given to another client or address")
        verifier = form.get("code_verifier", "")
        if not VERIFIER.fullmatch(verifier) or not hmac.compare_digest(
            challenge_of(verifier), code.challenge
        ):
            raise OAuthError("invalid_grant", "the code_verifier does not fit")
        tokens: dict[str, object] = {
            "access_token": self.signer.access_token(OPERATOR, PAGE_CLIENT_ID, code.scopes),
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "scope": " ".join(code.scopes),
        }
        if "openid" in code.scopes:
            tokens["id_token"] = self.signer.id_token(OPERATOR, PAGE_CLIENT_ID, code.nonce)
        return tokens

    def _grant_client(self, request: Request, form: Mapping[str, str]) -> dict[str, object]:
        client_id, secret = basic_credentials(request.headers.get("authorization"))
        client = self.clients.get(client_id)
        if client is None or not hmac.compare_digest(client.secret, secret):
            raise OAuthError("invalid_client", "unknown client or wrong secret", 401)
        asked = form["scope"].split() if form.get("scope") else list(client.scopes)
        scopes = allowed_scopes(asked, client.scopes)
        return {
            "access_token": self.signer.access_token(client.subject, client_id, scopes),
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "scope": " ".join(scopes),
        }


def allowed_scopes(asked: list[str], allowed: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the scopes that were asked for. Raises OAuthError where one is not allowed."""
    refused = [scope for scope in asked if scope not in allowed]
    if refused or not asked:
        raise OAuthError(
            "invalid_scope", f"not allowed: {' '.join(refused)}" if refused else "no scope"
        )
    return tuple(asked)


def challenge_of(verifier: str) -> str:
    """RFC 7636, 4.2: base64url(sha256(verifier)) without padding."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def basic_credentials(header: str) -> tuple[str, str]:
    """RFC 6749, 2.3.1: both parts are form-encoded before they are joined."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise OAuthError("invalid_client", "client_secret_basic is required", 401)
    try:
        text = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise OAuthError("invalid_client", "unreadable credentials", 401) from error
    client_id, _, secret = text.partition(":")
    return unquote(client_id), unquote(secret)


def first_values(query: str) -> dict[str, str]:
    """Parameters of a query or form; one that is repeated is refused by its absence (RFC 6749, 3.1)."""
    return {
        name: values[0]
        for name, values in parse_qs(query, keep_blank_values=True).items()
        if len(values) == 1
    }


def json_response(document: Mapping[str, object], status: int = 200) -> Response:
    """Returns a document as JSON that is not to be cached."""
    return Response(status, json.dumps(document).encode(), list(NO_STORE))
