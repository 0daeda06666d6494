"""Starting and stopping the stand-ins."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.http_message import Request, Response
from local.http_server import HttpServer
from standins.converse import ConverseStandIn
from standins.services import DemoServices

BEDROCK_PORT: Final = 8326
SERVICES_PORT: Final = 8327
DEMO_SERVICES: Final = ("library", "orders", "shipping")
MAX_REQUEST_BYTES: Final = 20_000_000

# method, path with query, body -> status, JSON body, headers
Respond = Callable[[str, str, bytes], tuple[int, Any, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class StandIns:
    """Both servers, running. A context manager: leaving it stops them."""

    bedrock: HttpServer
    services: HttpServer

    @property
    def bedrock_url(self) -> str:
        """The value for `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`."""
        return self.bedrock.url

    @property
    def connections(self) -> dict[str, str]:
        """The value for `SPANVAS_CONNECTIONS`, before it is made JSON."""
        return {name: f"{self.services.url}/{name}" for name in DEMO_SERVICES}

    def __enter__(self) -> StandIns:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stops both servers."""
        self.bedrock.stop()
        self.services.stop()


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
    bedrock = serve("bedrock", bedrock_port, ConverseStandIn(latency, throttle_one_in).respond)
    try:
        services = serve("services", services_port, DemoServices(latency).respond)
    except OSError:
        bedrock.stop()
        raise
    return StandIns(bedrock, services)


def serve(name: str, port: int, respond: Respond) -> HttpServer:
    """Answers with JSON on a port of loopback. Raises OSError."""

    def handle(request: Request) -> Response:
        path = request.raw_path + (f"?{request.query}" if request.query else "")
        status, body, headers = respond(request.method, path, request.body)
        fields = {"content-type": "application/json", **headers}
        return Response(status, json.dumps(body, ensure_ascii=False).encode(), [*fields.items()])

    server = HttpServer(name=f"stand-in {name}", port=port, max_body_bytes=MAX_REQUEST_BYTES)
    return server.start(handle)
