"""Addresses of machines, told from versions and numbers of sections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from spanvas.privacy.context import after, before, last_word

SILENT: Final = (b"127.", b"0.", b"255.")
"""Loopback, broadcast and 0.x say nothing about a person, and neither does a network, which ends in 0."""

VERSIONED: Final = frozenset(
    {
        "version", "versions", "ver", "v", "release", "build", "firmware", "sdk", "driver", "upgrade", "upgraded",
        "downgrade", "downgraded", "chrome", "chromium", "firefox", "safari", "edge", "opera", "android", "ios",
        "windows",
        "nt", "linux", "kernel", "java", "jdk", "python", "node", "electron", "outlook", "office", "assembly",
        "framework",
        "net", "clr", "schema", "package", "plugin", "module", "library", "lib", "tag", "section", "sections", "sec",
        "chapter", "clause", "figure", "table", "appendix", "step", "rule", "control", "requirement", "§", "paragraph",
        "article", "oid", "mozilla", "browser", "webkit", "minecraft", "terraform", "image", "patch", "update", "bios",
    }
)  # fmt: skip
"""What stands before a version or the number of a section."""

ADDRESSED: Final = frozenset(
    {"ip", "ipv4", "addr", "address", "host", "client", "peer", "remote", "server", "src", "source", "dst", "user"}
)  # fmt: skip
"""What stands before an address whatever else is said."""

BEFORE_UPGRADE: Final = re.compile(
    r"(?i)\b(?:upgrad|downgrad|updat|migrat|bump|version)[a-z]*\b[^\n]{0,40}\bfrom\s$"
)
UPGRADE: Final = re.compile(r"\s(?:to|->|=>)\s?v?\d")
"""Behind a version that was left for another one. Without that, what comes `from` a number is from a machine."""
AFTER_UPGRADE: Final = re.compile(
    r"(?i)\b(?:upgrad|downgrad|bump|version)[a-z]*\b[^\n]{0,40}\b(?:to|and|or|by)\s$"
    r"|\b(?:updat|migrat)[a-z]*\b[^\n]{0,40}\d\.\d+\s(?:to|->|=>)\s$"
)
PRODUCT: Final = re.compile(r"([A-Za-z_)][\w.)-]*)[/#]$")
OPERATOR: Final = re.compile(r"(?:[=~<>!]=|[\^~])\s?$")
HOST: Final = re.compile(r"[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+|localhost")
SUFFIX: Final = re.compile(r"\+(?!\s)|/[\w.-]+\.(?:js|css|map|zip|gz|jar|whl|dll)\b")
PORT: Final = re.compile(r":\d{2,5}\b")


def addresses_in(text: bytes, start: int, end: int, name: str = "") -> Iterator[tuple[int, int]]:
    """The IPv4 address at a place, where it is no version and says something about somebody."""
    found = text[start:end]
    if found.startswith(SILENT) or found.endswith(b".0"):
        return
    if not is_version(before(text, start, name), after(text, end)):
        yield start, end


def is_version(near: str, behind: str) -> bool:
    word, product = last_word(near), PRODUCT.search(near)
    if word in ADDRESSED:
        return False
    if product is not None and not near.endswith("//"):
        return not HOST.fullmatch(product[1]) and not PORT.match(behind)
    return (
        word in VERSIONED
        or OPERATOR.search(near) is not None
        or SUFFIX.match(behind) is not None
        or (BEFORE_UPGRADE.search(near) is not None and UPGRADE.match(behind) is not None)
        or AFTER_UPGRADE.search(near) is not None
    )


def is_ipv6(text: str) -> bool:
    """A whole address: `std::vector` and `12:30:45` look like parts of one."""
    import ipaddress

    if not any(map(str.isdigit, text)) or text.strip(":0") in {"", "1"}:
        return False
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
