"""The AWS region that the user of this machine has chosen."""

from __future__ import annotations

from collections.abc import Mapping

from local.resolve import DEFAULT_REGION
from local.state import StackError


def user_region(environment: Mapping[str, str]) -> str:
    """AWS_REGION, AWS_DEFAULT_REGION, or that of the profile in `~/.aws/config`; us-east-1 where none is chosen.

    Source of the order: AWS SDKs and Tools reference guide, "AWS Region". A profile that does not exist chooses
    nothing: the stack on this machine needs no credentials. Raises StackError where what is chosen is no region: the
    engines know the regions that botocore knows.
    """
    region = environment.get("AWS_REGION") or region_of_profile() or DEFAULT_REGION
    if region not in known_regions():
        raise StackError(
            f"{region!r} is no AWS region that is known here. Choose one, for example with AWS_REGION={DEFAULT_REGION}"
        )
    return region


def known_regions() -> set[str]:
    """The regions of every partition that have DynamoDB, as botocore's own data say; no configuration is read."""
    from botocore.loaders import Loader
    from botocore.regions import EndpointResolver

    resolver = EndpointResolver(Loader().load_data("endpoints"))
    partitions = resolver.get_available_partitions()
    return {
        region
        for part in partitions
        for region in resolver.get_available_endpoints("dynamodb", part)
    }


def region_of_profile() -> str | None:
    """What boto3 takes: AWS_DEFAULT_REGION, or the profile's."""
    import boto3
    from botocore.exceptions import BotoCoreError

    try:
        return boto3.Session().region_name
    except BotoCoreError:
        return None
