"""The server that the page and the API are reached at."""

from __future__ import annotations

import errno
import json
import threading
from pathlib import Path

from local.gateway.http_api import MAX_BODY_BYTES, message
from local.gateway.site import SiteServer, read_distribution
from local.http_message import LOOPBACK, Handler, Request, Response
from local.http_server import HttpServer
from local.identity.clients import OPERATOR_SCOPES, PAGE_CLIENT_ID
from local.resolve import Resolver
from local.state import DEFAULT_PORT, StackError

PATIENCE_SECONDS = 25.0
"""A little less than API Gateway waits for a function."""


def listen(port: int) -> HttpServer:
    """Returns a server that listens on a port of loopback; 0 takes a free one. Raises StackError."""
    try:
        return HttpServer(
            name="front",
            port=port,
            max_body_bytes=MAX_BODY_BYTES,
            too_large=message(413, "Request Entity Too Large"),
        )
    except OverflowError as error:
        raise StackError(
            f"{port} is no port: choose one from 1024 to 65535, as in make run PORT={DEFAULT_PORT}"
        ) from error
    except OSError as error:
        raise StackError(_why_not(port, error)) from error


def held_until(ready: threading.Event, handler: Handler) -> Handler:
    """Returns a handler whose requests wait until functions can be called: the page answers before that."""

    def held(request: Request) -> Response:
        if ready.wait(PATIENCE_SECONDS):
            return handler(request)
        response = message(503, "Service Unavailable")
        response.headers.append(("retry-after", "1"))
        return response

    return held


def page_and_api(
    resolver: Resolver, api: Handler, files: Path, url: str, issuer_url: str
) -> Handler:
    """Returns what answers at the page's address, as the template's distribution has it."""
    config = {
        "issuer": issuer_url,
        "client_id": PAGE_CLIENT_ID,
        "scopes": list(OPERATOR_SCOPES),
        "api_base_url": "",
    }
    distribution = read_distribution(resolver)
    return SiteServer(distribution, api, files, json.dumps(config).encode(), url).handle


def _why_not(port: int, error: OSError) -> str:
    """Why a port cannot be listened on, and what to do."""
    if error.errno == errno.EADDRINUSE:
        another = port + 1 if port < 65_535 else DEFAULT_PORT
        return (
            f"Port {port} is in use on {LOOPBACK}. Stop what listens there, or choose another: "
            f"make run PORT={another}"
        )
    return (
        f"Port {port} on {LOOPBACK} cannot be listened on: {error.strerror}. Choose another: "
        f"make run PORT={DEFAULT_PORT}"
    )
