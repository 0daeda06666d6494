"""Connections to one endpoint, kept while they are good, and requests on them with retries and one deadline."""

from __future__ import annotations

import os
import select
import socket
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from random import SystemRandom
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from spanvas.http.exchange import HttpResponse, exchange, open_tunnel

if TYPE_CHECKING:
    import ssl

    from spanvas.http.proxies import Proxy

CONNECT_SECONDS: Final = 1.0
ATTEMPTS: Final = 3
BACKOFF_SECONDS: Final = 0.05
MAX_IDLE: Final = 4
FRAMING: Final = frozenset({"content-length", "transfer-encoding"})

Body = Callable[[], Iterable[bytes]]
"""Makes the blocks of a request's body, anew for every attempt."""


class HttpRequest(NamedTuple):
    """A request of HTTP. `headers` has `host` and all that is signed; `size` is the body's, in bytes."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Body
    size: int


class Endpoint:
    """Sends requests to one host over connections that it keeps. Thread-safe, and safe to fork.

    `url` begins with `http://` or `https://`; its path is not used. `authorities` is a file with the certificate
    authorities that are trusted; empty: the usual ones. `client`: files with the client's own certificate and its key
    (empty: in the same file), for TLS on both sides. `max_body`: most bytes of a
    response; 0: as many as `exchange` takes.
    """

    def __init__(
        self,
        url: str,
        proxy: Proxy | None = None,
        authorities: str = "",
        client: tuple[str, str] = ("", ""),
        max_body: int = 0,
    ) -> None:
        parts = urlsplit(url)
        self._is_secure = parts.scheme == "https"
        self._address = (parts.hostname or "", parts.port or (443 if self._is_secure else 80))
        self.host = parts.netloc.rpartition("@")[2]
        self._proxy = proxy
        self._authorities = authorities
        self._client = client
        self._max_body = max_body
        self._idle: list[socket.socket] = []
        self._process = os.getpid()
        self._tls: ssl.SSLContext | None = None
        self._random = SystemRandom()

    def send(
        self,
        sign: Callable[[], HttpRequest],
        seconds: float,
        is_retried: Callable[[HttpResponse], bool] = lambda answer: False,
        attempts: int = ATTEMPTS,
    ) -> HttpResponse:
        """Sends a request and returns the response. Each attempt is signed anew and may take `seconds`.

        A failed connection, and a response for which `is_retried` returns True, are tried again until there were
        `attempts`. Raises OSError when no attempt was answered.
        """
        attempt = 1
        while True:
            try:
                answer = self._attempt(sign(), seconds)
            except OSError:
                if attempt >= attempts:
                    raise
            else:
                if attempt >= attempts or not is_retried(answer):
                    return answer
            time.sleep(self._random.uniform(0.5, 1.0) * BACKOFF_SECONDS * 2 ** (attempt - 1))
            attempt += 1

    def prepare(self, seconds: float) -> None:
        """Opens a connection for the next request, if none is open. Raises OSError."""
        self._keep(self._acquire() or self._connect(time.monotonic() + seconds))

    def close(self) -> None:
        """Closes the connections that are kept; others are made when they are needed."""
        while self._idle:
            self._idle.pop().close()

    def _attempt(self, request: HttpRequest, seconds: float) -> HttpResponse:
        deadline = time.monotonic() + seconds
        connection = self._acquire() or self._connect(deadline)
        try:
            head = head_of(self._as_sent(request))
            answer = exchange(connection, head, request.body(), deadline, self._max_body)
        except BaseException:
            connection.close()
            raise
        if answer.is_last:
            connection.close()
        else:
            self._keep(connection)
        return answer

    def _keep(self, connection: socket.socket) -> None:
        if len(self._idle) >= MAX_IDLE:
            connection.close()
        else:
            self._idle.append(connection)

    def _as_sent(self, request: HttpRequest) -> HttpRequest:
        """Returns the request as a proxy needs it: without TLS it names the host in the path (RFC 9112, 3.2.2)."""
        proxy = self._proxy
        if proxy is None or self._is_secure:
            return request
        headers = {"proxy-authorization": proxy.authorization} if proxy.authorization else {}
        return request._replace(
            path=f"http://{self.host}{request.path}", headers={**request.headers, **headers}
        )

    def _acquire(self) -> socket.socket | None:
        """Returns a kept connection that is still open; after a frozen hour the other side has closed it."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self.close()  # our copies; the parent's go on
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if not is_over(connection):
                return connection
            connection.close()

    def _connect(self, deadline: float) -> socket.socket:
        seconds = min(CONNECT_SECONDS, deadline - time.monotonic())
        proxy = self._proxy
        connection = socket.create_connection(proxy[:2] if proxy else self._address, seconds)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if not self._is_secure:
                return connection
            if proxy is not None:
                open_tunnel(connection, self._address, proxy.authorization, deadline)
            self._tls = self._tls or self._make_tls_context()
            return self._tls.wrap_socket(connection, server_hostname=self._address[0])
        except BaseException:
            connection.close()
            raise

    def _make_tls_context(self) -> ssl.SSLContext:
        context = tls_context(self._authorities)
        certificate, key = self._client
        if certificate:
            context.load_cert_chain(certificate, key or None)
        return context


def is_over(connection: socket.socket) -> bool:
    """Returns whether the other side has closed an idle connection.

    Nothing was asked on it, so what there is to read is its end. With TLS 1.3 it may also be a ticket for a later
    session, which a server sends after the handshake; tickets are read here.
    """
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    if not poll.poll(0):
        return False
    ssl = sys.modules.get("ssl")
    if ssl is None or not isinstance(connection, ssl.SSLSocket):
        return True
    try:
        connection.settimeout(0.0)
        connection.recv(1)
    except ssl.SSLWantReadError:
        return False
    except OSError:
        pass
    return True


def head_of(request: HttpRequest) -> bytes:
    """Returns the request up to its body. Where the body ends is said here alone, whatever settings name.

    Raises ValueError for a header that HTTP cannot carry; it names the header alone, since values may be secrets.
    """
    lines = [f"{request.method} {request.path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers.items() if name not in FRAMING]
    lines.append(f"content-length: {request.size}\r\n\r\n")
    try:
        return "\r\n".join(lines).encode("latin-1")
    except UnicodeEncodeError:
        named = next((n for n, v in request.headers.items() if not is_latin(n + v)), "")
        what = f"the header {named!a}" if named else "the path"
        raise ValueError(f"{what} has characters that HTTP cannot carry (not Latin-1)") from None


def is_latin(text: str) -> bool:
    """Returns whether HTTP can carry a text in a header."""
    return all(ord(character) < 256 for character in text)


def tls_context(authorities: str = "") -> ssl.SSLContext:
    """Returns a context that trusts the authorities of a file.

    Without one it trusts those that SSL_CERT_FILE names; else those that botocore brings, as boto3 does; else the
    system's.
    """
    import ssl
    from importlib.util import find_spec
    from pathlib import Path

    from spanvas.environment import aws_variables

    if authorities:
        return ssl.create_default_context(cafile=authorities)
    found = None if aws_variables().get("SSL_CERT_FILE") else find_spec("botocore")
    bundled = Path(found.origin).with_name("cacert.pem") if found and found.origin else None
    if bundled is not None and bundled.is_file():
        return ssl.create_default_context(cafile=str(bundled))
    return ssl.create_default_context()
