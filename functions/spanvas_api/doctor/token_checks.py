"""The issuer, and what one of its tokens says to this deployment."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from spanvas_api.auth import Principal, principal_of
from spanvas_api.claims import TokenRules
from spanvas_api.doctor.report import OK, WRONG, Finding
from spanvas_api.errors import ForbiddenError, UnauthenticatedError
from spanvas_api.policy import FIELD_SCOPES, POLICY


class Fetch(Protocol):
    """Returns the JSON of a URL, asked for with a token where one is given. Raises OSError or ValueError."""

    def __call__(self, url: str, token: str = "", /) -> Any:
        """Asks once."""


KNOWN_SCOPES: Final = frozenset(
    filter(None, [rule.scope for rule in POLICY] + list(FIELD_SCOPES.values()))
)
DISCOVERY: Final = "/.well-known/openid-configuration"


def issuer(url: str, fetch: Fetch) -> Iterator[Finding]:
    """Looks for the issuer's description and its keys, as the gateway does."""
    try:
        described = fetch(url.rstrip("/") + DISCOVERY)
        said = described.get("issuer", "")
    except (OSError, ValueError, AttributeError) as error:
        yield Finding(
            "issuer", WRONG, str(error)[:200], f"{url}{DISCOVERY} has to answer with JSON"
        )
        return
    if said != url:
        mend = "JwtIssuer has to be written as the issuer writes itself, to the last slash"
        yield Finding("issuer", WRONG, f"calls itself {said!r}", mend)
        return
    yield Finding("issuer", OK, url)
    try:
        keys = fetch(described["jwks_uri"])["keys"]
        kinds = sorted({str(key.get("kty")) for key in keys})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        mend = "the gateway cannot check a signature without the issuer's keys"
        yield Finding("keys of the issuer", WRONG, f"{type(error).__name__}: {error}"[:200], mend)
        return
    if "RSA" not in kinds:
        mend = "HTTP APIs of API Gateway take RS256 alone"
        yield Finding("keys of the issuer", WRONG, ", ".join(kinds) or "none", mend)
        return
    yield Finding(
        "keys of the issuer", OK, f"{len(keys)} at {urlsplit(described['jwks_uri']).netloc}"
    )


def token(text: str, rules: TokenRules, now: float) -> Iterator[Finding]:
    """Looks at the claims of a token. Its signature is the gateway's to check."""
    claims = claims_in(text)
    if claims is None:
        yield Finding("token", WRONG, "is no JWT", "give an access token, without `Bearer`")
        return
    try:
        principal = _principal(claims, rules, now)
    except UnauthenticatedError as error:
        yield Finding("token", WRONG, str(error), "ask the issuer for another one")
        return
    except ForbiddenError as error:
        mend = f"the issuer has to put `sub` and {rules.tenant_claim!r} into access tokens as texts"
        yield Finding("token", WRONG, str(error), mend)
        return
    yield Finding("token", OK, f"of {principal.subject} for the tenant {principal.tenant}")
    if principal.workflows is not None:
        yield Finding("workflows of the token", OK, " ".join(principal.workflows) or "none")
    scopes = sorted(principal.scopes & KNOWN_SCOPES)
    if scopes:
        yield Finding("scopes of the token", OK, " ".join(scopes))
    else:
        mend = "see docs/reference/permissions.md for the scopes and what they allow"
        yield Finding("scopes of the token", WRONG, "none that Spanvas knows", mend)


def tenant_of(text: str, rules: TokenRules, now: float) -> str:
    """Returns the tenant of a token; "" where it names none that counts."""
    claims = claims_in(text) if text else None
    if claims is None:
        return ""
    try:
        return _principal(claims, rules, now).tenant
    except (UnauthenticatedError, ForbiddenError):
        return ""


def _principal(claims: Mapping[str, Any], rules: TokenRules, now: float) -> Principal:
    event = {"requestContext": {"authorizer": {"jwt": {"claims": claims}}}}
    return principal_of(event, rules, now)


def claims_in(text: str) -> Mapping[str, Any] | None:
    """Returns the claims of a JWT without a look at its signature; None where it is none."""
    try:
        _, body, _ = text.strip().removeprefix("Bearer ").split(".")
        found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
