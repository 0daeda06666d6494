"""A proxy before the local engines that does to chosen calls what AWS and networks do to them."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from typing import Final
from urllib.parse import urlsplit

from local.http_message import LOOPBACK, Headers, Request, Response
from local.http_server import close_socket
from spanvas.http.exchange import exchange

NO_WAIT: Final = struct.pack("ii", 1, 0)
"""SO_LINGER of a socket whose end is a reset."""
DRIP_SECONDS: Final = 0.005
HOLD_SECONDS: Final = 10.0
PATIENCE_SECONDS: Final = 30.0
HOP: Final = frozenset({"content-length", "connection", "transfer-encoding", "date", "expect"})


@dataclass(frozen=True, slots=True)
class Fault:
    """`is_applied`: the engine has done what was asked, and only the answer is not what it should be.

    `act` gets the connection and the answer (of the engine, or one that says nothing). One that `hangs` ends when the
    client has waited long enough.
    """

    name: str
    is_applied: bool
    act: Callable[[socket.socket, Request, bytes], None]
    hangs: bool = False


class Plan:
    """Counts calls over all proxies, and says which of them meet a fault."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._from = self._to = 0
        self._calls: list[str] = []

    def begin(self, fault: Fault | None, first: int = 0, count: int = 0) -> list[str]:
        """Count anew; the calls from `first` on meet the fault, `count` of them. The calls up to now."""
        with self._lock:
            self._fault, self._from, self._to = fault, first, first + count
            calls, self._calls = self._calls, []
            return calls

    def take(self, request: Request) -> Fault | None:
        with self._lock:
            number = len(self._calls)
            self._calls.append(operation_of(request))
            return self._fault if self._from <= number < self._to else None


class Proxy:
    """Forwards to one engine, request by request, unless the plan has something else for it."""

    def __init__(self, engine_url: str, plan: Plan) -> None:
        parts = urlsplit(engine_url)
        self._engine = (parts.hostname or LOOPBACK, parts.port or 80)
        self._plan = plan
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server((LOOPBACK, 0), backlog=64)
        threading.Thread(target=self._accept, name="fault-proxy", daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self._listener.getsockname()[1]}"

    def stop(self) -> None:
        close_socket(self._listener)
        for connection in list(self._open):
            close_socket(connection)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(PATIENCE_SECONDS)
        try:
            with connection.makefile("rb") as reader:
                while self._answer(connection, reader):
                    pass
        except (OSError, ValueError):
            pass  # the client has gone, or the fault is that it has to
        finally:
            self._open.discard(connection)
            connection.close()

    def _answer(self, connection: socket.socket, reader: BufferedReader) -> bool:
        """Answer one request; whether the connection stays."""
        line = reader.readline()
        if not line:
            return False
        method, target, _ = line.decode("latin-1").split()
        headers = Headers(http.client.parse_headers(reader).items())
        if headers.get("expect").lower() == "100-continue":
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = reader.read(int(headers.get("content-length", "0")))
        path, _, query = target.partition("?")
        request = Request(method, path, query, headers, body)
        fault = self._plan.take(request)
        if fault is None:
            connection.sendall(self._forward(request))
            return True
        fault.act(connection, request, self._forward(request) if fault.is_applied else b"")
        return False

    def _forward(self, request: Request) -> bytes:
        """The engine's answer, as it is sent on."""
        target = request.raw_path + (f"?{request.query}" if request.query else "")
        lines = [f"{request.method} {target} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in kept(request.headers)]
        lines += [f"content-length: {len(request.body)}", "connection: close"]
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        with socket.create_connection(self._engine) as engine:
            deadline = time.monotonic() + PATIENCE_SECONDS
            answer = exchange(engine, head, (request.body,), deadline)
        fields = [(name, value) for name, value in answer.headers.items() if name not in HOP]
        return encode(Response(answer.status, answer.body, fields))


@contextmanager
def proxies(*engine_urls: str) -> Iterator[tuple[Plan, list[str]]]:
    """A proxy before each engine, with one plan; their URLs."""
    plan = Plan()
    made = [Proxy(url, plan) for url in engine_urls]
    try:
        yield plan, [proxy.url for proxy in made]
    finally:
        for proxy in made:
            proxy.stop()


def kept(headers: Headers) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers.fields if name.lower() not in HOP]


def encode(response: Response, more: bytes = b"") -> bytes:
    """The bytes of an answer; `more` are further lines of its head."""
    lines = [f"HTTP/1.1 {response.status} {http.client.responses[response.status]}"]
    lines += [f"{name}: {value}" for name, value in response.headers]
    if response.status not in (204, 304):
        lines.append(f"content-length: {len(response.body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n" + more + b"\r\n" + response.body


def operation_of(request: Request) -> str:
    target = request.headers.get("x-amz-target")
    return target.rpartition(".")[2] if target else f"S3 {request.method}"


def refused(status: int, code: str) -> Callable[[socket.socket, Request, bytes], None]:
    """An answer of AWS itself, in the form of the service that was asked."""

    def act(connection: socket.socket, request: Request, answer: bytes) -> None:
        if "x-amz-target" in request.headers:
            error = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "injected"}
            response = Response(status, json.dumps(error).encode())
        else:
            response = Response(
                status if status != 400 else 403, f"<Error><Code>{code}</Code></Error>".encode()
            )
        connection.sendall(encode(response, b"connection: close\r\n"))

    return act


def reset(connection: socket.socket, request: Request, answer: bytes) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_WAIT)


def hold(connection: socket.socket, request: Request, answer: bytes) -> None:
    """Say nothing until the client gives up."""
    connection.settimeout(HOLD_SECONDS)
    connection.recv(1)


def half(connection: socket.socket, request: Request, answer: bytes) -> None:
    connection.sendall(answer[: len(answer) // 2])


def drip(connection: socket.socket, request: Request, answer: bytes) -> None:
    """A byte now and then: no single read of the client ever takes long."""
    with contextlib.suppress(OSError):
        for index in range(len(answer)):
            connection.sendall(answer[index : index + 1])
            time.sleep(DRIP_SECONDS)


def garbage(connection: socket.socket, request: Request, answer: bytes) -> None:
    connection.sendall(b"\x15\x03\x01\x00\x02\x02\x46\r\n\r\n")


def empty_503(connection: socket.socket, request: Request, answer: bytes) -> None:
    connection.sendall(encode(Response(503), b"connection: close\r\n"))


FAULTS: Final = {
    fault.name: fault
    for fault in (
        Fault("throttled", False, refused(400, "ProvisionedThroughputExceededException")),
        Fault("slowed down", False, refused(503, "SlowDown")),
        Fault("internal error", False, refused(500, "InternalServerError")),
        Fault("unavailable", False, empty_503),
        Fault("denied", False, refused(400, "AccessDeniedException")),
        Fault("reset before", False, reset),
        Fault("reset after", True, reset),
        Fault("silent", False, hold, hangs=True),
        Fault("answered too late", True, hold, hangs=True),
        Fault("half an answer", True, half),
        Fault("dripping", True, drip, hangs=True),
        Fault("no HTTP", False, garbage),
    )
}
