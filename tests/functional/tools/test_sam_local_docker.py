"""How `make sam-local` finds Docker, and how its containers reach the loopback address. No Docker is needed."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.http_message import Response
from local.http_server import HttpServer
from tests.support.aws_from_template import ROOT
from tools.sam_local.bridge import Forwarder, host_for_containers
from tools.sam_local.docker import NO_DOCKER, Bridge, Docker, DockerError


@pytest.fixture
def server() -> Iterator[HttpServer]:
    running = HttpServer(name="engine").start(lambda _: Response(200, b"here"))
    yield running
    running.stop()


def ask(address: str, port: int) -> bytes:
    with socket.create_connection((address, port), timeout=60) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        return b"".join(iter(lambda: connection.recv(4096), b""))


def test_a_port_of_the_loopback_address_is_reached_at_the_address_of_the_bridge(
    server: HttpServer,
) -> None:
    bridge = Bridge("127.0.0.2", "127.0.0.0/8")
    assert host_for_containers(bridge) == "127.0.0.2"
    forwarder = Forwarder(bridge)
    forwarder.start([server.port, server.port])
    try:
        assert ask("127.0.0.2", server.port).endswith(b"here")
        Forwarder(bridge).start([server.port])  # another command is there already
    finally:
        forwarder.stop()
    with pytest.raises(ConnectionRefusedError):
        ask("127.0.0.2", server.port)


def test_nobody_but_a_container_is_forwarded(server: HttpServer) -> None:
    forwarder = Forwarder(Bridge("127.0.0.2", "172.17.0.0/16"))
    forwarder.start([server.port])
    try:
        try:
            answer = ask("127.0.0.2", server.port)
        except ConnectionResetError:
            answer = b""
        assert answer == b""
    finally:
        forwarder.stop()


def test_docker_in_a_machine_of_its_own_has_a_name_for_this_one() -> None:
    assert host_for_containers(Bridge("203.0.113.1", "203.0.113.0/24")) == "host.docker.internal"


@pytest.fixture
def docker(tmp_path: Path) -> Iterator[Callable[[str, str], Docker]]:
    """A Docker that has one answer, at a socket of its own."""
    listeners = []

    def answering(status: str, body: str) -> Docker:
        path = tmp_path / "docker.sock"
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(path))
        listener.listen()
        listeners.append(listener)

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n\r\n"
                connection.sendall(head.encode() + body.encode())

        threading.Thread(target=serve, daemon=True).start()
        return Docker(f"unix://{path}")

    yield answering
    for listener in listeners:
        listener.close()


def test_the_bridge_is_what_docker_says(docker: Callable[[str, str], Docker]) -> None:
    six = {"Subnet": "fd00::/80", "Gateway": "fd00::1"}
    config = [six, {"Subnet": "172.20.0.0/16", "Gateway": "172.20.0.9"}]
    found = docker("200 OK", json.dumps({"IPAM": {"Config": config}})).bridge()
    assert found == Bridge("172.20.0.9", "172.20.0.0/16")


def test_a_bridge_without_a_gateway_has_the_first_address(
    docker: Callable[[str, str], Docker],
) -> None:
    found = docker("200 OK", json.dumps({"IPAM": {"Config": [{"Subnet": "172.17.0.0/16"}]}}))
    assert found.bridge().gateway == "172.17.0.1"


def test_a_docker_that_refuses_is_told_in_its_words(docker: Callable[[str, str], Docker]) -> None:
    with pytest.raises(DockerError, match="refuses GET /info: permission denied"):
        docker("403 Forbidden", '{"message": "permission denied"}').check()


def test_a_rootless_docker_is_refused(docker: Callable[[str, str], Docker]) -> None:
    with pytest.raises(DockerError, match="rootless"):
        docker("200 OK", '{"SecurityOptions": ["name=seccomp", "name=rootless"]}').check()


@pytest.mark.parametrize(
    "host", ["unix:///nowhere/docker.sock", "tcp://127.0.0.1:9", "ssh://somewhere"]
)
@pytest.mark.parametrize("target", ["sam-local", "sam-invoke"])
def test_without_docker_both_commands_say_how_to_get_it_and_make_nothing(
    tmp_path: Path, host: str, target: str
) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DOCKER_HOST": host}
    done = subprocess.run(
        ["make", target, f"PYTHON={sys.executable}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
    assert "apt-get install docker.io" in done.stderr
    assert f"Error {NO_DOCKER}" in done.stderr
    assert "Traceback" not in done.stderr
