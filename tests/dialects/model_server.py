"""Model APIs on loopback that answer from a script, so that real client libraries have something real to call."""

from __future__ import annotations

import gzip
import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from tests.dialects.model_apis import anthropic_messages, bedrock, gemini, openai_chat
from tests.dialects.model_apis import openai_responses as responses
from tests.dialects.model_apis.script import ERRORS, Script

LOOPBACK: Final = "127.0.0.1"
GZIP: Final = b"\x1f\x8b"

Answer = Callable[[dict[str, Any]], dict[str, Any]]
Stream = Callable[[dict[str, Any]], Iterator[str]]
ROUTES: Final[dict[str, tuple[Answer | None, Stream | None]]] = {
    "/chat/completions": (openai_chat.completion, openai_chat.stream),
    "/responses": (responses.response, responses.stream),
    "/embeddings": (openai_chat.embedding, None),
    "/messages": (anthropic_messages.message, anthropic_messages.stream),
    "/converse": (bedrock.converse, None),
    "/invoke": (anthropic_messages.invoke, None),
    ":generateContent": (gemini.generate, None),
    ":streamGenerateContent": (None, gemini.stream),
}
"""End of the path -> the whole answer, and the stream for those who ask for it."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Silent where a client has gone away, as clients do when their program ends."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Servers:
    """The model APIs and a sink for OTLP, in one server; `bodies` are the trace exports that came in."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.script = Script()
        self._server = _Server((LOOPBACK, 0), _handler(self))
        self.url = f"http://{LOOPBACK}:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def running() -> Iterator[Servers]:
    servers = Servers()
    try:
        yield servers
    finally:
        servers.close()


def _handler(servers: Servers) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self._body()
            path = self.path.partition("?")[0]
            if path.endswith("/traces"):
                servers.bodies.append(body)
                self._send(200, b"", "application/x-protobuf")
                return
            for ending, (answer, stream) in ROUTES.items():
                if path.endswith(ending):
                    self._answer(json.loads(body), answer, stream)
                    return
            self._send_json(404, {"error": {"message": f"There is no {path}."}})

        def do_GET(self) -> None:
            self._send_json(404, {})

        def _answer(
            self, request: dict[str, Any], answer: Answer | None, stream: Stream | None
        ) -> None:
            status = servers.script.status(request)
            if status != 200:
                self._send_json(status, {"error": ERRORS[status]})
            elif stream is not None and (answer is None or request.get("stream")):
                content = "".join(stream(request)).encode()
                self._send(200, content, "text/event-stream")
            else:
                assert answer is not None
                self._send_json(200, answer(request))

        def _body(self) -> bytes:
            """Node's exporter sends chunks, and gzip is what several use."""
            if self.headers.get("transfer-encoding") != "chunked":
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
            else:
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
            return gzip.decompress(body) if body.startswith(GZIP) else body

        def _send_json(self, status: int, value: dict[str, Any]) -> None:
            self._send(status, json.dumps(value).encode(), "application/json")

        def _send(self, status: int, content: bytes, media_type: str) -> None:
            self.send_response(status)
            self.send_header("content-type", media_type)
            self.send_header("content-length", str(len(content)))
            if status == 429:
                self.send_header("retry-after-ms", "1")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Silent."""

    return Handler
