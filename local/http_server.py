"""A small HTTP/1.1 server on loopback: keep-alive, a thread per connection, whole bodies in memory.

Every endpoint of the stack that is ours (site, runtime API, Lambda, issuer, OTLP sink) is served by it. `http.server`
is not used because it costs about four times as much per request, a hop of the trace API's answer time.

Not responsible for TLS, HTTP/2, pipelining or anything beyond loopback.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from io import BufferedReader

from local.http_message import (
    LOOPBACK,
    MAX_LINE_BYTES,
    BadRequestError,
    ClosedError,
    Handler,
    Headers,
    Request,
    Response,
    encode_response,
    read_chunked,
    read_headers,
    read_request_line,
    wants_keep_alive,
)

logger = logging.getLogger(__name__)

IDLE_SECONDS = 120.0


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
        self._name = name
        self._max_body_bytes = max_body_bytes
        self._too_large = too_large or Response(413, b"Content Too Large")
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._stopped = False
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((LOOPBACK, port))
            self._socket.listen(256)
        except (OSError, OverflowError):  # the latter: no port at all
            self._socket.close()
            raise
        self.port: int = self._socket.getsockname()[1]

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(self, handler: Handler) -> HttpServer:
        """Begins to answer requests in threads; returns the server itself."""
        self._handler = handler
        threading.Thread(target=self._accept, name=f"{self._name}-accept", daemon=True).start()
        return self

    def stop(self) -> None:
        """Close the socket and every connection; requests under way are cut."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
            connections = list(self._connections)
        close_socket(self._socket)
        for connection in connections:
            close_socket(connection)

    def _accept(self) -> None:
        while True:
            try:
                connection, address = self._socket.accept()
            except OSError:
                return
            with self._lock:
                if self._stopped:
                    connection.close()
                    return
                self._connections.add(connection)
            threading.Thread(
                target=self._serve_connection,
                args=(connection, address[0]),
                name=self._name,
                daemon=True,
            ).start()

    def _serve_connection(self, connection: socket.socket, client_address: str) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(IDLE_SECONDS)
            with connection.makefile("rb", buffering=MAX_LINE_BYTES) as reader:
                assert isinstance(reader, BufferedReader)
                while self._serve_request(connection, reader, client_address):
                    pass
        except (ClosedError, OSError, ValueError):
            pass  # the client went away, or `stop` closed the socket under us
        finally:
            with self._lock:
                self._connections.discard(connection)
            close_socket(connection)

    def _serve_request(
        self, connection: socket.socket, reader: BufferedReader, client_address: str
    ) -> bool:
        """Answer one request; whether the connection stays open."""
        try:
            method, target, version = read_request_line(reader)
            headers = read_headers(reader)
            keep_alive = wants_keep_alive(version, headers)
            body = self._read_body(connection, reader, headers)
        except BadRequestError as error:
            refused = (
                self._too_large
                if error.status == 413
                else Response(error.status, str(error).encode())
            )
            connection.sendall(encode_response(refused, keep_alive=False))
            connection.shutdown(socket.SHUT_WR)
            return False
        raw_path, _, query = target.partition("?")
        request = Request(method, raw_path, query, headers, body, client_address)
        try:
            response = self._handler(request)
        except Exception:
            logger.exception("%s: %s %s failed", self._name, method, raw_path)
            response = Response(500, b"Internal Server Error", [("Content-Type", "text/plain")])
        connection.sendall(
            encode_response(response, keep_alive=keep_alive, without_body=method == "HEAD")
        )
        return keep_alive

    def _read_body(
        self, connection: socket.socket, reader: BufferedReader, headers: Headers
    ) -> bytes:
        if "transfer-encoding" in headers:
            if headers.get("transfer-encoding").lower() != "chunked":
                raise BadRequestError(501, "unknown transfer-encoding")
            send_continue(connection, headers)
            return read_chunked(reader, self._max_body_bytes)
        text = headers.get("content-length", "0")
        if not (text.isascii() and text.isdigit()):
            raise BadRequestError(400, "bad content-length")
        length = int(text)
        if length > self._max_body_bytes:
            raise BadRequestError(413, "Content Too Large")
        if not length:
            return b""
        send_continue(connection, headers)
        body = reader.read(length)
        if len(body) < length:
            raise ClosedError
        return body


def send_continue(connection: socket.socket, headers: Headers) -> None:
    """boto3 waits for it before it sends the body of a put (RFC 9110, 10.1.1)."""
    if headers.get("expect").lower() == "100-continue":
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


def close_socket(connection: socket.socket) -> None:
    """Shut down first: closing alone does not wake a thread that waits in accept or recv."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
