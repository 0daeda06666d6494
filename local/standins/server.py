"""Starting and stopping the stand-ins, and the HTTP that they share."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from local.standins.converse import ConverseStandIn
from local.standins.services import DemoServices

LOOPBACK: Final = "127.0.0.1"
BEDROCK_PORT: Final = 8326
SERVICES_PORT: Final = 8327
MAX_REQUEST_BYTES: Final = 20_000_000


# method, path with query, body -> status, JSON body, headers
Respond = Callable[[str, str, bytes], tuple[int, Any, Mapping[str, str]]]


@dataclass(slots=True)
class StandIns:
    """Both servers, running. A context manager: leaving it stops them."""

    bedrock: ThreadingHTTPServer
    services: ThreadingHTTPServer
    threads: list[threading.Thread] = field(default_factory=list)

    @property
    def bedrock_url(self) -> str:
        """The value for `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`."""
        return _url(self.bedrock)

    @property
    def connections(self) -> dict[str, str]:
        """The value for `SPANVAS_CONNECTIONS`, before it is made JSON."""
        base = _url(self.services)
        return {name: f"{base}/{name}" for name in ("library", "orders", "shipping")}

    def close(self) -> None:
        """Stops both servers and waits for their threads."""
        for server in (self.bedrock, self.services):
            server.shutdown()
            server.server_close()
        for thread in self.threads:
            thread.join()

    def __enter__(self) -> StandIns:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def start(
    bedrock_port: int = 0,
    services_port: int = 0,
    *,
    latency: float = 1.0,
    throttle_one_in: int = 0,
) -> StandIns:
    """Starts both on loopback; port 0 takes a free one. Raises OSError for a port that is taken.

    `latency` scales how long answers take (0 answers at once). With `throttle_one_in=20`, about one model call in
    twenty is refused as throttled and its repetition served; which ones depends on what they say alone.
    """
    bedrock = _serve(bedrock_port, ConverseStandIn(latency, throttle_one_in).respond)
    try:
        services = _serve(services_port, DemoServices(latency).respond)
    except OSError:
        bedrock.server_close()
        raise
    running = StandIns(bedrock, services)
    for server, name in ((bedrock, "bedrock"), (services, "services")):
        # a short poll, so that stopping does not wait for half a second
        thread = threading.Thread(
            target=server.serve_forever, args=(0.05,), name=f"stand-in {name}", daemon=True
        )
        thread.start()
        running.threads.append(thread)
    return running


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has hung up is no news; anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _serve(port: int, respond: Respond) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            self.request.setsockopt(6, 1, 1)  # TCP_NODELAY: headers and body leave at once

        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            if length > MAX_REQUEST_BYTES:
                self.close_connection = True
                self._send(413, {"message": "the request is too large"}, {})
                return
            body = self.rfile.read(length)
            self._send(*respond(self.command, self.path, body))

        def _send(self, status: int, body: Any, headers: Mapping[str, str]) -> None:
            content = json.dumps(body, ensure_ascii=False).encode()
            self.send_response(status)
            for name, value in {"content-type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _answer

        def log_message(self, *_: object) -> None:
            """Silent: what is called is in the traces."""

    return _Server((LOOPBACK, port), Handler)


def _url(server: ThreadingHTTPServer) -> str:
    return f"http://{LOOPBACK}:{server.server_address[1]}"
