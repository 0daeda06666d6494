"""A server that answers when it has read the head of a request, and closes the connection."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class EarlyServer:
    """Answers each connection with the next of `answers`. What it has not read of a body is thrown away, so that the
    client is told by a reset, as by S3 and by most HTTP servers."""

    def __init__(self, *answers: bytes) -> None:
        self.heads: list[bytes] = []
        self.read_bytes = 0
        self._answers = answers
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        with suppress(OSError):
            for answer in self._answers:
                connection, _ = self._listener.accept()
                with connection:
                    connection.settimeout(5)
                    data = b""
                    while b"\r\n\r\n" not in data:
                        data += connection.recv(1024)
                    self.heads.append(data.partition(b"\r\n\r\n")[0])
                    self.read_bytes += len(data)
                    connection.sendall(answer)


@contextmanager
def answering_early(*answers: bytes) -> Iterator[EarlyServer]:
    server = EarlyServer(*answers)
    try:
        yield server
    finally:
        server.close()
