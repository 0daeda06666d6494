"""The AWS region that the user of this machine has chosen."""

from __future__ import annotations

from collections.abc import Mapping

from local.resolve import DEFAULT_REGION
from local.state import StackError


def user_region(environment: Mapping[str, str]) -> str:
    """AWS_REGION, AWS_DEFAULT_REGION, or that of the profile in `~/.aws/config`; us-east-1 where none is chosen.

    Source of the order: AWS SDKs and Tools reference guide, "AWS Region". A profile that does not exist chooses
    nothing: the stack on this machine needs no credentials. Raises StackError where what is chosen is no region: the
    engines know the regions that have DynamoDB, as botocore's own data say.
    """
    import boto3
    from botocore.exceptions import BotoCoreError
    from botocore.loaders import Loader
    from botocore.regions import EndpointResolver

    try:
        region = environment.get("AWS_REGION") or boto3.Session().region_name or DEFAULT_REGION
    except BotoCoreError:
        region = DEFAULT_REGION
    known = EndpointResolver(Loader().load_data("endpoints"))
    partitions = known.get_available_partitions()
    if not any(region in known.get_available_endpoints("dynamodb", part) for part in partitions):
        raise StackError(
            f"{region!r} is no AWS region that is known here. Choose one, for example with AWS_REGION={DEFAULT_REGION}"
        )
    return region
