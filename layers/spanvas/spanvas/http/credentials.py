"""The credentials and the endpoints of AWS, read from the variables that Lambda gives a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Final, NamedTuple

from spanvas.http.failures import CallError

IN_LAMBDA: Final = "AWS_LAMBDA_RUNTIME_API"
CONTAINER_CREDENTIALS: Final = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
"""Where a function that starts from a snapshot fetches its credentials; no variable holds them (Lambda, SnapStart)."""
SUFFIXES: Final = {"cn-": "amazonaws.com.cn", "us-gov-": "amazonaws.com"}
PUBLIC: Final = ("af-", "ap-", "ca-", "eu-", "il-", "me-", "mx-", "sa-", "us-")
NOT_PUBLIC: Final = ("us-iso", "eu-iso")
"""Partitions with domains of their own: botocore knows them."""
ONLY_BOTOCORE: Final = frozenset(
    {
        "ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "AWS_CA_BUNDLE", "AWS_CONFIG_FILE", "AWS_PROFILE",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_USE_FIPS_ENDPOINT", "SSL_CERT_FILE",
    }
)  # fmt: skip
"""Variables that ask for something that only botocore does. Their names count in capitals and in small letters."""


class Credentials(NamedTuple):
    """One access key. `token` is empty for the key of a user."""

    key_id: str
    secret: str
    token: str


CredentialsSource = Credentials | Callable[[], Credentials]
"""The credentials of the environment, which live as long as the execution environment, or a call that returns the
present ones."""


class ContainerCredentials:
    """Returns the present credentials from Lambda's credentials endpoint; botocore fetches and renews them.

    Safe to call from several threads. Raises CallError where there are no credentials, and botocore's errors where
    they cannot be fetched.
    """

    def __init__(self) -> None:
        from botocore.session import Session

        self._session = Session()
        self._found: Any = None
        self._lock = Lock()

    def __call__(self) -> Credentials:
        """Returns the credentials of the present, which botocore renews before they expire. Raises CallError."""
        with self._lock:
            self._found = self._found or self._session.get_credentials()
        if self._found is None:
            raise CallError("NoCredentials", is_answer=False)
        key_id, secret, token = self._found.get_frozen_credentials()[:3]
        return Credentials(key_id, secret, token or "")


class AwsEndpoint(NamedTuple):
    """A region, its domain suffix and the credentials for it. `endpoints` has the base URLs of those services that
    are not reached at AWS's own addresses."""

    region: str
    suffix: str
    credentials: CredentialsSource
    endpoints: Mapping[str, str]


def aws_endpoint_of(environment: Mapping[str, str]) -> AwsEndpoint | None:
    """Returns where AWS is reached; None where only botocore can tell: outside of Lambda, with a proxy, with FIPS."""
    region = environment.get("AWS_REGION", "")
    suffix = _suffix(region)
    credentials = credentials_of(environment)
    if IN_LAMBDA not in environment or not suffix or credentials is None:
        return None
    if any(value for name, value in environment.items() if name.upper() in ONLY_BOTOCORE):
        return None
    everywhere = environment.get("AWS_ENDPOINT_URL", "")
    given = {
        service: environment.get(f"AWS_ENDPOINT_URL_{service.upper()}", "") or everywhere
        for service in ("dynamodb", "s3")
    }
    return AwsEndpoint(
        region,
        suffix,
        credentials,
        {service: url for service, url in given.items() if url},
    )


def credentials_of(environment: Mapping[str, str]) -> CredentialsSource | None:
    """Returns the credentials that the environment holds, or what fetches them; None where it names neither."""
    key_id, secret, token = (
        environment.get(f"AWS_{name}", "")
        for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")
    )
    if key_id and secret:
        return Credentials(key_id, secret, token)
    return ContainerCredentials() if environment.get(CONTAINER_CREDENTIALS) else None


def _suffix(region: str) -> str:
    for start, suffix in SUFFIXES.items():
        if region.startswith(start):
            return suffix
    is_public = region.startswith(PUBLIC) and not region.startswith(NOT_PUBLIC)
    return "amazonaws.com" if is_public else ""
