"""Addresses of machines, told from versions and numbers of sections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from spanvas.privacy.context import after, before
from spanvas.privacy.versions import is_version

SILENT: Final = (b"127.", b"0.", b"255.")
"""Loopback, broadcast and 0.x say nothing about a person, and neither does a network, which ends in 0."""

FULL_GROUP: Final = 4
"""Hexadecimal digits. Addresses in use begin with 2, 3, fc to ff (RFC 4291), so no zeros are left out of the first."""
NAT64: Final = frozenset({"64"})
"""RFC 6052."""


def addresses_in(text: bytes, start: int, end: int, name: str = "") -> Iterator[tuple[int, int]]:
    """The IPv4 address at a place, where it is no version and says something about somebody."""
    found = text[start:end]
    if found.startswith(SILENT) or found.endswith(b".0"):
        return
    if not is_version(before(text, start, name), after(text, end)):
        yield start, end


def is_ipv6(text: str) -> bool:
    """A whole address that a machine can have. `12:30:45` looks like a part of one; eight pairs of digits with colons
    are a fingerprint or a hardware address, since the first group of no address in use has less than four digits."""
    import ipaddress

    first = text.partition(":")[0]
    if len(first) != FULL_GROUP and first not in NAT64:
        return False
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
