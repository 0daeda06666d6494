"""The standard library's HTTP server on loopback, for handlers of whole requests: a thread for each kept connection.

Head and body of an answer leave in one packet, which makes `http.server` as quick as any other server that was measured
(ADR 54). Not responsible for TLS, HTTP/2 or anything beyond loopback.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any

from local.http_message import LOOPBACK, Handler, Headers, Request, Response

logger = logging.getLogger(__name__)

IDLE_SECONDS = 120.0
BODILESS_STATUSES = frozenset({204, 304})


class UnreadableError(Exception):
    """The body of a request cannot be read; `status` says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class HttpServer:
    """Listens on `127.0.0.1:port` (0: a free one) from construction, answers from `start` until `stop`."""

    def __init__(
        self,
        *,
        name: str,
        port: int = 0,
        max_body_bytes: int = 256 * 1024 * 1024,
        too_large: Response | None = None,
    ) -> None:
        self.name = name
        self.max_body_bytes = max_body_bytes
        self.too_large = too_large or Response(413, b"Content Too Large")
        self.connections: set[socket.socket] = set()
        self.is_stopped = False
        self._server = Listener((LOOPBACK, port), self._connection)
        self.port: int = self._server.server_address[1]

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(self, handler: Handler) -> HttpServer:
        """Begins to answer requests in threads; returns the server itself."""
        self.handler = handler
        threading.Thread(target=self._accept, name=f"{self.name}-accept", daemon=True).start()
        return self

    def stop(self) -> None:
        """Close the socket and every connection; requests under way are cut."""
        self.is_stopped = True
        for opened in (self._server.socket, *self.connections):
            close_socket(opened)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # `stop` has closed the socket
            while True:
                self._server.process_request(*self._server.get_request())

    def _connection(self, *arguments: Any) -> Connection:
        return Connection(self, *arguments)


class Listener(ThreadingTCPServer):
    """Accepts connections, each in a thread that does not outlive the process."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The client has gone away, or `stop` has closed the connection."""
        logger.debug("a connection has ended", exc_info=True)


class Connection(BaseHTTPRequestHandler):
    """Answers the requests of one connection, one after the other."""

    protocol_version = default_request_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = -1
    error_content_type = "text/plain"
    error_message_format = "%(message)s"

    def __init__(self, owner: HttpServer, *arguments: Any) -> None:
        self._owner = owner
        super().__init__(*arguments)

    def setup(self) -> None:
        """Makes the connection known to its server; one that was accepted while that stopped is closed."""
        super().setup()
        self._owner.connections.add(self.connection)
        if self._owner.is_stopped:
            close_socket(self.connection)

    def finish(self) -> None:
        """Ends the connection."""
        self._owner.connections.discard(self.connection)
        super().finish()

    def handle_expect_100(self) -> bool:
        """boto3 waits for it before it sends the body of a put (RFC 9110, 10.1.1)."""
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def answer(self) -> None:
        """Reads the body, calls the handler and writes what it returns."""
        try:
            body = self._read_body()
        except UnreadableError as error:
            self.close_connection = True
            refused = Response(error.status, str(error).encode())
            self._write(self._owner.too_large if error.status == 413 else refused)
            return
        raw_path, _, query = self.path.partition("?")
        headers = Headers([(name, value.strip()) for name, value in self.headers.items()])
        request = Request(self.command, raw_path, query, headers, body, str(self.client_address[0]))
        try:
            response = self._owner.handler(request)
        except Exception:
            logger.exception("%s: %s %s failed", self._owner.name, self.command, raw_path)
            response = Response(500, b"Internal Server Error", [("Content-Type", "text/plain")])
        self._write(response)

    def _read_body(self) -> bytes:
        encoding = self.headers.get("transfer-encoding")
        if encoding is not None:
            if encoding.lower() != "chunked":
                raise UnreadableError(501, "unknown transfer-encoding")
            return self._read_chunks()
        text = self.headers.get("content-length", "0")
        if not (text.isascii() and text.isdigit()):
            raise UnreadableError(400, "bad content-length")
        return self._read(int(text), 0)

    def _read_chunks(self) -> bytes:
        body = b""
        while True:
            try:
                size = int(self.rfile.readline(65_537).split(b";")[0], 16)
            except ValueError as error:
                raise UnreadableError(400, "bad chunk") from error
            if size == 0:
                while self.rfile.readline(65_537) not in (b"\r\n", b"\n", b""):
                    pass  # trailers are not used
                return body
            body += self._read(size, len(body))
            self.rfile.readline(3)

    def _read(self, size: int, before: int) -> bytes:
        if not 0 <= size <= self._owner.max_body_bytes - before:
            raise UnreadableError(413, "Content Too Large")
        content = self.rfile.read(size)
        if len(content) < size:
            raise ConnectionError("the client has gone in the middle of a body")
        return content

    def _write(self, response: Response) -> None:
        body = b"" if response.status in BODILESS_STATUSES else response.body
        names = {name.lower() for name, _ in response.headers}
        self.send_response_only(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        if "date" not in names:
            self.send_header("Date", self.date_time_string())
        if "content-length" not in names and response.status not in BODILESS_STATUSES:
            self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent: what is called is in the traces."""

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Every method is the handler's to answer, also one that no standard names."""
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)


def close_socket(connection: socket.socket) -> None:
    """Shut down first: closing alone does not wake a thread that waits in accept or recv."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
