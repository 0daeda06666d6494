"""Names of keys whose values are secrets whatever they look like.

Two traps of others are pinned by tests: a rule for `auth` that spares `author` must not spare `Authorization`, and an
exception for token counts must not bring back `access_token`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final

WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

SECRET_WORDS: Final = frozenset(
    {
        "password", "passwords", "passwd", "pwd", "passphrase", "passcode", "pass", "secret", "secrets",
        "authorization", "cookie", "cookies", "credential", "credentials", "cred", "creds", "jwt", "bearer", "csrf",
        "xsrf", "otp", "ssn", "cvv", "cvc", "iban", "htpasswd",
    }
)  # fmt: skip
"""One of these words anywhere in a key is enough."""

SECRET_COMPOUNDS: Final = frozenset(
    {
        "apikey", "apitoken", "accesskey", "accesstoken", "authtoken", "refreshtoken", "idtoken", "sessiontoken",
        "securitytoken", "bearertoken", "bottoken", "secretkey", "privatekey", "signingkey", "encryptionkey",
        "masterkey", "accountkey", "sharedkey", "subscriptionkey", "authkey", "sshkey", "clientsecret",
        "amzsignature", "amzcredential", "authheader", "sessionkey", "cardnumber", "creditcard",
        "socialsecurity", "passportnumber", "phonenumber", "keydata",
    }
)  # fmt: skip
"""Two neighbouring words (or one, written together) that make a key a secret."""

SECRET_NUMBERS: Final = frozenset(
    {"password", "passcode", "pass", "pin", "otp", "ssn", "cvv", "cvc"}
)

TOKEN_COUNTING: Final = frozenset(
    {
        "count", "counts", "type", "limit", "usage", "budget", "price", "rate", "id", "url", "uri", "endpoint",
        "expiry", "expires", "expiration", "length", "index", "details", "seconds", "detail", "ids", "use",
    }
)  # fmt: skip
PAGING: Final = frozenset(
    {"next", "page", "continuation", "pagination", "sync", "cursor", "request", "idempotency"}
)
COUNTED: Final = frozenset({"access", "refresh", "auth", "bearer", "session", "api", "security"})
HARMLESS_ENDINGS: Final = frozenset(
    {
        "arn", "name", "policy", "count", "length", "type", "url", "uri", "endpoint", "expires", "expiry",
        "enabled", "required", "present", "at", "in", "version",
    }
)  # fmt: skip
"""`secret_arn` names a secret, `password_expires_at` talks about one."""


CREDENTIAL_IDS: Final = (["credential", "id"], ["credentials", "id"])
"""Which of a vault's entries it is. A `secret_id` may be the secret itself, as HashiCorp's is."""


@lru_cache(maxsize=4096)
def is_secret_key(key: str) -> bool:
    """Whether a key says that its value is a secret: `Authorization`, `access_token`, `x-api-key`, `dbPassword`."""
    words = [word.lower() for word in WORD.findall(key[-200:])]
    if not words or words[-1] in HARMLESS_ENDINGS or words[-2:] in CREDENTIAL_IDS:
        return False
    if not SECRET_WORDS.isdisjoint(words) or words[-1] == "auth":
        return True
    compounds = {*words, *(one + two for one, two in pairwise(words))}
    return not SECRET_COMPOUNDS.isdisjoint(compounds) or _is_token(words)


def _is_token(words: list[str]) -> bool:
    """`token` in the singular, unless it counts, bills or pages; in the plural only after a word like `access`."""
    if "token" in words:
        return TOKEN_COUNTING.isdisjoint(words) and PAGING.isdisjoint(words)
    return words[-1] == "tokens" and len(words) > 1 and words[-2] in COUNTED


@lru_cache(maxsize=1024)
def is_secret_number_key(key: str) -> bool:
    """Whether even a number under this key is a secret: a PIN is, `max_token: 4096` is not."""
    return not SECRET_NUMBERS.isdisjoint(word.lower() for word in WORD.findall(key[-200:]))
