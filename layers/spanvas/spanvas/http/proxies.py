"""The proxy through which a URL is reached, from the variables that curl, requests and botocore read too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit


class Proxy(NamedTuple):
    """Where a proxy listens. `authorization` is the value of `Proxy-Authorization`; empty: none."""

    host: str
    port: int
    authorization: str = ""


def proxy_of(url: str, environment: Mapping[str, str]) -> Proxy | None:
    """Returns the proxy for a URL, or None where it is reached directly.

    The variables are `HTTPS_PROXY` or `HTTP_PROXY` by the URL's scheme, then `ALL_PROXY`, unless `NO_PROXY` has its
    host; names in small letters come first. Raises ValueError for a proxy that is not spoken to over plain HTTP.
    """
    parts = urlsplit(url)
    proxy = _variable(environment, f"{parts.scheme}_proxy") or _variable(environment, "all_proxy")
    if not proxy or is_excepted(
        parts.hostname or "", parts.port, _variable(environment, "no_proxy")
    ):
        return None
    found = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if found.scheme != "http" or not found.hostname:
        raise ValueError(f"a proxy has to be http://host:port, not {found.scheme}://")
    return Proxy(
        found.hostname, found.port or 80, basic_authorization(found.username, found.password)
    )


def is_excepted(host: str, port: int | None, exceptions: str) -> bool:
    """Returns whether a host is in a list of `NO_PROXY`.

    An entry is a name, which stands for all that end in it too, with or without a port; a network; or `*` for all.
    """
    for entry in filter(None, (part.strip().lower() for part in exceptions.split(","))):
        name, colon, given = entry.rpartition(":")
        if colon and given.isdigit() and ":" not in name:
            if int(given) != port:
                continue
        else:
            name = entry
        name = name.lstrip("*").lstrip(".")
        if not name or host == name or host.endswith(f".{name}") or _is_within(host, name):
            return True
    return False


def _is_within(host: str, network: str) -> bool:
    if "/" not in network:
        return False
    from ipaddress import ip_address, ip_network

    try:
        return ip_address(host) in ip_network(network, strict=False)
    except ValueError:
        return False


def basic_authorization(user: str | None, password: str | None) -> str:
    """Returns the header for a user and a password of a URL, both percent-encoded; empty without a user."""
    if user is None:
        return ""
    from base64 import b64encode

    plain = f"{unquote(user)}:{unquote(password or '')}"
    return "Basic " + b64encode(plain.encode()).decode("ascii")


def _variable(environment: Mapping[str, str], name: str) -> str:
    return environment.get(name) or environment.get(name.upper()) or ""
