"""API Gateway's JWT authorizer: the token's key, signature, issuer, audience, times and the route's scopes.

Source: API Gateway developer guide, "Control access to HTTP APIs with JWT authorizers". Keys are fetched from the
issuer over HTTP, as the gateway does; nothing is taken on trust because issuer and gateway share a machine.
"""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
from jwt import PyJWK

from local.gateway.definition import JwtAuthorizer, Route

ALGORITHMS = ["RS256", "RS384", "RS512"]  # RSA alone, as on API Gateway
KEY_SECONDS = 7_200.0  # how long API Gateway may keep a key
REFETCH_SECONDS = 5.0  # an unknown key id asks the issuer again at most this often
ISSUER_TIMEOUT_SECONDS = 1.5

Fetch = Callable[[str], dict[str, Any]]


class UnauthorizedError(Exception):
    """No token, or one that does not hold: 401 with this description."""


class ForbiddenError(Exception):
    """A good token without any of the route's scopes: 403."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a function sees in `requestContext.authorizer.jwt`: claims as strings, and the route's scopes."""

    claims: dict[str, str]
    scopes: list[str] | None


def fetch_json(url: str) -> dict[str, Any]:
    """Returns the JSON object at an address. Raises ValueError and OSError."""
    with urllib.request.urlopen(url, timeout=ISSUER_TIMEOUT_SECONDS) as answer:
        document = json.load(answer)
    if not isinstance(document, dict):
        raise ValueError(f"{url} is not a JSON object")
    return document


class IssuerKeys:
    """The public keys of issuers by key id, fetched when first needed."""

    def __init__(self, fetch: Fetch = fetch_json) -> None:
        self._fetch = fetch
        self._keys: dict[str, dict[str, PyJWK]] = {}
        self._fetched_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def find(self, issuer: str, key_id: str) -> PyJWK:
        """Raises UnauthorizedError where the issuer has no such key or does not answer."""
        with self._lock:
            age = time.monotonic() - self._fetched_at.get(issuer, float("-inf"))
            is_missing = key_id not in self._keys.get(issuer, {})
            if age > KEY_SECONDS or (is_missing and age > REFETCH_SECONDS):
                self._fetched_at[issuer] = time.monotonic()
                self._keys[issuer] = self._read(issuer)
            try:
                return self._keys[issuer][key_id]
            except KeyError as error:
                raise UnauthorizedError("unable to find a key for the token") from error

    def _read(self, issuer: str) -> dict[str, PyJWK]:
        try:
            base = issuer.rstrip("/")
            configuration = self._fetch(f"{base}/.well-known/openid-configuration")
            keys = self._fetch(configuration["jwks_uri"])["keys"]
            return {key["kid"]: PyJWK(key) for key in keys if key.get("kty") == "RSA"}
        except (OSError, ValueError, KeyError, jwt.PyJWTError) as error:
            raise UnauthorizedError("unable to read the issuer's keys") from error


def authorize(route: Route, header: str, keys: IssuerKeys) -> Grant | None:
    """The grant of a request's token, None for an open route. Raises UnauthorizedError or ForbiddenError."""
    if route.authorizer is None:
        return None
    if not header:
        raise UnauthorizedError("")
    claims = verify(bearer_token(header), route.authorizer, keys)
    if route.scopes and not set(route.scopes) & granted_scopes(claims):
        raise ForbiddenError
    scopes = list(route.scopes) or None
    return Grant({name: as_text(value) for name, value in claims.items()}, scopes)


def bearer_token(header: str) -> str:
    """The token with or without `Bearer ` before it: API Gateway takes both."""
    scheme, space, rest = header.partition(" ")
    return rest.strip() if space and scheme.lower() == "bearer" else header.strip()


def verify(token: str, authorizer: JwtAuthorizer, keys: IssuerKeys) -> dict[str, Any]:
    """Returns the claims of a token. Raises UnauthorizedError."""
    try:
        # Of the header alone: what follows it is looked at when its key is known.
        header, _, _ = token.partition(".")
        key_id = jwt.get_unverified_header(f"{header}..").get("kid", "")
        key = keys.find(authorizer.issuer, key_id)
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            issuer=authorizer.issuer,
            options={"require": ["exp"], "verify_aud": False, "verify_iat": False},
        )
    except jwt.ExpiredSignatureError as error:
        raise UnauthorizedError("the token has expired") from error
    except jwt.InvalidIssuerError as error:
        raise UnauthorizedError("the token has an invalid issuer") from error
    except jwt.InvalidSignatureError as error:
        raise UnauthorizedError("the token has an invalid signature") from error
    except jwt.PyJWTError as error:
        raise UnauthorizedError("the token is not valid") from error
    if not audience_of(claims) & set(authorizer.audience):
        raise UnauthorizedError("the token does not have a valid audience")
    return claims


def audience_of(claims: dict[str, Any]) -> set[str]:
    """`aud`, or `client_id` only where there is no `aud`."""
    audience = claims.get("aud", claims.get("client_id", ()))
    return {audience} if isinstance(audience, str) else set(audience)


def granted_scopes(claims: dict[str, Any]) -> set[str]:
    """Returns the scopes of a token, from `scope` or `scp`."""
    scopes = claims.get("scope", claims.get("scp", ""))
    return set(scopes.split()) if isinstance(scopes, str) else set(scopes)


def as_text(value: object) -> str:
    """Claims reach the function as strings; lists as `[a b]`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + " ".join(as_text(item) for item in value) + "]"
    return json.dumps(value)
