"""The AWS region that the user of this machine has chosen."""

from __future__ import annotations

from collections.abc import Mapping

from local.resolve import DEFAULT_REGION


def user_region(environment: Mapping[str, str]) -> str:
    """AWS_REGION, AWS_DEFAULT_REGION, or that of the profile in `~/.aws/config`; us-east-1 where none is chosen.

    Source of the order: AWS SDKs and Tools reference guide, "AWS Region". A profile that does not exist chooses
    nothing: the stack on this machine needs no credentials.
    """
    if environment.get("AWS_REGION"):
        return environment["AWS_REGION"]
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.Session().region_name or DEFAULT_REGION
    except BotoCoreError:
        return DEFAULT_REGION
