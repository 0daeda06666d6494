"""The table and the buckets of `template.yaml`, made with boto3 on whatever engine the clients point at.

Tests that need a store use this, so that they run against the keys, indexes and settings that are deployed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.resolve import Place, Resolver
from local.translate import Template, read_template

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

ROOT = Path(__file__).resolve().parents[1]
PLACE = Place(stack_name="spanvas", account_id="123456789012")
PARAMETERS = {
    "JwtIssuer": "https://login.example.com/",
    "JwtAudience": "spanvas",
    "DeletionProtection": "false",
}
# What only a deployment has: the names that CloudFront gives.
_OVERRIDES = {
    ("SiteDistribution", "DomainName"): "d111111abcdef8.cloudfront.net",
    ("SiteAccess", "Id"): "E1ACCESS",
    ("SitePaths", "FunctionARN"): "arn:aws:cloudfront::123456789012:function/paths",
    ("TraceWriterPolicy", ""): "arn:aws:iam::123456789012:policy/trace-writer",
}
_TABLE_ARGUMENTS = (
    "AttributeDefinitions",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "DeletionProtectionEnabled",
)


@cache
def translated_template() -> Template:
    """The CloudFormation document that SAM makes of the template. Shared: do not change it."""
    return read_template(ROOT / "template.yaml", PARAMETERS, PLACE.region)


@cache
def deployed_stack() -> Resolver:
    """The template as a deployment with the parameters above would have it."""
    return Resolver(translated_template(), PARAMETERS, PLACE, _OVERRIDES)


def create_resources(dynamodb_client: DynamoDBClient, s3_client: S3Client) -> tuple[str, str]:
    """Create TraceTable and TraceBucket; their names are the ones that the functions' environment gives."""
    stack = deployed_stack()
    environment = stack.properties("TraceApiFunction")["Environment"]["Variables"]
    table_name, bucket_name = environment["SPANVAS_TABLE"], environment["SPANVAS_BUCKET"]
    _create_table(dynamodb_client, table_name, stack.properties("TraceTable"))
    _create_bucket(s3_client, bucket_name, stack.properties("TraceBucket"))
    return table_name, bucket_name


def _create_table(client: DynamoDBClient, name: str, properties: dict[str, Any]) -> None:
    arguments = {key: properties[key] for key in _TABLE_ARGUMENTS if key in properties}
    arguments["DeletionProtectionEnabled"] = arguments["DeletionProtectionEnabled"] == "true"
    client.create_table(TableName=name, **arguments)
    client.get_waiter("table_exists").wait(TableName=name)
    client.update_time_to_live(
        TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
    )


def _create_bucket(client: S3Client, name: str, properties: dict[str, Any]) -> None:
    client.create_bucket(Bucket=name)
    client.put_bucket_versioning(
        Bucket=name, VersioningConfiguration=properties["VersioningConfiguration"]
    )
    rules = properties["CorsConfiguration"]["CorsRules"]
    client.put_bucket_cors(
        Bucket=name, CORSConfiguration={"CORSRules": [_cors_rule(rule) for rule in rules]}
    )
    rules = properties["LifecycleConfiguration"]["Rules"]
    client.put_bucket_lifecycle_configuration(
        Bucket=name,
        LifecycleConfiguration={"Rules": [_lifecycle_rule(rule) for rule in rules]},
    )


def _cors_rule(rule: dict[str, Any]) -> Any:
    """CloudFormation spells three of the keys differently from the API."""
    spelling = {"Id": "ID", "ExposedHeaders": "ExposeHeaders", "MaxAge": "MaxAgeSeconds"}
    return {spelling.get(key, key): value for key, value in rule.items()}


def _lifecycle_rule(rule: dict[str, Any]) -> Any:
    return {
        "ID": rule["Id"],
        "Status": rule["Status"],
        "Filter": {"Prefix": ""},
        "Expiration": {"Days": int(rule["ExpirationInDays"])},
        "NoncurrentVersionExpiration": rule["NoncurrentVersionExpiration"],
        "AbortIncompleteMultipartUpload": rule["AbortIncompleteMultipartUpload"],
    }
