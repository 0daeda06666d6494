"""Addresses of machines, told from versions and numbers of sections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from spanvas.privacy.context import after, before
from spanvas.privacy.versions import is_version

SILENT: Final = (b"127.", b"0.", b"255.")
"""Loopback, broadcast and 0.x say nothing about a person, and neither does a network, which ends in 0."""

PAIRS: Final = re.compile(r"(?:[0-9a-fA-F]{2}:){7}[0-9a-fA-F]{2}")
"""A fingerprint or a hardware address of 64 bits: of no address in use all groups have lost two zeros (RFC 4291)."""


def addresses_in(text: bytes, start: int, end: int, name: str = "") -> Iterator[tuple[int, int]]:
    """The IPv4 address at a place, where it is no version and says something about somebody."""
    found = text[start:end]
    if found.startswith(SILENT) or found.endswith(b".0"):
        return
    if not is_version(before(text, start, name), after(text, end)):
        yield start, end


def is_ipv6(text: str) -> bool:
    """Whether it is a whole address: `std::vector` and `12:30:45` look like parts of one."""
    import ipaddress

    if not any(map(str.isdigit, text)) or text.strip(":0") in {"", "1"} or PAIRS.fullmatch(text):
        return False
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
