"""One HTTP/1.1 exchange on an open socket, within a deadline for all of it.

The standard library's client has a timeout for each read, which a server that drips never reaches, and its import
costs as much as the rest of a write. Source: RFC 9112.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from contextvars import ContextVar
from typing import Final, NamedTuple

BLOCK: Final = 64 * 1024
SENT_AT_ONCE: Final = 256 * 1024
"""Bytes of a body between two looks at whether the server has answered already."""
MAX_HEAD: Final = 64 * 1024
MAX_BODY: Final = 64 * 1024 * 1024
INTERIM: Final = (b"HTTP/1.1 1", b"HTTP/1.0 1")
"""How answers begin that announce another one (RFC 9110, 15.2)."""

on_sent: Final[ContextVar[Callable[[], None] | None]] = ContextVar("spanvas_on_sent", default=None)
"""Called after each request that is sent in this context, before its answer is waited for: what is in the kernel's
hands arrives, even if the process is killed a moment later."""


class ExchangeError(OSError):
    """The response is not HTTP, or larger than the limits."""


class TooLongError(ExchangeError):
    """The body of the response is longer than was asked for."""


class HttpResponse(NamedTuple):
    """An HTTP response. Names of headers are in small letters. `is_last`: the connection cannot be used again."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_last: bool


def exchange(
    connection: socket.socket,
    head: bytes,
    body: Iterable[bytes],
    deadline: float,
    max_body: int = 0,
) -> HttpResponse:
    """Sends a request and returns its response. Raises OSError: TimeoutError past `deadline`, by `time.monotonic`,
    TooLongError for a body of more than `max_body` bytes (0: `MAX_BODY`).

    A server may answer before it has read the whole body, to refuse it, and then close the connection. The rest of the
    body is not sent then, and that answer is returned; the connection cannot be used again (RFC 9112, 9.5).
    """
    reader = _Reader(connection, deadline, max_body)
    if _send(connection, head, body, reader, deadline):
        notify = on_sent.get()
        if notify is not None:
            notify()
        return reader.answer()
    return reader.answer()._replace(is_last=True)


def _send(
    connection: socket.socket, head: bytes, body: Iterable[bytes], reader: _Reader, deadline: float
) -> bool:
    """Sends a request. Returns False where the server stopped reading, or responded, before it had the whole."""
    is_first = True
    for block in _blocks(head, body):
        if not is_first and reader.has_answer():
            return False
        is_first = False
        _give_time(connection, deadline)
        try:
            connection.sendall(block)
        except TimeoutError:
            raise
        except OSError:  # the answer, if one came, is still there to be read
            return False
    return True


def _blocks(head: bytes, body: Iterable[bytes]) -> Iterator[bytes | memoryview]:
    """Yields the head with the first bytes of the body, then the rest, each of at most SENT_AT_ONCE bytes of it."""
    for block in body:
        yield head + block[:SENT_AT_ONCE]
        head = b""
        rest = memoryview(block)
        for start in range(SENT_AT_ONCE, len(block), SENT_AT_ONCE):
            yield rest[start : start + SENT_AT_ONCE]


def open_tunnel(
    connection: socket.socket, target: tuple[str, int], authorization: str, deadline: float
) -> None:
    """Asks a proxy for a connection to another host (RFC 9110, 9.3.6). Raises OSError where it gives none."""
    host, port = target
    authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {authority} HTTP/1.1", f"host: {authority}"]
    lines += [f"proxy-authorization: {authorization}"] if authorization else []
    head = "\r\n".join([*lines, "\r\n"]).encode("latin-1")
    _give_time(connection, deadline)
    connection.sendall(head)
    status = _Reader(connection, deadline).status()
    if not 200 <= status < 300:
        raise ExchangeError(f"the proxy answers {status}")


class _Reader:
    def __init__(self, connection: socket.socket, deadline: float, max_body: int = 0) -> None:
        self._connection = connection
        self._deadline = deadline
        self._max_body = max_body or MAX_BODY
        self._data = b""

    def answer(self) -> HttpResponse:
        status, headers = self._head()
        while 100 <= status < 200:
            status, headers = self._head()
        is_last = "close" in headers.get("connection", "").lower()
        if status in {204, 304}:
            return HttpResponse(status, headers, b"", is_last)
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return HttpResponse(status, headers, self._chunks(), is_last)
        if "content-length" in headers:
            return HttpResponse(
                status, headers, self._exactly(self._size(headers["content-length"], 10)), is_last
            )
        return HttpResponse(status, headers, self._rest(), True)

    def has_answer(self) -> bool:
        """Returns whether the head of a final response has come, without waiting for it.

        Interim responses (1xx) are dropped.
        """
        self._connection.settimeout(0)
        with suppress(OSError):  # nothing to read yet; a broken connection is told by its next use
            self._data += self._connection.recv(BLOCK)
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            if not self._data.startswith(INTERIM):
                return True
            self._data = self._data[end + 4 :]
        return False

    def status(self) -> int:
        """Returns the status of a response that is nothing but a head."""
        return self._head()[0]

    def _head(self) -> tuple[int, dict[str, str]]:
        lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        version, _, rest = lines[0].partition(" ")
        code = rest[:3]
        if not version.startswith("HTTP/1.") or not code.isdigit():
            raise ExchangeError(f"no HTTP answer: {lines[0][:40]!r}")
        headers: dict[str, str] = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        if version == "HTTP/1.0":
            headers.setdefault("connection", "close")
        return int(code), headers

    def _chunks(self) -> bytes:
        blocks: list[bytes] = []
        total = 0
        while True:
            line = self._until(b"\r\n").partition(b";")[0].decode("latin-1")
            size = self._size(line, 16)
            total += size
            if total > self._max_body:
                raise TooLongError("the answer is too large")
            if size == 0:
                while self._until(b"\r\n"):
                    pass  # trailers
                return b"".join(blocks)
            blocks.append(self._exactly(size))
            self._exactly(2)

    def _until(self, mark: bytes) -> bytes:
        while (end := self._data.find(mark)) < 0:
            if len(self._data) > MAX_HEAD:
                raise ExchangeError("the answer's head is too large")
            self._data += self._more()
        found, self._data = self._data[:end], self._data[end + len(mark) :]
        return found

    def _exactly(self, size: int) -> bytes:
        blocks = [self._data[:size]]
        self._data = self._data[size:]
        missing = size - len(blocks[0])
        while missing > 0:
            block = self._more()
            blocks.append(block[:missing])
            self._data = block[missing:]
            missing -= len(block)
        return b"".join(blocks)

    def _rest(self) -> bytes:
        blocks = [self._data]
        total = len(self._data)
        while total <= self._max_body:
            _give_time(self._connection, self._deadline)
            block = self._connection.recv(BLOCK)
            if not block:
                return b"".join(blocks)
            blocks.append(block)
            total += len(block)
        raise TooLongError("the answer is too large")

    def _size(self, text: str, base: int) -> int:
        try:
            size = int(text, base)
        except ValueError as error:
            raise ExchangeError(f"no size: {text[:40]!r}") from error
        if not 0 <= size <= self._max_body:
            raise TooLongError("the answer is too large")
        return size

    def _more(self) -> bytes:
        _give_time(self._connection, self._deadline)
        block = self._connection.recv(BLOCK)
        if not block:
            raise ConnectionResetError("the connection was closed before the answer was whole")
        return block


def _give_time(connection: socket.socket, deadline: float) -> None:
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise TimeoutError("no answer in time")
    connection.settimeout(remaining)
