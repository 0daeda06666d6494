"""Where the next page begins, as an opaque text that is good for one caller and one query.

A cursor grants nothing: what it points at is always read under the caller's own tenant and rights. The digest keeps it
from being carried to another caller, another query or another deployment, and from being written by hand. What it says
is masked: a position may be that of an execution of which the caller may not know. The key comes from the table's name,
which no answer tells; whoever has it from AWS can read the table's own settings anyway.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from hashlib import blake2b
from hmac import compare_digest
from operator import xor
from typing import Any, Final

import orjson

from spanvas.model.errors import InvalidInputError

MAX_LENGTH: Final = 2048
_DIGEST_BYTES: Final = 16
_BLOCK_BYTES: Final = 64


class Cursors:
    """Seals and opens cursors for one caller and one query.

    `deployment` names the table that is read. `caller` is tenant and subject; the tenant alone, where any caller of it
    may go on.
    """

    def __init__(
        self, deployment: str, caller: tuple[str, ...], call: str, query: Mapping[str, Any]
    ) -> None:
        self._key = blake2b(deployment.encode(), digest_size=32, person=b"cursor-key").digest()
        self._bound_to = orjson.dumps([caller, call, sorted(query.items())])

    def seal(self, position: Any) -> str:
        """`position` is what the store calls the next page; any JSON value."""
        payload = orjson.dumps(position)
        digest = self._digest(payload)
        return urlsafe_b64encode(digest + self._masked(payload, digest)).decode().rstrip("=")

    def unseal(self, cursor: str) -> Any:
        """The position. Raises InvalidInputError naming `cursor` for everything that `seal` did not make here."""
        if len(cursor) > MAX_LENGTH:
            raise _refused()
        try:
            sealed = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except (binascii.Error, ValueError) as error:
            raise _refused() from error
        digest = sealed[:_DIGEST_BYTES]
        payload = self._masked(sealed[_DIGEST_BYTES:], digest)
        if not compare_digest(digest, self._digest(payload)):
            raise _refused()
        return orjson.loads(payload)

    def _masked(self, payload: bytes, digest: bytes) -> bytes:
        """Masks a payload with a stream of digests of its own digest; twice gives it back."""
        blocks = range(-(-len(payload) // _BLOCK_BYTES))
        stream = b"".join(
            blake2b(
                digest + block.to_bytes(4, "big"), key=self._key, person=b"cursor-mask"
            ).digest()
            for block in blocks
        )
        return bytes(map(xor, payload, stream))

    def _digest(self, payload: bytes) -> bytes:
        return blake2b(
            self._bound_to + b"\0" + payload, key=self._key, digest_size=_DIGEST_BYTES
        ).digest()


def _refused() -> InvalidInputError:
    return InvalidInputError("cursor", "is not a cursor of this query; start again without it")
