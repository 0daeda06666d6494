"""RS256 tokens of the issuer, and its key."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Sequence

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm

from local.identity.clients import Subject

TOKEN_SECONDS = 3_600


class TokenSigner:
    """Signs access and id tokens as `issuer`; `public_keys` is what anybody may verify them with."""

    def __init__(
        self,
        issuer: str,
        audience: str,
        clock: Callable[[], float] = time.time,
        key: str | None = None,
    ) -> None:
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        loaded = load_pem_private_key((key or new_key()).encode("ascii"), password=None)
        assert isinstance(loaded, rsa.RSAPrivateKey)
        self._key = loaded
        self._public = RSAAlgorithm.to_jwk(loaded.public_key(), as_dict=True)
        self._key_id = hashlib.sha256(self._public["n"].encode()).hexdigest()[:16]

    def public_keys(self) -> dict[str, object]:
        """Returns the JSON Web Key Set."""
        own = {"use": "sig", "alg": "RS256", "kid": self._key_id}
        return {"keys": [{**own, **{name: self._public[name] for name in ("kty", "n", "e")}}]}

    def access_token(self, subject: Subject, client_id: str, scopes: Sequence[str]) -> str:
        """Returns a signed access token."""
        claims = {**self._claims(subject), "aud": self._audience, "client_id": client_id}
        return self._sign({**claims, "scope": " ".join(scopes), "token_use": "access"})

    def id_token(self, subject: Subject, client_id: str, nonce: str) -> str:
        """Returns a signed id token."""
        claims = {**self._claims(subject), "aud": client_id, "token_use": "id"}
        return self._sign({**claims, "nonce": nonce} if nonce else claims)

    def _claims(self, subject: Subject) -> dict[str, object]:
        now = int(self._clock())
        claims: dict[str, object] = {
            "iss": self._issuer,
            "sub": subject.sub,
            "name": subject.name,
            "iat": now,
            "nbf": now,
            "exp": now + TOKEN_SECONDS,
            "jti": secrets.token_hex(16),
        }
        return {**claims, "tenant": subject.tenant} if subject.tenant else claims

    def _sign(self, claims: dict[str, object]) -> str:
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._key_id})


def new_key() -> str:
    """Returns a private key of 2,048 bits as PEM."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
