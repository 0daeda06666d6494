"""Versions of software and numbers of sections, told from addresses, cards and telephone numbers of the same form."""

from __future__ import annotations

import re
from typing import Final

from spanvas.privacy.context import last_word

VERSIONED: Final = frozenset(
    {
        "version", "versions", "ver", "v", "release", "build", "firmware", "sdk", "driver", "upgrade", "upgraded",
        "downgrade", "downgraded", "chrome", "chromium", "firefox", "safari", "edge", "opera", "android", "ios",
        "windows", "nt", "linux", "kernel", "java", "jdk", "electron", "outlook", "office", "assembly", "framework",
        "rv", "net", "clr", "schema", "package", "plugin", "module", "library", "lib", "tag", "section", "sections",
        "sec", "chapter", "clause", "figure", "table", "appendix", "step", "rule", "control", "requirement", "§",
        "paragraph", "article", "oid", "mozilla", "browser", "webkit", "minecraft", "terraform", "image", "patch",
        "update", "bios",
    }
)  # fmt: skip
"""What stands before a version or the number of a section."""

ADDRESSED: Final = frozenset(
    {"ip", "ipv4", "addr", "address", "host", "client", "peer", "remote", "server", "src", "source", "dst", "user"}
)  # fmt: skip
"""What stands before an address whatever else is said."""

SAYING: Final = frozenset(
    {"is", "was", "be", "now", "to", "than", "needs", "requires", "or", "and"}
)
"""Words between a version and what it is the version of: `the driver version is`."""

LEFT_VERSION: Final = re.compile(
    r"(?i)\b(?:upgrad|downgrad|updat|migrat|bump|version)[a-z]*\b[^\n]{0,40}\bfrom\s$"
)
UPGRADE: Final = re.compile(r"\s(?:to|->|=>)\s?v?\d")
"""Behind a version that was left for another one. Without that, what comes `from` a number is from a machine."""
NEW_VERSION: Final = re.compile(
    r"(?i)\b(?:upgrad|downgrad|bump|version)[a-z]*\b[^\n]{0,40}(?:\b(?:to|and|or|by)|->|=>)\s$"
    r"|\b(?:updat|migrat)[a-z]*\b[^\n]{0,40}\d\.\d+\s(?:to|->|=>)\s$"
)
LEFT: Final = "from "
NEW: Final = ("to ", "and ", "or ", "by ", "> ")
"""How the two end, which is seen sooner."""
CENTER_PC: Final = "Media Center PC "
"""How a user agent of Windows 7 calls a version."""
PRODUCT: Final = re.compile(r"([A-Za-z_)][\w.)-]*)[/#]$")
PRODUCT_MARKS: Final = frozenset("/#")
HOST: Final = re.compile(r"[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+|localhost")
PORT: Final = re.compile(r":\d{2,5}\b")
OPERATOR: Final = re.compile(r"(?:[=~<>!]=|[\^~]|,\s?[<>])\s?$")
OPERATORS: Final = frozenset("=^~<>")
PACKAGE: Final = (
    r"\.(?:js|css|map|zip|gz|tgz|tar|jar|war|whl|egg|gem|dll|exe|msi|deb|rpm|apk|nupkg|so|dylib)\b"
)
SUFFIX: Final = re.compile(r"\+(?!\s)|(?:/[\w.-]+)?" + PACKAGE)
SUFFIXED: Final = frozenset("+/.")


def is_version(near: str, behind: str) -> bool:
    """Whether numbers with dots are a version, by the text before and behind them."""
    word = last_word(near)
    if word in ADDRESSED:
        return False
    if near[-1:] in PRODUCT_MARKS and (product := PRODUCT.search(near)):
        return not HOST.fullmatch(product[1]) and not PORT.match(behind)
    return (
        word in VERSIONED
        or (word in SAYING and _word_before(near, word) in VERSIONED)
        or near.endswith(CENTER_PC)
        or (behind[:1] in SUFFIXED and SUFFIX.match(behind) is not None)
        or (near.rstrip()[-1:] in OPERATORS and OPERATOR.search(near) is not None)
        or (near.endswith(LEFT) and UPGRADE.match(behind) and LEFT_VERSION.search(near) is not None)
        or (near.endswith(NEW) and NEW_VERSION.search(near) is not None)
    )


def _word_before(near: str, word: str) -> str:
    return last_word(near[: near.lower().rindex(word)])
