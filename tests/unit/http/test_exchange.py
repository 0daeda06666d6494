"""One request and its answer over a socket: every form of an answer, its size, its deadline."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from spanvas.http.exchange import SENT_AT_ONCE, ExchangeError, HttpResponse, exchange
from tests.support.early_server import answering_early


def answers(*sent: bytes) -> HttpResponse:
    """What is made of these bytes, coming one after the other."""
    ours, theirs = socket.socketpair()

    def send() -> None:
        for part in sent:
            time.sleep(0.005)
            theirs.sendall(part)
        theirs.shutdown(socket.SHUT_WR)

    thread = threading.Thread(target=send)
    with ours, theirs:
        thread.start()
        try:
            return exchange(ours, b"", (b"GET / HTTP/1.1\r\n\r\n",), time.monotonic() + 60)
        finally:
            thread.join()


@pytest.mark.parametrize(
    ("sent", "body", "is_last"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", b"abc", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: Close\r\n\r\n", b"", True),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", b"a", True),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", b"until the end", True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b"", False),
        (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
            b"a",
            False,
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"3;x=y\r\nabc\r\n2\r\nde\r\n0\r\ntrailer: t\r\n\r\n",
            b"abcde",
            False,
        ),
    ],
)
def test_answers_are_read_whatever_their_form(sent: bytes, body: bytes, is_last: bool) -> None:
    for cut in (len(sent), 1, len(sent) // 2, len(sent) - 1):
        answer = answers(sent[:cut], sent[cut:])
        assert (answer.body, answer.is_last) == (body, is_last)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\r\n\r\n",
        b"HTTP/1.1 2xx\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * 140_000,
    ],
)
def test_what_is_no_answer_is_an_error(sent: bytes) -> None:
    with pytest.raises(ExchangeError):
        answers(sent)


def test_answers_that_are_too_large_are_not_read_to_their_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("spanvas.http.exchange.MAX_BODY", 4)
    with pytest.raises(ExchangeError, match="too large"):
        answers(b"HTTP/1.1 200 OK\r\n\r\nabcdef")
    with pytest.raises(ExchangeError, match="too large"):
        answers(b"HTTP/1.1 200 OK\r\n\r\nab", b"cdef")
    with pytest.raises(ExchangeError, match="too large"):
        answers(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\nabc\r\n0\r\n\r\n"
        )


def test_an_answer_that_breaks_off_is_an_error() -> None:
    with pytest.raises(ConnectionResetError):
        answers(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na")


def test_nothing_is_sent_past_the_deadline() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(TimeoutError):
        exchange(ours, b"", (b"x",), time.monotonic() - 1)


def test_a_server_that_drips_does_not_move_the_deadline() -> None:
    ours, theirs = socket.socketpair()
    stopped = threading.Event()

    def drip() -> None:
        with theirs:
            while not stopped.wait(0.02):
                theirs.sendall(b"H")

    thread = threading.Thread(target=drip)
    thread.start()
    began = time.monotonic()
    with ours, pytest.raises(TimeoutError):
        try:
            exchange(ours, b"", (b"x",), began + 0.2)
        finally:
            stopped.set()
            thread.join()


DENIED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\ndenied"
LARGE = b"x" * 20_000_000


@pytest.mark.parametrize("blocks", [(LARGE,), (LARGE[:1_000],) * 20_000, (b"", LARGE)])
def test_an_answer_that_comes_before_the_body_is_whole_is_read(blocks: tuple[bytes, ...]) -> None:
    with answering_early(DENIED) as server:
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as connection:
            head = b"PUT / HTTP/1.1\r\ncontent-length: 20000000\r\n\r\n"
            answer = exchange(connection, head, blocks, time.monotonic() + 60)
    assert (answer.status, answer.body, answer.is_last) == (403, b"denied", True)


def test_the_rest_of_a_body_is_not_sent_to_a_server_that_has_answered() -> None:
    ours, theirs = socket.socketpair()

    def blocks() -> Iterator[bytes]:
        yield b"x"
        theirs.sendall(DENIED)
        yield b"y" * SENT_AT_ONCE

    with ours, theirs:
        answer = exchange(ours, b"", blocks(), time.monotonic() + 60)
        assert (answer.status, answer.is_last) == (403, True)
        assert theirs.recv(1 << 20) == b"x"


def test_an_interim_answer_does_not_end_the_request() -> None:
    early_hints = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
    ours, theirs = socket.socketpair()

    def blocks() -> Iterator[bytes]:
        yield b"x"
        theirs.sendall(early_hints)
        yield b"y"
        assert theirs.recv(10) == b"xy"
        theirs.sendall(early_hints + b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")

    with ours, theirs:
        answer = exchange(ours, b"", blocks(), time.monotonic() + 60)
    assert (answer.status, answer.body, answer.is_last) == (200, b"ok", False)


def test_a_server_that_goes_away_without_an_answer_is_an_error() -> None:
    with answering_early(b"") as server:
        host, port = server.url.removeprefix("http://").split(":")
        with (
            socket.create_connection((host, int(port))) as connection,
            pytest.raises(OSError, match=r"closed|reset|Broken pipe"),
        ):
            exchange(connection, b"PUT / HTTP/1.1\r\n\r\n", (LARGE,), time.monotonic() + 60)
