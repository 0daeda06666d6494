"""A server that answers as its script says, in the place of DynamoDB and S3."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from spanvas.http.credentials import AwsEndpoint, Credentials

KEYS = Credentials("AKID", "secret", "token")
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


class Server:
    """Answers each request with the next of `script`; counts connections.

    Bytes are an answer, b"" is silence, None is to hang up. It closes the connection where the client asks for that.
    """

    def __init__(self, *script: bytes | None) -> None:
        self.script = list(script)
        self.requests: list[bytes] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def hang_up(self) -> None:
        """Ends every connection for the client; the thread, which may be about to read one, closes it."""
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            self.connections += 1
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        """One connection after the other: what the client keeps is used until it lets go."""
        connection.settimeout(30)
        try:
            while data := connection.recv(1 << 20):
                head, _, body = data.partition(b"\r\n\r\n")
                size = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                while len(body) < size:
                    body += connection.recv(1 << 20)
                self.requests.append(head + b"\r\n\r\n" + body)
                answer = self.script.pop(0)
                if answer is None:
                    return
                connection.sendall(answer)
                if answer and b"connection: close" in head.lower():
                    return
        except (OSError, ValueError, IndexError):
            return  # the client hangs up, or speaks something else


@contextmanager
def serving(*script: bytes | None) -> Iterator[tuple[Server, AwsEndpoint]]:
    server = Server(*script)
    try:
        url = server.url
        yield (
            server,
            AwsEndpoint("eu-central-1", "amazonaws.com", KEYS, {"dynamodb": url, "s3": url}),
        )
    finally:
        server.close()


def failing(status: int, body: bytes) -> bytes:
    return b"HTTP/1.1 %d No\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body)
