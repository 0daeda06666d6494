"""The HTTP server over real sockets: kept connections, large bodies, broken requests, stopping."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator

import pytest

from local.http_message import Request, Response
from local.http_server import HttpServer


def echo(request: Request) -> Response:
    if request.path == "/fail":
        raise ValueError("as asked")
    if request.path == "/headers":
        return Response(200, request.headers.get("x-one").encode(), [("Date", "now")])
    if request.path == "/nothing":
        return Response(204, b"never sent")
    return Response(200, request.body, [("X-Method", request.method), ("X-Query", request.query)])


@pytest.fixture
def server() -> Iterator[HttpServer]:
    made = HttpServer(name="test", max_body_bytes=1_000_000).start(echo)
    yield made
    made.stop()


def exchange(server: HttpServer, sent: bytes) -> bytes:
    """Bytes sent and bytes received until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(sent)
        received = b""
        while chunk := connection.recv(65_536):
            received += chunk
    return received


def test_one_connection_serves_many_requests(server: HttpServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    for body in (b"", b"a", b"x" * 500_000):
        connection.request("POST", "/path?q=1", body)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, body)
        assert (answer.headers["x-method"], answer.headers["x-query"]) == ("POST", "q=1")
    connection.close()


def test_a_client_that_waits_is_told_to_continue(server: HttpServer) -> None:
    head = (
        b"PUT / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(head)
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"ok")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")


def test_a_chunked_body_is_whole(server: HttpServer) -> None:
    head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    assert exchange(server, head + b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n").endswith(b"\r\n\r\nabc")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1000001\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: br\r\n\r\n", b"501"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n", b"413"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/2\r\n\r\n", b"400"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused_and_the_connection_closed(
    server: HttpServer, sent: bytes, status: bytes
) -> None:
    assert exchange(server, sent).startswith(b"HTTP/1.1 " + status)


def test_chunks_have_extensions_and_trailers(server: HttpServer) -> None:
    head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    answer = exchange(server, head + b"3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n")
    assert answer.endswith(b"\r\n\r\nabcde")


def test_headers_are_found_in_any_case_and_repeats_are_joined(server: HttpServer) -> None:
    sent = b"GET /headers HTTP/1.1\r\nX-One:  1 \r\nx-one: 2\r\nConnection: close\r\n\r\n"
    answer = exchange(server, sent)
    assert answer.endswith(b"\r\n\r\n1,2")
    assert answer.count(b"Date:") == answer.count(b"Date: now\r\n") == 1


def test_a_status_without_a_body_has_none(server: HttpServer) -> None:
    answer = exchange(server, b"GET /nothing HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert b"Content-Length" not in answer
    assert answer.endswith(b"\r\n\r\n")


def test_an_answer_to_head_says_how_long_it_would_be(server: HttpServer) -> None:
    sent = b"HEAD / HTTP/1.1\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"
    answer = exchange(server, sent)
    assert b"Content-Length: 3\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


def test_a_connection_of_http_1_0_is_closed_unless_it_is_to_be_kept(server: HttpServer) -> None:
    assert exchange(server, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200")
    kept = b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    assert exchange(server, kept + b"GET / HTTP/1.0\r\n\r\n").count(b"HTTP/1.1 200") == 2


def test_a_handler_that_fails_is_a_500_and_the_server_goes_on(server: HttpServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", "/fail")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (500, b"Internal Server Error")
    connection.request("GET", "/")
    assert connection.getresponse().status == 200
    connection.close()


def test_stopping_closes_the_port_and_kept_connections(server: HttpServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        server.stop()
        assert connection.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=60)


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "ODD"])
def test_every_method_is_the_handlers_to_answer(server: HttpServer, method: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request(method, "/path")
    answer = connection.getresponse()
    assert (answer.status, answer.headers["x-method"]) == (200, method)
    connection.close()
