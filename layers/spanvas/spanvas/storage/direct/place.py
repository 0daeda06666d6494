"""Where requests go and who signs them, read from the variables that Lambda gives a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

IN_LAMBDA: Final = "AWS_LAMBDA_RUNTIME_API"
HANDED_OUT: Final = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
"""Where a function that starts from a snapshot is given its keys, instead of in variables (Lambda, SnapStart)."""
SUFFIXES: Final = {"cn-": "amazonaws.com.cn", "us-gov-": "amazonaws.com"}
PUBLIC: Final = ("af-", "ap-", "ca-", "eu-", "il-", "me-", "mx-", "sa-", "us-")
NOT_PUBLIC: Final = ("us-iso", "eu-iso")
"""Partitions with domains of their own: botocore knows them."""
OTHERWISE: Final = frozenset(
    {
        "ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "AWS_CA_BUNDLE", "AWS_CONFIG_FILE", "AWS_PROFILE",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_USE_FIPS_ENDPOINT", "SSL_CERT_FILE",
    }
)  # fmt: skip
"""One of these, in capitals or not, asks for what only botocore does."""


class Credentials(NamedTuple):
    """`token` is empty for a user's own key."""

    key_id: str
    secret: str
    token: str


Keys = Credentials | Callable[[], Credentials]
"""Those of the variables, which live as long as the execution environment; or what says the present ones."""


class Place(NamedTuple):
    """`endpoints` are base URLs by service where they are not AWS's own."""

    region: str
    suffix: str
    credentials: Keys
    endpoints: Mapping[str, str]


def place_of(environment: Mapping[str, str]) -> Place | None:
    """None where botocore has to find out: outside of Lambda, with a proxy, FIPS, ...."""
    region = environment.get("AWS_REGION", "")
    suffix = _suffix(region)
    keys = _keys(environment)
    if IN_LAMBDA not in environment or not suffix or keys is None:
        return None
    if any(value for name, value in environment.items() if name.upper() in OTHERWISE):
        return None
    everywhere = environment.get("AWS_ENDPOINT_URL", "")
    given = {
        service: environment.get(f"AWS_ENDPOINT_URL_{service.upper()}", "") or everywhere
        for service in ("dynamodb", "s3")
    }
    return Place(
        region,
        suffix,
        keys,
        {service: url for service, url in given.items() if url},
    )


def _keys(environment: Mapping[str, str]) -> Keys | None:
    key_id, secret, token = (
        environment.get(f"AWS_{name}", "")
        for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")
    )
    if key_id and secret:
        return Credentials(key_id, secret, token)
    if not environment.get(HANDED_OUT):
        return None
    from spanvas.storage.direct.handed_out import HandedOut

    return HandedOut()


def _suffix(region: str) -> str:
    for start, suffix in SUFFIXES.items():
        if region.startswith(start):
            return suffix
    is_public = region.startswith(PUBLIC) and not region.startswith(NOT_PUBLIC)
    return "amazonaws.com" if is_public else ""
