"""What the processes of a stack listen on, as the kernel tells it in /proc."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

Address = IPv4Address | IPv6Address
TABLES = {"tcp": "0A", "tcp6": "0A", "udp": "07", "udp6": "07"}
"""File of /proc/PID/net -> the state of a socket that waits for others."""


def family_of(pid: int) -> list[int]:
    """A process and all that it has started, and these."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def sockets_of(pid: int) -> set[str]:
    """The inodes of a process's sockets."""
    found = set()
    with contextlib.suppress(OSError):
        for path in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if match := re.fullmatch(r"socket:\[(\d+)\]", os.readlink(path)):  # noqa: PTH115
                    found.add(match[1])
    return found


def listening(table: str, text: str, inodes: Iterable[str]) -> Iterator[tuple[Address, int]]:
    """Address and port of each of these sockets that waits for others, from the text of a table."""
    for line in text.splitlines()[1:]:
        fields = line.split()
        if fields[3] == TABLES[table] and fields[9] in inodes:
            address, _, port = fields[1].partition(":")
            yield address_of(address), int(port, 16)


def address_of(digits: str) -> Address:
    """The kernel writes an address as words of four bytes, each in the order of this machine (little endian)."""
    words = [digits[begin : begin + 8] for begin in range(0, len(digits), 8)]
    raw = b"".join(bytes.fromhex(word)[::-1] for word in words)
    return ip_address(raw)


def listeners(pid: int) -> dict[tuple[Address, int], str]:
    """Address and port -> the command of a process of the family that listens there."""
    found: dict[tuple[Address, int], str] = {}
    for member in family_of(pid):
        inodes = sockets_of(member)
        with contextlib.suppress(OSError):
            command = Path(f"/proc/{member}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            for table in TABLES:
                text = Path(f"/proc/{member}/net/{table}").read_text(encoding="ascii")
                found |= dict.fromkeys(listening(table, text, inodes), command)
    return found
