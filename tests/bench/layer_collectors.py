"""What an invocation waits for the layer: everything healthy, and a collector dead in eight ways."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from statistics import median

from tests.bench.figures import Figure, percentile, rounded
from tests.bench.layer_functions import BenchFunctions, bench_functions
from tests.bench.layer_python import exporter_packages, runtime_python
from tests.runtime.layer_sandbox import invoke

INVOCATIONS = 220
WARM_UP = 20
DEAD_INVOCATIONS = 200
HANDLER = "executors.twenty_spans"
OFF = {"SPANVAS_ENABLED": "false"}
ACCEPTED = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"
LATER = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 3\r\ncontent-length: 0\r\n\r\n"
TOO_MANY = b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 60\r\ncontent-length: 0\r\n\r\n"
GARBAGE = b"\x15\x03\x01\x00\x02\x02\x46" + b"no TLS here\r\n" * 3


@dataclass(frozen=True, slots=True)
class Invoked:
    """Milliseconds from the event to the answer, and whether the answer was the handler's own."""

    ms: list[float]
    changed: int


def healthy_exporters() -> list[Figure]:
    """Store and collector both answer at once."""
    with bench_functions() as functions, answering(ACCEPTED) as collector:
        without = invoked(functions, INVOCATIONS, **OFF).ms[WARM_UP:]
        store = invoked(functions, INVOCATIONS).ms[WARM_UP:]
        both = invoked(functions, INVOCATIONS, SPANVAS_OTLP_ENDPOINT=collector).ms[WARM_UP:]
    base = median(without)
    name = "healthy exporters, 20 spans of 2 KB: added"
    count = len(both)
    return [
        Figure(f"{name}, p50", rounded(median(both) - base), "ms", "<= 10", count),
        Figure(f"{name}, p95", rounded(percentile(both, 95) - base), "ms", "", count),
        Figure(
            "of this, with the store alone, p50", rounded(median(store) - base), "ms", "", count
        ),
        Figure("the same function without the layer, p50", rounded(base), "ms", "", count),
    ]


def dead_collectors() -> list[Figure]:
    """Our own client sends."""
    return _dead_collectors("dead collector")


def dead_collectors_of_the_stock_exporter() -> list[Figure]:
    """OpenTelemetry's exporter of the function's package sends."""
    packages = str(exporter_packages(runtime_python()))
    return _dead_collectors(
        "dead collector, stock exporter", SPANVAS_OTLP_EXPORTER="otel", BENCH_PACKAGES=packages
    )


def _dead_collectors(what: str, **environment: str) -> list[Figure]:
    """What is added is measured against the same invocation without a collector, the cold one against the cold one."""
    added: dict[str, list[float]] = {}
    changed = total = 0
    with bench_functions() as functions:
        base = invoked(functions, DEAD_INVOCATIONS).ms
        warm = median(base[1:])
        for dead in DEAD:
            with dead() as url:
                environment["SPANVAS_OTLP_ENDPOINT"] = url
                found = invoked(functions, DEAD_INVOCATIONS, **environment)
            added[dead.__name__] = [
                ms - (warm if number else base[0]) for number, ms in enumerate(found.ms)
            ]
            changed += found.changed
            total += len(found.ms)
    every = [ms for values in added.values() for ms in values]
    slowest = {name: max(values) for name, values in added.items()}
    figures = [
        Figure(f"{what}, 8 ways: added, p50", rounded(median(every)), "ms", "<= 5", total),
        Figure(f"{what}: added, p99", percentile(every, 99), "ms", "<= 110", total),
        Figure(f"{what}: added, slowest", rounded(max(every)), "ms", "<= 150", total),
        Figure(f"{what}: results of handlers that changed", changed, "", "<= 0", total),
    ]
    if environment.get("SPANVAS_OTLP_EXPORTER"):
        return figures
    for name, values in added.items():
        shown = name.replace("_", " ")
        worst = rounded(slowest[name])
        figures.append(
            Figure(f"{shown}: added, p50", rounded(median(values)), "ms", "", len(values))
        )
        figures.append(Figure(f"{shown}: added, slowest", worst, "ms", "", len(values)))
    return figures


def invoked(functions: BenchFunctions, count: int, **environment: str) -> Invoked:
    sandbox = functions.start(HANDLER, **environment)
    ms: list[float] = []
    changed = 0
    try:
        for number in range(count):
            outcome = invoke(sandbox, {"n": number, "execution_id": f"e{number}"})
            ms.append(outcome.duration_ms)
            expected = {"n": number, "square": number**2}
            changed += outcome.failed or json.loads(outcome.payload) != expected
    finally:
        sandbox.kill()
    return Invoked(ms, changed)


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """Reads every request to its end and answers the same."""

    def serve(connection: socket.socket) -> None:
        with connection.makefile("rb") as requests:
            while line := requests.readline():
                size = 0
                while line not in (b"\r\n", b""):
                    name, _, value = line.lower().partition(b":")
                    size = int(value) if name == b"content-length" else size
                    line = requests.readline()
                requests.read(size)
                connection.sendall(answer)

    with listening(serve) as url:
        yield url


@contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server on loopback with a thread a connection, until the context ends."""
    open_connections: list[socket.socket] = []

    def handle(connection: socket.socket) -> None:
        open_connections.append(connection)
        with suppress(OSError), connection:
            serve(connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
    for connection in open_connections:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def refused() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    yield f"http://127.0.0.1:{port}"


@contextmanager
def unresolvable() -> Iterator[str]:
    yield "http://collector.invalid:4318"


def status_503() -> AbstractContextManager[str]:
    return answering(UNAVAILABLE)


def status_503_with_retry_after() -> AbstractContextManager[str]:
    return answering(LATER)


def status_429() -> AbstractContextManager[str]:
    return answering(TOO_MANY)


@contextmanager
def silent() -> Iterator[str]:
    def serve(connection: socket.socket) -> None:
        while connection.recv(1 << 16):
            pass

    with listening(serve) as url:
        yield url


@contextmanager
def dripping() -> Iterator[str]:
    def serve(connection: socket.socket) -> None:
        connection.recv(1 << 16)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        while True:
            connection.sendall(b".")
            time.sleep(0.5)

    with listening(serve) as url:
        yield url


@contextmanager
def tls_garbage() -> Iterator[str]:
    def serve(connection: socket.socket) -> None:
        connection.recv(1 << 16)
        connection.sendall(GARBAGE)

    with listening(serve) as url:
        yield url.replace("http:", "https:")


DEAD: tuple[Callable[[], AbstractContextManager[str]], ...] = (
    refused,
    unresolvable,
    status_503,
    status_503_with_retry_after,
    status_429,
    silent,
    dripping,
    tls_garbage,
)
