"""Where requests go and who signs them, read from the variables that Lambda gives a function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

IN_LAMBDA: Final = "AWS_LAMBDA_RUNTIME_API"
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
    """Lambda's, which live as long as the execution environment. `token` is empty for a user's own key."""

    key_id: str
    secret: str
    token: str


class Place(NamedTuple):
    """`endpoints` are base URLs by service where they are not AWS's own."""

    region: str
    suffix: str
    credentials: Credentials
    endpoints: Mapping[str, str]


def place_of(environment: Mapping[str, str]) -> Place | None:
    """None where botocore has to find out: outside of Lambda, without keys (SnapStart), with a proxy, FIPS, ...."""
    region = environment.get("AWS_REGION", "")
    suffix = _suffix(region)
    key_id, secret = (
        environment.get(f"AWS_{name}") for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")
    )
    if IN_LAMBDA not in environment or not (suffix and key_id and secret):
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
        Credentials(key_id, secret, environment.get("AWS_SESSION_TOKEN", "")),
        {service: url for service, url in given.items() if url},
    )


def _suffix(region: str) -> str:
    for start, suffix in SUFFIXES.items():
        if region.startswith(start):
            return suffix
    is_public = region.startswith(PUBLIC) and not region.startswith(NOT_PUBLIC)
    return "amazonaws.com" if is_public else ""
