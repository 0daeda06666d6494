"""Lambda's endpoint for credentials, for a function that started from a snapshot."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

SNAPSHOT = {
    "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
    "AWS_REGION": "eu-central-1",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": "let me have them",
}


class CredentialsServer(HTTPServer):
    """Lambda's endpoint for credentials. The first keys expire at once, those after them in hours."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.authorizations: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/keys"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, CredentialsServer)
        self.server.authorizations.append(self.headers["authorization"])
        number = len(self.server.authorizations)
        expires = datetime.now(UTC) + timedelta(minutes=1 if number == 1 else 600)
        body = json.dumps(
            {
                "AccessKeyId": f"KEY{number}",
                "SecretAccessKey": f"secret {number}",
                "Token": f"token {number}",
                "Expiration": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        ).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Nobody reads it."""


@contextmanager
def serving_credentials() -> Iterator[CredentialsServer]:
    with CredentialsServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def set_snapshot_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the variables of such a function alone: there are no keys among them."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {**SNAPSHOT, "AWS_EC2_METADATA_DISABLED": "true"}.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, os.devnull)
