"""The little that is asked of Docker before SAM uses it, over its own HTTP API; no `docker` program is needed.

Found as SAM finds it: at DOCKER_HOST, else at the socket of the system.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import os
import socket
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

DEFAULT_HOST: Final = "unix:///var/run/docker.sock"
SECONDS: Final = 120.0
NO_DOCKER: Final = 69
"""Exit code where there is no Docker: EX_UNAVAILABLE of sysexits.h."""
BRIDGE: Final = "/networks/bridge"
HOW_TO_GET_IT: Final = (
    "SAM runs functions in containers, and no Docker answers at {host} ({reason}). Install it, on Debian or Ubuntu "
    "with `sudo apt-get install docker.io`, elsewhere as Docker Desktop, Colima or Finch, and start it; where it "
    "listens elsewhere, name the address in DOCKER_HOST. Without containers, `make run` runs all of it."
)


class DockerError(Exception):
    """Docker is not there, or refuses; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """Docker's default network: the address that this machine has in it, and the containers' addresses."""

    gateway: str
    subnet: str


class SocketConnection(http.client.HTTPConnection):
    """HTTP over a socket in the file system."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=SECONDS)
        self._path = path

    def connect(self) -> None:
        """Connects to the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Docker:
    """Docker's HTTP API at one address: `unix:///path` or `tcp://host:port`."""

    def __init__(self, host: str) -> None:
        self._host = host

    def bridge(self) -> Bridge:
        """Returns the default network. Raises DockerError."""
        for config in self.call("GET", BRIDGE)["IPAM"]["Config"] or ():
            network = ipaddress.ip_network(config["Subnet"])
            if network.version == 4:
                return Bridge(config.get("Gateway") or str(next(network.hosts())), str(network))
        raise DockerError(f"Docker at {self._host} has no bridge network, which containers need.")

    def check(self) -> None:
        """Raises DockerError where no Docker answers, or one whose containers cannot reach this machine."""
        options = self.call("GET", "/info").get("SecurityOptions") or ()
        if any("name=rootless" in option for option in options):
            raise DockerError(
                f"Docker at {self._host} runs rootless, so containers cannot reach the engines of this machine. Use "
                "one that runs as root."
            )

    def has_image(self, name: str) -> bool:
        """Whether an image is on this machine. Raises DockerError."""
        return self._answer("GET", f"/images/{name}/json")[0] == 200

    def call(
        self,
        method: str,
        path: str,
        body: Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Returns the JSON of an answer; of a stream of them, the last. Raises DockerError for any status but 2xx."""
        status, text = self._answer(method, path, body, headers)
        lines = text.strip().splitlines()
        answer = json.loads(lines[-1]) if lines else {}
        if status >= 300 or (isinstance(answer, dict) and "error" in answer):
            said = answer.get("message") or answer.get("error") or f"status {status}"
            raise DockerError(f"Docker at {self._host} refuses {method} {path}: {said}")
        return answer

    def _answer(
        self,
        method: str,
        path: str,
        body: Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, str]:
        try:
            connection = self._connection()
            try:
                connection.request(
                    method, path, body, dict(headers or {}), encode_chunked=body is not None
                )
                answer = connection.getresponse()
                return answer.status, answer.read().decode("utf-8", "replace")
            finally:
                connection.close()
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise DockerError(HOW_TO_GET_IT.format(host=self._host, reason=reason)) from error

    def _connection(self) -> http.client.HTTPConnection:
        place = urlsplit(self._host)
        if place.scheme == "unix":
            return SocketConnection(place.path)
        if place.scheme in ("tcp", "http") and place.hostname:
            return http.client.HTTPConnection(place.hostname, place.port or 2375, timeout=SECONDS)
        raise OSError(0, "only unix:// and tcp:// are understood")


def docker_of(environment: Mapping[str, str]) -> Docker:
    """Returns the Docker that SAM would use."""
    return Docker(environment.get("DOCKER_HOST") or DEFAULT_HOST)


def main() -> int:
    """Says whether Docker is there. Runs before anything is installed, so with the standard library alone."""
    try:
        docker_of(os.environ).check()
    except DockerError as error:
        print(error, file=sys.stderr)
        return NO_DOCKER
    return 0


if __name__ == "__main__":
    sys.exit(main())
