"""An HTTP API event as an OTLP request, and an OTLP response as an HTTP API response.

Source: OTLP specification, "OTLP/HTTP".
"""

from __future__ import annotations

import binascii
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from spanvas.model.errors import InvalidInputError, TooLargeError
from spanvas.otlp import messages
from spanvas_api.errors import MethodNotAllowedError, UnsupportedMediaTypeError

MEDIA_TYPES: Final = (messages.PROTOBUF, messages.JSON)
GZIP: Final = frozenset({"gzip", "x-gzip"})
GZIP_WBITS: Final = 31
BLOCK_BYTES: Final = 64 * 1024
MAX_MEMBERS: Final = 1_000
"""A gzip body may consist of several members; thousands of empty ones are an attack on whoever inflates them."""


class OtlpResponse(NamedTuple):
    """An HTTP response of the OTLP endpoint. `headers` without the content type, which is the request's."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}


def media_type_of(event: Mapping[str, Any]) -> str:
    """What the answer is to be written in: the request's own type, JSON where that is not one of OTLP's."""
    essence = _header(event, "content-type").split(";", 1)[0].strip().lower()
    return essence if essence in MEDIA_TYPES else messages.JSON


def check_method(event: Mapping[str, Any]) -> None:
    """Raises MethodNotAllowedError, UnsupportedMediaTypeError."""
    method = event.get("requestContext", {}).get("http", {}).get("method", "")
    if method != "POST":
        raise MethodNotAllowedError("Spans are sent with POST.")
    essence = _header(event, "content-type").split(";", 1)[0].strip().lower()
    if essence not in MEDIA_TYPES:
        raise UnsupportedMediaTypeError(
            f"The content type is not one of {', '.join(MEDIA_TYPES)}.", "content-type"
        )
    if _coding(event) not in GZIP | {""}:
        raise UnsupportedMediaTypeError(
            "The content encoding is neither gzip nor none.", "content-encoding"
        )


def sent_body(event: Mapping[str, Any], limit: int) -> bytes:
    """The body as it was sent. Raises TooLargeError, InvalidInputError."""
    text = event.get("body") or ""
    if len(text) > limit * 4 // 3 + 4:
        raise too_large(limit, "as it is sent")
    if not event.get("isBase64Encoded"):
        body = text.encode("utf-8", "replace")
    else:
        try:
            body = b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise InvalidInputError("body", "is not base64") from None
    if len(body) > limit:
        raise too_large(limit, "as it is sent")
    return body


def inflated_body(event: Mapping[str, Any], body: bytes, limit: int) -> bytes:
    """The body as it was before it was compressed. Raises TooLargeError as soon as it gets too large."""
    if _coding(event) in GZIP and body:
        return inflate(body, limit)
    if len(body) > limit:
        raise too_large(limit, "inflated")
    return body


def inflate(data: bytes, limit: int) -> bytes:
    """All members of a gzip body (RFC 1952, 2.2), in blocks: what follows a member is copied by every look at it."""
    view = memoryview(data)
    pieces: list[bytes] = []
    size = at = members = 0
    member = None
    while at < len(data):
        if member is None:
            members += 1
            if members > MAX_MEMBERS:
                raise InvalidInputError("body", f"has more than {MAX_MEMBERS:,} gzip members")
            member = zlib.decompressobj(GZIP_WBITS)
        block = view[at : at + BLOCK_BYTES]
        try:
            pieces.append(member.decompress(block, limit - size + 1))
        except zlib.error:
            raise InvalidInputError("body", "is not gzip") from None
        size += len(pieces[-1])
        if size > limit:
            raise too_large(limit, "inflated")
        at += len(block) - len(member.unused_data) - len(member.unconsumed_tail)
        if member.eof:
            member = None
            at = _behind_zeros(data, at)
    if member is not None:
        raise InvalidInputError("body", "is gzip that is cut off")
    return b"".join(pieces)


def http_response(response: OtlpResponse, media_type: str) -> dict[str, Any]:
    """Returns the response as the HTTP API takes it from a function (payload format 2.0)."""
    headers = {
        "Content-Type": media_type,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        **response.headers,
    }
    if media_type == messages.JSON:
        body, is_coded = response.body.decode(), False
    else:
        body, is_coded = b64encode(response.body).decode(), True
    return {
        "statusCode": response.status,
        "headers": headers,
        "body": body,
        "isBase64Encoded": is_coded,
    }


def too_large(limit: int, how: str) -> TooLargeError:
    """Returns the error of a body that is larger than `limit` bytes; `how` says before or after decompression."""
    return TooLargeError("body", f"is larger than {limit:,} bytes {how}; send smaller requests")


def _behind_zeros(data: bytes, at: int) -> int:
    """Zeros behind a member are padding, as on tapes."""
    while data[at : at + 1] == b"\0":
        rest = data[at : at + BLOCK_BYTES]
        at += len(rest) - len(rest.lstrip(b"\0"))
    return at


def _coding(event: Mapping[str, Any]) -> str:
    coding = _header(event, "content-encoding").strip().lower()
    return "" if coding == "identity" else coding


def _header(event: Mapping[str, Any], name: str) -> str:
    return str((event.get("headers") or {}).get(name) or "")
