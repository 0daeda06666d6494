"""HTTP/1.1 messages: requests read from a stream, responses written as bytes (RFC 9110 and 9112)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from io import BufferedReader
from urllib.parse import unquote

LOOPBACK = "127.0.0.1"
MAX_LINE_BYTES = 65_536
MAX_HEADERS = 200
REASONS = {status.value: status.phrase for status in HTTPStatus}
BODILESS_STATUSES = frozenset({204, 304})


class Headers:
    """Header fields in the order sent; look-up ignores case and joins repeats with a comma (RFC 9110, 5.2)."""

    __slots__ = ("_joined", "fields")

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self.fields = fields
        joined: dict[str, str] = {}
        for name, value in fields:
            key = name.lower()
            joined[key] = f"{joined[key]},{value}" if key in joined else value
        self._joined = joined

    def get(self, name: str, default: str = "") -> str:
        """Returns the values of a header, joined by commas."""
        return self._joined.get(name, default)

    def __contains__(self, name: str) -> bool:
        return name in self._joined

    def as_dict(self) -> dict[str, str]:
        """Lower-case names; repeats joined."""
        return dict(self._joined)


@dataclass(slots=True)
class Request:
    """One request. `raw_path` and `query` are as sent (percent-encoded), without the `?`."""

    method: str
    raw_path: str
    query: str
    headers: Headers
    body: bytes
    client_address: str = LOOPBACK

    @property
    def path(self) -> str:
        """The path without its percent encoding."""
        return unquote(self.raw_path)


@dataclass(slots=True)
class Response:
    """One answer. `Content-Length`, `Date` and `Connection` are the server's to add."""

    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)


Handler = Callable[[Request], Response]


class BadRequestError(Exception):
    """The bytes on the connection are not a request that can be answered; `status` says how."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ClosedError(Exception):
    """The other side closed the connection between two requests."""


def read_line(reader: BufferedReader) -> bytes:
    """Reads a line. Raises ClosedError where the connection ends, BadRequestError where it is too long."""
    line = reader.readline(MAX_LINE_BYTES + 1)
    if len(line) > MAX_LINE_BYTES:
        raise BadRequestError(431, "line too long")
    if not line.endswith(b"\n"):
        raise ClosedError
    return line


def read_request_line(reader: BufferedReader) -> tuple[str, str, str]:
    """Reads the request line; returns method, target and version. Raises BadRequestError."""
    line = read_line(reader)
    if line == b"\r\n":  # a stray empty line before a request is to be ignored (RFC 9112, 2.2)
        line = read_line(reader)
    parts = line.decode("iso-8859-1").split()
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadRequestError(400, "bad request line")
    return parts[0], parts[1], parts[2]


def read_headers(reader: BufferedReader) -> Headers:
    """Reads the headers. Raises BadRequestError."""
    fields: list[tuple[str, str]] = []
    while True:
        line = read_line(reader).decode("iso-8859-1").rstrip("\r\n")
        if not line:
            return Headers(fields)
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise BadRequestError(400, "bad header")
        if len(fields) >= MAX_HEADERS:
            raise BadRequestError(431, "too many headers")
        fields.append((name, value.strip()))


def read_chunked(reader: BufferedReader, max_bytes: int) -> bytes:
    """Reads a chunked body. Raises BadRequestError."""
    chunks: list[bytes] = []
    total = 0
    while True:
        try:
            size = int(read_line(reader).split(b";")[0], 16)
        except ValueError as error:
            raise BadRequestError(400, "bad chunk") from error
        if size == 0:
            while read_line(reader) not in (b"\r\n", b"\n"):
                pass  # trailers are not used
            return b"".join(chunks)
        total += size
        if size < 0 or total > max_bytes:
            raise BadRequestError(413, "Content Too Large")
        chunk = reader.read(size)
        if len(chunk) < size:
            raise ClosedError
        chunks.append(chunk)
        read_line(reader)


def wants_keep_alive(version: str, headers: Headers) -> bool:
    """Returns whether the connection stays open after the answer."""
    connection = headers.get("connection").lower()
    if version == "HTTP/1.0":
        return connection == "keep-alive"
    return connection != "close"


def encode_response(response: Response, *, keep_alive: bool, without_body: bool = False) -> bytes:
    """Head and body as one bytes object, so that one packet carries a short answer."""
    body = b"" if response.status in BODILESS_STATUSES else response.body
    lines = [f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Unknown')}"]
    named = set()
    for name, value in response.headers:
        named.add(name.lower())
        lines.append(f"{name}: {value}")
    if "date" not in named:
        lines.append(f"Date: {formatdate(usegmt=True)}")
    if "content-length" not in named and response.status not in BODILESS_STATUSES:
        lines.append(f"Content-Length: {len(body)}")
    if not keep_alive:
        lines.append("Connection: close")
    head = "\r\n".join(lines).encode("iso-8859-1", "replace") + b"\r\n\r\n"
    return head if without_body else head + body
