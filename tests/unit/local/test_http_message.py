"""Requests read from bytes as RFC 9112 has them, and what is refused."""

from __future__ import annotations

import io
from typing import cast

import pytest

from local.http_message import (
    BadRequestError,
    ClosedError,
    Headers,
    Response,
    encode_response,
    read_chunked,
    read_headers,
    read_request_line,
    wants_keep_alive,
)


def reader(content: bytes) -> io.BufferedReader:
    return io.BufferedReader(cast("io.RawIOBase", io.BytesIO(content)))


def test_a_request_line_has_three_parts() -> None:
    assert read_request_line(reader(b"GET /a?b=1 HTTP/1.1\r\n")) == ("GET", "/a?b=1", "HTTP/1.1")


def test_an_empty_line_before_a_request_is_ignored() -> None:
    assert read_request_line(reader(b"\r\nGET / HTTP/1.1\r\n"))[0] == "GET"


@pytest.mark.parametrize("line", [b"GET /\r\n", b"GET / HTTP/2\r\n", b"nonsense\r\n"])
def test_another_request_line_is_refused(line: bytes) -> None:
    with pytest.raises(BadRequestError) as caught:
        read_request_line(reader(line))
    assert caught.value.status == 400


def test_a_connection_that_ends_is_no_request() -> None:
    with pytest.raises(ClosedError):
        read_request_line(reader(b""))


def test_headers_are_found_in_any_case_and_repeats_are_joined() -> None:
    headers = read_headers(reader(b"Accept: a\r\nX-One:  1 \r\naccept: b\r\n\r\n"))
    assert (headers.get("accept"), headers.get("x-one"), headers.get("none")) == ("a,b", "1", "")
    assert headers.fields[0] == ("Accept", "a")


@pytest.mark.parametrize(
    "line", [b"no colon\r\n", b": empty\r\n", b"Name : space\r\n", b" folded: x\r\n"]
)
def test_a_malformed_header_is_refused(line: bytes) -> None:
    with pytest.raises(BadRequestError):
        read_headers(reader(line + b"\r\n"))


def test_a_line_and_a_number_of_headers_have_limits() -> None:
    for content in (b"X: " + b"a" * 70_000 + b"\r\n\r\n", b"X: 1\r\n" * 201 + b"\r\n"):
        with pytest.raises(BadRequestError) as caught:
            read_headers(reader(content))
        assert caught.value.status == 431


def test_chunks_are_joined_and_trailers_passed_over() -> None:
    content = b"3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n"
    assert read_chunked(reader(content), 10) == b"abcde"


@pytest.mark.parametrize(
    ("content", "status"), [(b"zz\r\n", 400), (b"b\r\n", 413), (b"-1\r\n", 413)]
)
def test_a_bad_chunk_is_refused(content: bytes, status: int) -> None:
    with pytest.raises(BadRequestError) as caught:
        read_chunked(reader(content), 10)
    assert caught.value.status == status


def test_a_connection_is_kept_unless_one_side_says_otherwise() -> None:
    assert wants_keep_alive("HTTP/1.1", Headers([]))
    assert not wants_keep_alive("HTTP/1.1", Headers([("Connection", "Close")]))
    assert not wants_keep_alive("HTTP/1.0", Headers([]))
    assert wants_keep_alive("HTTP/1.0", Headers([("connection", "keep-alive")]))


def test_a_response_is_written_with_its_length() -> None:
    text = encode_response(Response(200, b"abc", [("Date", "now")]), keep_alive=False)
    assert (
        text == b"HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"
    )


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_has_none(status: int) -> None:
    text = encode_response(Response(status, b"abc", [("Date", "now")]), keep_alive=True)
    assert b"Content-Length" not in text
    assert text.endswith(b"\r\n\r\n")


def test_an_answer_to_head_says_how_long_it_would_be() -> None:
    text = encode_response(Response(200, b"abc"), keep_alive=True, without_body=True)
    assert b"Content-Length: 3\r\n" in text
    assert text.endswith(b"\r\n\r\n")
