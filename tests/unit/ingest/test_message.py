"""From an event to a body, and from an answer to an event's answer."""

from __future__ import annotations

import gzip
import zlib
from base64 import b64decode, b64encode

import pytest

from spanvas.model.errors import InvalidInputError, TooLargeError
from spanvas_api.ingest.message import OtlpResponse, http_response, inflate, sent_body
from tests.support.memory_use import peak_memory

MIB = 1024 * 1024


def test_one_member_is_inflated() -> None:
    assert inflate(gzip.compress(b"spans" * 1000), MIB) == b"spans" * 1000


def test_all_members_are_inflated() -> None:
    body = b"".join(gzip.compress(bytes([n]) * 70_000) for n in range(5))
    assert inflate(body, MIB) == b"".join(bytes([n]) * 70_000 for n in range(5))


def test_zeros_behind_and_between_members_are_padding() -> None:
    body = gzip.compress(b"a") + bytes(200_000) + gzip.compress(b"b") + bytes(3)
    assert inflate(body, MIB) == b"ab"


def test_a_member_may_end_anywhere_in_a_block() -> None:
    for size in (65_530, 65_536, 65_540, 131_072):
        noise = bytes(zlib.crc32(str(n).encode()) & 255 for n in range(size))
        assert inflate(gzip.compress(noise, 0) + gzip.compress(b"end"), MIB) == noise + b"end"


def test_exactly_the_limit_is_taken_and_one_more_is_not() -> None:
    assert len(inflate(gzip.compress(bytes(1000)), 1000)) == 1000
    for body in (gzip.compress(bytes(1001)), gzip.compress(bytes(600)) + gzip.compress(bytes(401))):
        with pytest.raises(TooLargeError, match="1,000 bytes inflated"):
            inflate(body, 1000)


def test_a_bomb_is_refused_before_it_inflates() -> None:
    bomb = gzip.compress(bytes(512 * MIB))
    with peak_memory() as peak, pytest.raises(TooLargeError):
        inflate(bomb, 16 * MIB)
    assert peak.bytes < 34 * MIB


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"plain", "is not gzip"),
        (gzip.compress(b"spans")[:-4], "cut off"),
        (gzip.compress(b"spans")[:9], "cut off"),
        (gzip.compress(b"spans")[:-8] + bytes(8), "is not gzip"),
        (gzip.compress(b"spans") + b"garbage", "is not gzip"),
        (zlib.compress(b"spans"), "is not gzip"),
        (gzip.compress(b"") * 1001, "more than 1,000 gzip members"),
    ],
)
def test_what_is_no_gzip_is_refused(body, message) -> None:
    with pytest.raises(InvalidInputError, match=message):
        inflate(body, MIB)


def test_a_body_is_text_or_base64() -> None:
    assert sent_body({"body": "{}"}, 10) == b"{}"
    assert (
        sent_body({"body": b64encode(b"\x00\xff").decode(), "isBase64Encoded": True}, 10)
        == b"\x00\xff"
    )
    assert sent_body({}, 10) == b""
    assert sent_body({"body": None, "isBase64Encoded": True}, 10) == b""


def test_a_body_that_is_too_large_is_refused_before_it_is_decoded() -> None:
    for size in (11, 1000):
        for event in (
            {"body": "x" * size},
            {"body": b64encode(bytes(size)).decode(), "isBase64Encoded": True},
        ):
            with pytest.raises(TooLargeError, match="10 bytes as it is sent"):
                sent_body(event, 10)


def test_what_is_said_to_be_base64_and_is_not_is_refused() -> None:
    for text in ("?", "a", "ä"):
        with pytest.raises(InvalidInputError):
            sent_body({"body": text, "isBase64Encoded": True}, 10)


def test_json_goes_out_as_text_and_protobuf_as_base64() -> None:
    answer = http_response(OtlpResponse(200, b"{}"), "application/json")
    assert (answer["body"], answer["isBase64Encoded"]) == ("{}", False)
    answer = http_response(
        OtlpResponse(429, b"\x08\x0e", {"Retry-After": "3"}), "application/x-protobuf"
    )
    assert (b64decode(answer["body"]), answer["isBase64Encoded"]) == (b"\x08\x0e", True)
    assert answer["headers"] == {
        "Content-Type": "application/x-protobuf",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Retry-After": "3",
    }
