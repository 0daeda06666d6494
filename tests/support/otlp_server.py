"""A peer on a socket that keeps what it was asked, byte for byte."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


class Serving:
    """Takes one connection, answers its requests one after the other, and keeps what was asked. Behind an answer to
    CONNECT it speaks TLS, where it has a certificate."""

    def __init__(self, *answers: bytes, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[bytes] = []
        self._answers = answers
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        with suppress(OSError):
            connection, _ = self._listener.accept()
            connection.settimeout(5)
            for answer in self._answers:
                request = _whole(connection)
                self.asked.append(request)
                connection.sendall(answer)
                if request.startswith(b"CONNECT") and self._tls is not None:
                    connection = self._tls.wrap_socket(connection, server_side=True)
            connection.close()


def _whole(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
    while len(body) < size:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


@contextmanager
def serving(*answers: bytes, tls: ssl.SSLContext | None = None) -> Iterator[Serving]:
    server = Serving(*answers, tls=tls)
    try:
        yield server
    finally:
        server.close()
