"""The table and the buckets of `template.yaml`, made with boto3 on whatever engine the clients point at.

Tests that need a store use this, so that they run against the keys, indexes and settings that are deployed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from local.physical import physical_attribute
from local.provision import provision_buckets, provision_tables
from local.resolve import Resolver, StackIdentity
from local.translate import Template, read_template

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

ROOT = Path(__file__).resolve().parents[2]
STACK = StackIdentity(stack_name="spanvas", account_id="123456789012")
PARAMETERS = {
    "JwtIssuer": "https://login.example.com/",
    "JwtAudience": "spanvas",
    "DeletionProtection": "false",
}
# What only a deployment has: the names that CloudFront gives.
OVERRIDES = {
    ("SiteDistribution", "DomainName"): "d111111abcdef8.cloudfront.net",
    ("SiteAccess", "Id"): "E1ACCESS",
    ("SitePaths", "FunctionARN"): "arn:aws:cloudfront::123456789012:function/paths",
}


@cache
def translated_template() -> Template:
    """The CloudFormation document that SAM makes of the template. Shared: do not change it."""
    return read_template(ROOT / "template.yaml", PARAMETERS, STACK.region)


@cache
def deployed_stack(**parameters: str) -> Resolver:
    """The template as a deployment with the parameters above, and with these, would have it."""
    return Resolver(
        translated_template(), {**PARAMETERS, **parameters}, STACK, physical_attribute, OVERRIDES
    )


AUDIT_TABLE = "spanvas-AuditTable"
"""The name of AuditTable, which `create_resources` makes, too."""


def create_resources(dynamodb_client: DynamoDBClient, s3_client: S3Client) -> tuple[str, str]:
    """Create the tables and buckets. Returns the names of TraceTable and TraceBucket, the functions' own."""
    stack = deployed_stack()
    provision_tables(stack, dynamodb_client)
    provision_buckets(stack, s3_client)
    for policy in stack.logical_ids("AWS::S3::BucketPolicy"):
        # moto does not read conditions: it would refuse every request, not only those without TLS.
        s3_client.delete_bucket_policy(Bucket=stack.properties(policy)["Bucket"])
    return stack.ref("TraceTable"), stack.ref("TraceBucket")
