"""Roles of the template: the sessions with which functions run, and what those allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from local.client import boto3_client
from local.engines.aws import AWS, IAM, S3, endpoint_variable
from local.failed_events import send_failed_event
from local.http_message import LOOPBACK
from local.resources import Function

SESSION_SECONDS = 43_200
"""As long as a role's sessions may last; a sandbox lives no longer."""


@dataclass(frozen=True)
class Roles:
    """What functions do with the rights of their roles. `iam_url` is our engine of IAM; "" where IAM or S3 are somebody
    else's, who knows no roles of the template: then functions have the account's own credentials."""

    region: str
    endpoints: Mapping[str, str]
    account: Mapping[str, str]
    iam_url: str

    @cached_property
    def sts(self) -> Any:
        """The client that assumes roles."""
        return boto3_client("sts", self.region, self.iam_url, self.account)

    def prepare(self) -> None:
        """Does what needs no engine: loads boto3, a part of a second."""
        if self.iam_url:
            _ = self.sts

    def session(self, function: Function) -> Mapping[str, str]:
        """Returns the credentials of a function, as Lambda gives them to it."""
        if not function.role or not self.iam_url:
            return self.account
        return session_of(self.sts, function.role, function.name)

    def send_failed_event(self, function: Function, record: str) -> None:
        """Hands a record to the on-failure destination of a function. Raises what `send_failed_event` raises."""

        def client(service: str) -> Any:
            endpoint = self.endpoints[endpoint_variable(service)]
            return boto3_client(service, self.region, endpoint, dict(self.session(function)))

        send_failed_event(client, function.on_failure, record)


def roles_of(
    region: str, endpoints: Mapping[str, str], account: Mapping[str, str], ports: Mapping[str, int]
) -> Roles:
    """The roles of a stack whose own engines listen on these ports; they mean something where it has S3 and IAM."""
    url = f"http://{LOOPBACK}:{ports.get(AWS, 0)}"
    is_ours = endpoints[S3] == endpoints[IAM] == url
    return Roles(region, endpoints, account, url if is_ours else "")


def session_of(sts: Any, role_arn: str, function_name: str) -> dict[str, str]:
    """Returns the variables of a new session of a role."""
    made = sts.assume_role(
        RoleArn=role_arn, RoleSessionName=function_name[:64], DurationSeconds=SESSION_SECONDS
    )["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
        "AWS_SESSION_TOKEN": made["SessionToken"],
    }
