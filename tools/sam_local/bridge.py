"""How containers reach what listens on this machine's loopback address.

On Linux the machine has an address of its own in Docker's network. While `make sam-local` or `make sam-invoke` runs,
each port of the stack is forwarded from there, for containers alone: a connection from any other address is closed.
Where Docker runs in a machine of its own (Docker Desktop, Colima), that address is not ours, and `host.docker.internal`
leads to our loopback address without any of this.
"""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
import threading
from collections.abc import Iterable
from typing import Final

from local.http_message import LOOPBACK
from tools.sam_local.docker import Bridge

HOST_OF_A_VIRTUAL_MACHINE: Final = "host.docker.internal"
CHUNK_BYTES: Final = 65_536


def host_for_containers(bridge: Bridge) -> str:
    """Returns the address at which a container reaches this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((bridge.gateway, 0))
        except OSError as error:
            if error.errno != errno.EADDRNOTAVAIL:
                raise
            return HOST_OF_A_VIRTUAL_MACHINE
    return bridge.gateway


class Forwarder:
    """Forwards ports of the bridge's address to the same ports of the loopback address, until `stop`."""

    def __init__(self, bridge: Bridge) -> None:
        self._gateway = bridge.gateway
        self._containers = ipaddress.ip_network(bridge.subnet)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def start(self, ports: Iterable[int]) -> None:
        """Begins to forward. A port that is forwarded already, by another command of this kind, is left alone."""
        for port in sorted(set(ports)):
            listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((self._gateway, port))
                listener.listen(64)
            except OSError as error:
                listener.close()
                if error.errno != errno.EADDRINUSE:
                    raise
                continue
            self._keep(listener)
            threading.Thread(
                target=self._accept, args=(listener, port), name=f"bridge-{port}", daemon=True
            ).start()

    def stop(self) -> None:
        """Closes every socket."""
        with self._lock:
            sockets, self._open = self._open, set()
        for one in sockets:
            close(one)

    def _accept(self, listener: socket.socket, port: int) -> None:
        with contextlib.suppress(OSError):  # closed by `stop`
            while True:
                container, address = listener.accept()
                if ipaddress.ip_address(address[0]) not in self._containers:
                    close(container)
                    continue
                try:
                    server = socket.create_connection((LOOPBACK, port), timeout=5)
                except OSError:
                    close(container)
                    continue
                server.settimeout(None)
                threading.Thread(
                    target=self._connect, args=(container, server), daemon=True
                ).start()

    def _connect(self, container: socket.socket, server: socket.socket) -> None:
        """Passes on in both directions until both have ended, and closes both."""
        self._keep(container)
        self._keep(server)
        answers = threading.Thread(target=pass_on, args=(server, container), daemon=True)
        answers.start()
        pass_on(container, server)
        answers.join()
        close(container)
        close(server)
        with self._lock:
            self._open -= {container, server}

    def _keep(self, one: socket.socket) -> None:
        with self._lock:
            self._open.add(one)


def pass_on(source: socket.socket, target: socket.socket) -> None:
    """Passes on what is received until the source ends; then the target is told so."""
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK_BYTES):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def close(one: socket.socket) -> None:
    """Closes a socket, also where another thread waits for it."""
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
