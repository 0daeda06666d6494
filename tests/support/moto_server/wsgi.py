"""A WSGI application behind our own server: moto's, without werkzeug's, which closes every connection."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable
from typing import Any

from local.http_message import LOOPBACK, Handler, Request, Response

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
NOT_PASSED_ON = frozenset({"content-length", "connection", "transfer-encoding"})


def wsgi_handler(application: Application) -> Handler:
    """Returns a handler of our server that calls the application."""

    def handle(request: Request) -> Response:
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            started[:] = [int(status.split(" ", 1)[0]), headers]

        chunks = application(environ(request), start_response)
        try:
            body = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        status, headers = started
        # A HEAD answer names the length of the body that it does not have.
        is_head = request.method == "HEAD"
        kept = [
            (name, value)
            for name, value in headers
            if name.lower() not in NOT_PASSED_ON or (is_head and name.lower() == "content-length")
        ]
        return Response(status, body, kept)

    return handle


def environ(request: Request) -> dict[str, Any]:
    """Returns the WSGI environment of a request (PEP 3333)."""
    host = request.headers.get("host", LOOPBACK)
    values: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path.encode("utf-8", "surrogateescape").decode("iso-8859-1"),
        "QUERY_STRING": request.query,
        "RAW_URI": f"{request.raw_path}?{request.query}" if request.query else request.raw_path,
        "REMOTE_ADDR": request.client_address,
        "SERVER_NAME": host.partition(":")[0],
        "SERVER_PORT": host.partition(":")[2] or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.as_dict().items():
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            values[key] = value
        elif key not in ("CONTENT_LENGTH", "TRANSFER_ENCODING"):  # the body is whole already
            values[f"HTTP_{key}"] = value
    return values
