"""The claims of a token, checked once more in the function: issuer, audience, times, use and types.

The gateway verifies the signature and these claims before the function runs. The function checks what it can see all
the same, so that another authorizer in front of it, or none, gives nothing away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, NamedTuple, TypeGuard

from spanvas_api.errors import ForbiddenError, UnauthenticatedError

LEEWAY_SECONDS: Final = 60
"""By how much clocks may differ (RFC 7519, section 4.1.4: "usually no more than a few minutes")."""
ACCESS: Final = "access"
USES: Final = ("token_use", "typ")
"""What a token is for: Cognito's `token_use`; Keycloak's `typ`, which is `Bearer` for access tokens."""
OTHER_USES: Final = frozenset({"id", "refresh", "offline", "logout"})
NO_TEXTS: Final = frozenset({"null", "undefined", "true", "false", "<nil>"})
"""What becomes of a claim that is no text on its way through a gateway."""
LONGEST_SUBJECT: Final = 256
"""Of a subject, and of a name for people."""
_BETWEEN: Final = re.compile(r"[\s,]+")


class TokenRules(NamedTuple):
    """What a token has to say. An empty issuer or audience is not checked, an empty claim of workflows not read.

    `name_claims` are those that may name the holder for people.
    """

    tenant_claim: str
    issuer: str = ""
    audience: str = ""
    workflows_claim: str = ""
    name_claims: tuple[str, ...] = ()


def check_claims(claims: Mapping[str, Any], rules: TokenRules, now_unix_seconds: float) -> None:
    """Returns where the claims are those of an access token for this API that is valid now.

    Raises UnauthenticatedError, which does not say more than the caller may know.
    """
    if rules.issuer and claims.get("iss") != rules.issuer:
        raise UnauthenticatedError("The token is of another issuer.")
    if rules.audience and rules.audience not in audiences_of(claims):
        raise UnauthenticatedError("The token is for another audience.")
    if any(str(claims.get(use, "")).lower() in OTHER_USES for use in USES):
        raise UnauthenticatedError("The token is no access token.")
    if _time(claims, "exp", now_unix_seconds) + LEEWAY_SECONDS < now_unix_seconds:
        raise UnauthenticatedError("The token has expired.")
    if max(_time(claims, "nbf", 0), _time(claims, "iat", 0)) - LEEWAY_SECONDS > now_unix_seconds:
        raise UnauthenticatedError("The token is not valid yet.")


def subject_of(claims: Mapping[str, Any]) -> str:
    """Returns the subject. Raises ForbiddenError where the token has none, or something else than a text."""
    subject = claims.get("sub")
    if not is_text(subject) or len(subject) > LONGEST_SUBJECT or not subject.isprintable():
        raise ForbiddenError("The token names no subject.")
    return subject


def workflows_of(claims: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    """Returns the globs of the workflows that a token is restricted to; None where it has no such claim: all.

    The claim is one text with blanks or commas between the globs, or a list of them, also as JSON or as API Gateway
    writes it: `[a b]`. One without a glob restricts to nothing. Raises ForbiddenError where it is anything else.
    """
    if not name or name not in claims:
        return None
    value = claims[name]
    if isinstance(value, str) and value.startswith('["'):
        with suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, str) and value not in NO_TEXTS and value[:1] != "{":
        is_list = value.startswith("[") and value.endswith("]")
        return tuple(filter(None, _BETWEEN.split(value[1:-1] if is_list else value)))
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(filter(None, value))
    raise ForbiddenError(f"The token's claim {name!r} names no workflows.")


def name_of(claims: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """Returns what the holder of a token is called by the first of some claims that says so; "" where none does.

    A name decides about nothing: one that cannot be shown is passed over.
    """
    for value in map(claims.get, names):
        if is_text(value) and len(value) <= LONGEST_SUBJECT and value.isprintable():
            return value
    return ""


def is_text(value: Any) -> TypeGuard[str]:
    """Returns whether a claim is a text: not a list, an object or null that a gateway has written as one."""
    return isinstance(value, str) and bool(value) and value not in NO_TEXTS and value[0] not in "[{"


def audiences_of(claims: Mapping[str, Any]) -> list[str]:
    """Returns the audiences of a token: `aud`, one or several, and `client_id`, which Cognito writes instead."""
    return [*texts_in(claims.get("aud")), *texts_in(claims.get("client_id"))]


def texts_in(value: object) -> list[str]:
    """Returns the texts of a claim that is one text with blanks between, or a list; API Gateway writes `[a b]`."""
    if isinstance(value, str):
        is_list = value.startswith("[") and value.endswith("]")
        return (value[1:-1] if is_list else value).split()
    if isinstance(value, list):
        return [text for text in value if isinstance(text, str)]
    return []


def _time(claims: Mapping[str, Any], name: str, absent: float) -> float:
    """Returns a NumericDate in seconds, which gateways write as a text. Raises UnauthenticatedError."""
    value = claims.get(name)
    if value is None:
        return absent
    try:
        if isinstance(value, bool):
            raise ValueError(value)
        seconds = float(value)
    except (TypeError, ValueError):
        raise UnauthenticatedError(f"The token's claim {name!r} is no time.") from None
    if not 0 <= seconds < float("inf"):
        raise UnauthenticatedError(f"The token's claim {name!r} is no time.")
    return seconds
