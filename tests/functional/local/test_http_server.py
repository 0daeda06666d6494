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
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b"431"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused_and_the_connection_closed(
    server: HttpServer, sent: bytes, status: bytes
) -> None:
    assert exchange(server, sent).startswith(b"HTTP/1.1 " + status)


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
