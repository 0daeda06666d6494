"""A loopback address that counts who calls it: what a page would send to somebody else's server."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Beacon:
    def __init__(self) -> None:
        hits: list[str] = []
        pages: dict[str, bytes] = {}
        self.hits = hits
        self.pages = pages
        """Documents by path, served without any policy; calling them is no hit."""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path in pages:
                    self.send_response(200)
                    self.send_header("Content-Type", "text/html; charset=utf-8")
                    self.end_headers()
                    self.wfile.write(pages[self.path])
                    return
                if self.path.startswith("/beacon"):
                    hits.append(f"{self.command} {self.path}")
                self.send_response(204)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()

            do_POST = do_HEAD = do_OPTIONS = do_GET

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self.url = f"{self.origin}/beacon"

    def __enter__(self) -> Beacon:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
