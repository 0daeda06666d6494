"""HTTP requests and responses as values, with their bodies whole (RFC 9110)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote

LOOPBACK = "127.0.0.1"


class Headers:
    """Header fields in the order sent; look-up by the lower-case name joins repeats with a comma (RFC 9110, 5.2)."""

    __slots__ = ("_joined", "fields")

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        self.fields = fields
        joined: dict[str, str] = {}
        for name, value in fields:
            key = name.lower()
            joined[key] = f"{joined[key]},{value}" if key in joined else value
        self._joined = joined

    def get(self, name: str, default: str = "") -> str:
        """Returns the values of a header, joined by commas."""
        return self._joined.get(name, default)

    def __contains__(self, name: str) -> bool:
        return name in self._joined

    def as_dict(self) -> dict[str, str]:
        """Lower-case names; repeats joined."""
        return dict(self._joined)


@dataclass(slots=True)
class Request:
    """One request. `raw_path` and `query` are as sent (percent-encoded), without the `?`."""

    method: str
    raw_path: str
    query: str
    headers: Headers
    body: bytes
    client_address: str = LOOPBACK

    @property
    def path(self) -> str:
        """The path without its percent encoding."""
        return unquote(self.raw_path)


@dataclass(slots=True)
class Response:
    """One answer. `Content-Length`, `Date` and `Connection` are the server's to add."""

    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)


Handler = Callable[[Request], Response]
